/* The client's side of one TLS session (TLS 1.0 to 1.3, by OpenSSL), without I/O: bytes in, bytes out. Made for measuring:
 * what is old or weak is accepted where OpenSSL has it, and a certificate that does not verify is a fact, not a failure.
 * The opening message of protocols/tls.lua, for scans that want the first answer only, is our own and not made here. */
#ifndef SONDE_TLS_H
#define SONDE_TLS_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_HANDSHAKE_MAX (256u << 10) /* bytes the peer may need for its handshake */
#define TLS_PLAINTEXT_MAX (256u << 10) /* bytes held until they are taken */
#define TLS_CHAIN_MAX 16 /* certificates of a chain that are looked at */
#define TLS_WHAT_MAX 96

/* What sessions share: the list of trusted authorities, the defaults. One per thread; outlives its sessions. */
struct tls_context;
struct tls;

struct tls_config {
	const char *sni; /* NULL: no name is sent */
	const char *alpn; /* "h2,http/1.1"; NULL: none is offered */
	const char *ciphers; /* OpenSSL's list; names with TLS_ are TLS 1.3's; NULL: all with a certificate */
	const char *groups; /* "X25519:P-256"; NULL: OpenSSL's choice */
	uint16_t version_min, version_max; /* 0x0301 to 0x0304; 0: no limit */
	bool verify; /* check the chain against the system's authorities */
	bool tds; /* the handshake's records travel in packets of TDS (tds_frames.h), up to TLS 1.2 */
	int64_t now_s; /* seconds since 1970, for the chain's validity */
	uint64_t seed; /* of a simulation, whose runs repeat: randoms and keys come from it; 0: from the system */
};

enum tls_state {
	TLS_HANDSHAKE, /* not finished */
	TLS_OPEN,
	TLS_CLOSED, /* by the peer's close_notify */
	TLS_FAILED, /* tls_failure says why */
};

/* -1: not so far. Numbers are RFC 8446 section 6's. */
struct tls_alerts {
	int sent, received;
};

/* Valid from TLS_OPEN on. Texts are the session's and live as long. */
struct tls_facts {
	const char *version; /* "TLSv1.3" */
	const char *cipher; /* the IANA name, "TLS_AES_128_GCM_SHA256" */
	char group[40]; /* of the key exchange; empty where there was none (RSA) */
	char alpn[256]; /* empty: none was chosen */
	bool ticket; /* the server gave a session ticket (so far) */
	bool ocsp; /* it stapled an OCSP response */
	bool secure_renegotiation; /* RFC 5746 */
	bool verified; /* the chain leads to an authority of the system, at now_s; false where not asked */
	const char *verify_error; /* why not; NULL where verified or not asked */
	unsigned chain_length; /* certificates, the server's own first; at most TLS_CHAIN_MAX */
};

/* NULL with a sentence on failure. */
struct tls_context *tls_context_create(struct error *why);
void tls_context_destroy(struct tls_context *context);

/* Starts a session; its ClientHello is in tls_output at once. 0, or ERR_INVALID with the sentence when the config asks for
 * what OpenSSL does not know. */
int tls_create(struct tls **out, struct tls_context *context, const struct tls_config *config, struct error *why);
void tls_destroy(struct tls *tls);

/* Bytes from the peer. Whatever they are, the session is in order afterwards: look at tls_state. */
void tls_receive(struct tls *tls, const void *bytes, size_t length);
/* Plaintext for the peer. 0; ERR_CLOSED where the session is not open. */
int tls_send(struct tls *tls, const void *bytes, size_t length);
/* Says close_notify, where the session is open. */
void tls_finish(struct tls *tls);

/* Bytes for the peer: handshake, records, alerts; to be sent and consumed after every call above. */
const uint8_t *tls_output(struct tls *tls, size_t *length);
void tls_output_consume(struct tls *tls);
/* Plaintext from the peer, until it is consumed. */
const uint8_t *tls_plaintext(const struct tls *tls, size_t *length);
void tls_plaintext_consume(struct tls *tls);

enum tls_state tls_state(const struct tls *tls);
bool tls_was_open(const struct tls *tls); /* the handshake was finished, whatever came then */
/* Why the session failed: the alert's name, or OpenSSL's reason; "" where it did not. */
const char *tls_failure(const struct tls *tls);
struct tls_alerts tls_alerts(const struct tls *tls);
/* 0, or ERR_AGAIN before TLS_OPEN was reached. */
int tls_read_facts(const struct tls *tls, struct tls_facts *out);
/* The DER bytes of one certificate of the chain, the session's; NULL when there is none of that number. */
const uint8_t *tls_certificate(struct tls *tls, unsigned index, size_t *length);
/* RFC 8446's name of an alert, "handshake_failure"; "alert" for numbers that have none. */
const char *tls_alert_name(int alert);

#endif
