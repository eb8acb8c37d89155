/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. Pure. */
#ifndef SONDE_UTF8_H
#define SONDE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the valid sequence that `bytes` starts with, 1 to 4, or 0 where it starts with none. */
size_t utf8_sequence(const uint8_t *bytes, size_t length);

/* Whether all of it is valid; nothing at all is. */
bool utf8_is_valid(const uint8_t *bytes, size_t length);

#endif
