#include "tls.h"

#include "buffer.h"
#include "tds_frames.h"
#include "tls_chance.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every cipher suite that OpenSSL has and that proves the server's name, weak ones included. */
#define CIPHERS_DEFAULT "ALL:!aNULL:!eNULL"
#define ALPN_MAX 255 /* bytes of the offer on the wire */
#define FRAMED_MAX (64u << 10) /* bytes of ours that wait in packets of TDS */

struct tls_context {
	SSL_CTX *ssl_ctx;
};

struct tls {
	SSL *ssl;
	BIO *in, *out; /* the session's memory BIOs, owned by ssl */
	enum tls_state state;
	bool was_open;
	bool verify;
	bool tds;
	struct tds_frames frames; /* where `tds`: of the peer's packets; ours, until they are taken */
	struct buffer framed;
	struct tls_chance chance;
	int verify_error; /* X509_V_OK where verified */
	size_t received; /* bytes, while in the handshake */
	struct tls_alerts alerts;
	bool fatal; /* alerts.received ended the session */
	struct buffer plaintext;
	struct {
		uint8_t *bytes;
		size_t length;
	} chain[TLS_CHAIN_MAX]; /* as asked for, allocated by OpenSSL */
	char what[TLS_WHAT_MAX];
};

/* --- context -------------------------------------------------------------------------------------------------------- */

/* Checks the chain, notes what came of it, and lets the handshake go on in any case. */
static int check_chain(X509_STORE_CTX *store, void *unused)
{
	(void)unused;
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *tls = SSL_get_app_data(ssl);
	if (tls->verify) {
		bool good = X509_verify_cert(store) == 1;
		tls->verify_error = X509_STORE_CTX_get_error(store);
		if (!good && tls->verify_error == X509_V_OK)
			tls->verify_error = X509_V_ERR_UNSPECIFIED;
	}
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static void note_alert(const SSL *ssl, int where, int value)
{
	struct tls *tls = SSL_get_app_data(ssl);
	if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) {
		tls->alerts.received = value & 0xff;
		tls->fatal = value >> 8 == SSL3_AL_FATAL;
	} else if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT) {
		tls->alerts.sent = value & 0xff;
	}
}

struct tls_context *tls_context_create(struct error *why)
{
	struct tls_context *context = calloc(1, sizeof *context);
	SSL_CTX *ssl_ctx = context ? SSL_CTX_new(TLS_client_method()) : NULL;
	if (!ssl_ctx) {
		free(context);
		error_set(why, ERR_NO_MEMORY, "OpenSSL cannot be set up");
		return NULL;
	}
	context->ssl_ctx = ssl_ctx;
	SSL_CTX_set_security_level(ssl_ctx, 0);
	SSL_CTX_set_min_proto_version(ssl_ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(ssl_ctx, 0);
	SSL_CTX_set_options(ssl_ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					     SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ssl_ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ssl_ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ssl_ctx, TLS_HANDSHAKE_MAX);
	SSL_CTX_set_cert_verify_callback(ssl_ctx, check_chain, NULL);
	SSL_CTX_set_info_callback(ssl_ctx, note_alert);
	SSL_CTX_set_cipher_list(ssl_ctx, CIPHERS_DEFAULT);
	SSL_CTX_set_default_verify_paths(ssl_ctx); /* none there: then nothing verifies */
	ERR_clear_error();
	return context;
}

void tls_context_destroy(struct tls_context *context)
{
	if (!context)
		return;
	SSL_CTX_free(context->ssl_ctx);
	free(context);
}

/* --- starting --------------------------------------------------------------------------------------------------------- */

/* "h2,http/1.1" as RFC 7301 section 3.1 has it: each name after its length. */
static int offer_alpn(SSL *ssl, const char *alpn)
{
	uint8_t wire[ALPN_MAX + 1];
	size_t used = 0;
	while (*alpn) {
		size_t length = strcspn(alpn, ",");
		if (length == 0 || length > 255 || used + 1 + length > ALPN_MAX)
			return ERR_INVALID;
		wire[used++] = (uint8_t)length;
		memcpy(wire + used, alpn, length);
		used += length;
		alpn += length;
		if (*alpn == ',')
			alpn++;
	}
	return SSL_set_alpn_protos(ssl, wire, (unsigned)used) == 0 ? 0 : ERR_INVALID;
}

static bool set_ciphers(SSL *ssl, const char *ciphers)
{
	if (strncmp(ciphers, "TLS_", 4) == 0)
		return SSL_set_ciphersuites(ssl, ciphers) == 1;
	return SSL_set_cipher_list(ssl, ciphers) == 1;
}

static int configure(struct tls *tls, const struct tls_config *config, struct error *why)
{
	SSL *ssl = tls->ssl;
	if (config->version_min && SSL_set_min_proto_version(ssl, config->version_min) != 1)
		return error_set(why, ERR_INVALID, "min is no version of TLS that OpenSSL speaks");
	uint16_t version_max = config->tds && (!config->version_max || config->version_max > TLS1_2_VERSION) ? TLS1_2_VERSION :
														config->version_max;
	if (version_max && SSL_set_max_proto_version(ssl, version_max) != 1)
		return error_set(why, ERR_INVALID, "max is no version of TLS that OpenSSL speaks");
	if (config->ciphers && !set_ciphers(ssl, config->ciphers))
		return error_set(why, ERR_INVALID, "ciphers: OpenSSL knows none of them");
	if (config->groups && SSL_set1_groups_list(ssl, config->groups) != 1)
		return error_set(why, ERR_INVALID, "groups: OpenSSL does not know one of them");
	if (config->alpn && offer_alpn(ssl, config->alpn))
		return error_set(why, ERR_INVALID, "alpn is no list of names that fits");
	if (config->sni && SSL_set_tlsext_host_name(ssl, config->sni) != 1)
		return error_set(why, ERR_INVALID, "sni is too long");
	SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
	X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), (time_t)config->now_s);
	return 0;
}

