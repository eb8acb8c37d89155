/* Base64 with padding (RFC 4648 section 4). Pure. */
#ifndef SONDE_BASE64_H
#define SONDE_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Characters that base64_encode writes for `length` bytes. */
size_t base64_encoded_length(size_t length);
/* Writes exactly base64_encoded_length(length) characters, without a final zero. */
void base64_encode(const uint8_t *bytes, size_t length, char *out);

/* Strict: no white space, no missing padding, no set bits that no byte owns (RFC 4648 section 3.5), so that every text
 * that decodes is the one that encodes back. `out` has room for length / 4 * 3 bytes. 0 or ERR_INVALID. */
int base64_decode(const char *text, size_t length, uint8_t *out, size_t *out_length);

#endif
