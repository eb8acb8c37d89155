/* A TLS server without I/O, with certificates of its own, for spec/tls_spec.lua. */
#include <stddef.h>
#include <stdint.h>

struct tls_server;

struct tls_server_config {
	const char *key; /* "RSA" or "EC" */
	int version_max; /* 0: any */
	const char *ciphers; /* for TLS 1.2 and before; NULL: the usual */
	const char *names; /* "DNS:door.example,IP:198.18.0.7" */
	int64_t not_before, not_after; /* seconds since 1970 */
	bool chain; /* an authority of its own signs, and its certificate is sent too */
	bool alpn_h2; /* chooses h2 */
	bool staple; /* with an OCSP response (of no meaning) */
	bool ask_certificate; /* and insists on it */
};

struct tls_server *tls_server_create(const struct tls_server_config *config);
void tls_server_destroy(struct tls_server *server);
/* Bytes from the client. Plaintext is read, and kept until it is taken. */
void tls_server_receive(struct tls_server *server, const void *bytes, size_t length);
void tls_server_send(struct tls_server *server, const void *bytes, size_t length);
void tls_server_close(struct tls_server *server); /* close_notify */
int tls_server_renegotiate(struct tls_server *server);
/* Both take what there is, at most `size` bytes. */
size_t tls_server_output(struct tls_server *server, void *out, size_t size);
size_t tls_server_plaintext(struct tls_server *server, void *out, size_t size);
bool tls_server_ready(const struct tls_server *server);
/* Its certificate's DER bytes; the length of `out` must do. */
size_t tls_server_certificate(const struct tls_server *server, void *out, size_t size);