static void tls_fail(struct tls *tls, const char *what)
{
	tls->state = TLS_FAILED;
	snprintf(tls->what, sizeof tls->what, "%s", what);
}

/* After an SSL function that said it failed: the peer's alert is the reason where there is one. */
static void tls_fail_openssl(struct tls *tls)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());
	char text[TLS_WHAT_MAX];
	if (tls->fatal) {
		snprintf(text, sizeof text, "alert received: %s", tls_alert_name(tls->alerts.received));
		reason = text;
	}
	tls_fail(tls, reason ? reason : "no TLS");
	ERR_clear_error();
}

static void handshake(struct tls *tls)
{
	ERR_clear_error();
	int result = SSL_do_handshake(tls->ssl);
	if (result == 1) {
		tls->state = TLS_OPEN;
		tls->was_open = true;
	} else if (SSL_get_error(tls->ssl, result) != SSL_ERROR_WANT_READ) {
		tls_fail_openssl(tls);
	} else if (tls->received > TLS_HANDSHAKE_MAX) {
		tls_fail(tls, "handshake too long");
	}
}

int tls_create(struct tls **out, struct tls_context *context, const struct tls_config *config, struct error *why)
{
	struct tls *tls = calloc(1, sizeof *tls);
	int error = ERR_NO_MEMORY;
	if (!tls)
		return error_set(why, error, "out of memory");
	tls->alerts = (struct tls_alerts){ -1, -1 };
	tls->verify = config->verify;
	tls->tds = config->tds;
	tls->chance.seed = config->seed;
	tls->verify_error = X509_V_ERR_UNSPECIFIED;
	tls->ssl = SSL_new(context->ssl_ctx);
	tls->in = BIO_new(BIO_s_mem());
	tls->out = BIO_new(BIO_s_mem());
	if (!tls->ssl || !tls->in || !tls->out) {
		BIO_free(tls->in);
		BIO_free(tls->out);
		error_set(why, error, "out of memory");
		goto cleanup;
	}
	SSL_set_bio(tls->ssl, tls->in, tls->out);
	SSL_set_app_data(tls->ssl, tls);
	SSL_set_connect_state(tls->ssl);
	error = configure(tls, config, why);
	if (error)
		goto cleanup;
	tls_chance_begin(&tls->chance);
	handshake(tls);
	tls_chance_end(&tls->chance);
	if (tls->state == TLS_FAILED) {
		error = error_set(why, ERR_INVALID, "%s", tls->what);
		goto cleanup;
	}
	*out = tls;
	return 0;
cleanup:
	tls_destroy(tls);
	ERR_clear_error();
	return error;
}

