/* What an X.509 certificate (RFC 5280) says, read out of its DER bytes. Pure: the time is the caller's. */
#ifndef SONDE_CERTIFICATE_H
#define SONDE_CERTIFICATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CERTIFICATE_TEXT_MAX 1024 /* bytes of a distinguished name; longer ones are cut */
#define CERTIFICATE_NAMES_MAX 100 /* subject alternative names that are kept */
#define CERTIFICATE_NAMES_SIZE 8192 /* bytes they may take together */

struct certificate {
	char subject[CERTIFICATE_TEXT_MAX], issuer[CERTIFICATE_TEXT_MAX]; /* RFC 2253 text, UTF-8 */
	char serial[72]; /* hexadecimal */
	char not_before[24], not_after[24]; /* RFC 3339, UTC; empty where the certificate's text is no time */
	char key_type[32]; /* "RSA", "EC", "ED25519", ... or the algorithm's OID */
	char signature_algorithm[64]; /* "sha256WithRSAEncryption", ... or its OID */
	uint32_t key_bits; /* 0: unknown */
	uint8_t sha256[32]; /* of the certificate */
	uint8_t key_sha256[32]; /* of its SubjectPublicKeyInfo */
	bool self_signed; /* issued by its subject, and its own key verifies it */
	bool expired; /* now is after not_after */
	bool name_matches; /* it is for `host` (RFC 6125; an address is looked for among the addresses) */
	uint16_t name_count; /* alternative names kept: DNS names, addresses as text, mail addresses, URIs */
	uint16_t name_end[CERTIFICATE_NAMES_MAX]; /* where each ends in `names`; the first begins at 0 */
	bool names_cut; /* there were more */
	char names[CERTIFICATE_NAMES_SIZE];
};

/* now_s: seconds since 1970. host: name or address the certificate should be for; NULL: not asked. 0, or ERR_INVALID when
 * the bytes are no certificate (with anything after it). */
int certificate_read(struct certificate *out, const uint8_t *der, size_t length, int64_t now_s, const char *host);

#endif