void tls_destroy(struct tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	buffer_free(&tls->plaintext);
	buffer_free(&tls->framed);
	for (size_t i = 0; i < TLS_CHAIN_MAX; i++)
		OPENSSL_free(tls->chain[i].bytes);
	free(tls);
}

/* --- bytes ------------------------------------------------------------------------------------------------------------ */

static void read_plaintext(struct tls *tls)
{
	uint8_t chunk[4096];
	size_t length;
	ERR_clear_error();
	while (SSL_read_ex(tls->ssl, chunk, sizeof chunk, &length) == 1) {
		if (buffer_append(&tls->plaintext, chunk, length, TLS_PLAINTEXT_MAX)) {
			tls_fail(tls, "too much at once");
			return;
		}
	}
	int error = SSL_get_error(tls->ssl, 0);
	if (error == SSL_ERROR_ZERO_RETURN)
		tls->state = TLS_CLOSED;
	else if (error != SSL_ERROR_WANT_READ)
		tls_fail_openssl(tls);
}

static void feed(struct tls *tls, const uint8_t *bytes, size_t length)
{
	if (length > 0 && BIO_write(tls->in, bytes, (int)length) != (int)length)
		tls_fail(tls, "out of memory");
}

/* Goes on with the handshake packet by packet: with the last one it is over, and what follows is not in packets any more. Returns
 * how many of the bytes were in packets. */
static size_t handshake_in_packets(struct tls *tls, const uint8_t *bytes, size_t length)
{
	uint8_t chunk[4096];
	size_t at = 0, taken;
	while (at < length && tls->state == TLS_HANDSHAKE) {
		size_t piece = length - at < sizeof chunk ? length - at : sizeof chunk;
		memcpy(chunk, bytes + at, piece);
		feed(tls, chunk, tds_frames_unwrap(&tls->frames, chunk, piece, &taken));
		at += taken;
		if (tls->frames.broken)
			tls_fail(tls, "no TDS packet");
		else if (tls->state == TLS_HANDSHAKE && (at == length || tds_frames_is_between(&tls->frames)))
			handshake(tls);
	}
	return at;
}

void tls_receive(struct tls *tls, const void *bytes, size_t length)
{
	if (length == 0 || length > INT32_MAX || tls->state == TLS_FAILED || tls->state == TLS_CLOSED)
		return;
	tls_chance_begin(&tls->chance);
	size_t at = 0;
	if (tls->state == TLS_HANDSHAKE) {
		tls->received += length;
		if (tls->tds)
			at = handshake_in_packets(tls, bytes, length);
	}
	if (tls->state != TLS_FAILED)
		feed(tls, (const uint8_t *)bytes + at, length - at);
	if (tls->state == TLS_HANDSHAKE && !tls->tds)
		handshake(tls);
	if (tls->state == TLS_OPEN)
		read_plaintext(tls);
	tls_chance_end(&tls->chance);
}

int tls_send(struct tls *tls, const void *bytes, size_t length)
{
	size_t written;
	if (tls->state != TLS_OPEN)
		return ERR_CLOSED;
	if (length == 0)
		return 0;
	ERR_clear_error();
	tls_chance_begin(&tls->chance); /* records of TLS 1.1 and 1.2 begin with a random block */
	int done = SSL_write_ex(tls->ssl, bytes, length, &written);
	tls_chance_end(&tls->chance);
	if (done == 1)
		return 0; /* without partial writes, and into memory: all of it */
	tls_fail_openssl(tls);
	return ERR_CLOSED;
}

void tls_finish(struct tls *tls)
{
	if (tls->state != TLS_OPEN)
		return;
	ERR_clear_error();
	tls_chance_begin(&tls->chance);
	SSL_shutdown(tls->ssl);
	tls_chance_end(&tls->chance);
	ERR_clear_error();
	tls->state = TLS_CLOSED;
}

const uint8_t *tls_output(struct tls *tls, size_t *length)
{
	const char *bytes;
	long count = BIO_get_mem_data(tls->out, &bytes);
	*length = count > 0 ? (size_t)count : 0;
	if (!tls->tds || tls->was_open)
		return (const uint8_t *)bytes;
	if (tds_frames_wrap(&tls->framed, (const uint8_t *)bytes, *length, FRAMED_MAX))
		tls_fail(tls, "too much at once");
	(void)BIO_reset(tls->out);
	*length = buffer_length(&tls->framed);
	return buffer_bytes(&tls->framed);
}

void tls_output_consume(struct tls *tls)
{
	(void)BIO_reset(tls->out);
	buffer_consume(&tls->framed, buffer_length(&tls->framed));
}

const uint8_t *tls_plaintext(const struct tls *tls, size_t *length)
{
	*length = buffer_length(&tls->plaintext);
	return buffer_bytes(&tls->plaintext);
}

void tls_plaintext_consume(struct tls *tls)
{
	buffer_consume(&tls->plaintext, buffer_length(&tls->plaintext));
}

/* --- what is known ---------------------------------------------------------------------------------------------------- */

enum tls_state tls_state(const struct tls *tls)
{
	return tls->state;
}

bool tls_was_open(const struct tls *tls)
{
	return tls->was_open;
}

const char *tls_failure(const struct tls *tls)
{
	return tls->what;
}

struct tls_alerts tls_alerts(const struct tls *tls)
{
	return tls->alerts;
}

/* The group's name, or the size of a finite-field exchange whose group is the server's own. */
static void read_group(SSL *ssl, char *out, size_t size)
{
	EVP_PKEY *key = NULL;
	int group = SSL_get_negotiated_group(ssl);
	const char *name = group > 0 ? SSL_group_to_name(ssl, group) : NULL;
	if (name) {
		snprintf(out, size, "%s", name);
	} else if (SSL_get_peer_tmp_key(ssl, &key) == 1) {
		snprintf(out, size, "%s-%d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
		EVP_PKEY_free(key);
	}
}

int tls_read_facts(const struct tls *tls, struct tls_facts *out)
{
	SSL *ssl = tls->ssl;
	const uint8_t *bytes;
	unsigned length;
	if (!tls->was_open)
		return ERR_AGAIN;
	memset(out, 0, sizeof *out);
	out->version = SSL_get_version(ssl);
	out->cipher = SSL_CIPHER_standard_name(SSL_get_current_cipher(ssl));
	read_group(ssl, out->group, sizeof out->group);
	SSL_get0_alpn_selected(ssl, &bytes, &length);
	if (length > 0)
		memcpy(out->alpn, bytes, length < sizeof out->alpn ? length : sizeof out->alpn - 1);
	out->ticket = SSL_SESSION_has_ticket(SSL_get_session(ssl)) == 1;
	out->ocsp = SSL_get_tlsext_status_ocsp_resp(ssl, &bytes) > 0;
	out->secure_renegotiation = SSL_get_secure_renegotiation_support(ssl) == 1;
	int count = sk_X509_num(SSL_get_peer_cert_chain(ssl));
	out->chain_length = count < 0 ? 0 : count > TLS_CHAIN_MAX ? TLS_CHAIN_MAX : (unsigned)count;
	out->verified = tls->verify && count > 0 && tls->verify_error == X509_V_OK;
	if (tls->verify && count > 0 && !out->verified)
		out->verify_error = X509_verify_cert_error_string(tls->verify_error);
	ERR_clear_error();
	return 0;
}

const uint8_t *tls_certificate(struct tls *tls, unsigned index, size_t *length)
{
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(tls->ssl);
	*length = 0;
	if (index >= TLS_CHAIN_MAX || (int)index >= sk_X509_num(chain))
		return NULL;
	if (!tls->chain[index].bytes) {
		int count = i2d_X509(sk_X509_value(chain, (int)index), &tls->chain[index].bytes);
		tls->chain[index].length = count > 0 ? (size_t)count : 0;
	}
	*length = tls->chain[index].length;
	return tls->chain[index].bytes;
}
