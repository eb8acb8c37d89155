#include <stdbool.h>
#include "tls_server.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

struct tls_server {
	SSL_CTX *ctx;
	SSL *ssl;
	BIO *in, *out;
	X509 *certificate;
	char plaintext[65536];
	size_t held;
};

static EVP_PKEY *make_key(const char *kind)
{
	return strcmp(kind, "RSA") == 0 ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
}

static X509 *make_certificate(EVP_PKEY *key, const char *name, const char *names, X509 *issuer, EVP_PKEY *issuer_key,
			      const struct tls_server_config *config)
{
	X509 *x509 = X509_new();
	X509_set_version(x509, X509_VERSION_3);
	ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), 0x1234abcd5678u);
	ASN1_TIME_set(X509_getm_notBefore(x509), (time_t)config->not_before);
	ASN1_TIME_set(X509_getm_notAfter(x509), (time_t)config->not_after);
	X509_NAME *subject = X509_get_subject_name(x509);
	X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const uint8_t *)"Br\xc3\xbc" "cke", -1, -1, 0);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0);
	X509_set_issuer_name(x509, issuer ? X509_get_subject_name(issuer) : subject);
	X509_set_pubkey(x509, key);
	if (names) {
		X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
		X509_add_ext(x509, extension, -1);
		X509_EXTENSION_free(extension);
	}
	X509_sign(x509, issuer_key, EVP_sha256());
	return x509;
}

static int choose_h2(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offer, unsigned offered,
		     void *unused)
{
	static const unsigned char h2[] = "\2h2";
	(void)ssl;
	(void)unused;
	return SSL_select_next_proto((unsigned char **)out, length, h2, 3, offer, offered) == OPENSSL_NPN_NEGOTIATED ?
		SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

static int staple(SSL *ssl, void *unused)
{
	(void)unused;
	SSL_set_tlsext_status_ocsp_resp(ssl, OPENSSL_memdup("0", 1), 1);
	return SSL_TLSEXT_ERR_OK;
}

static void make_chain(struct tls_server *server, EVP_PKEY *key, const struct tls_server_config *config)
{
	if (!config->chain) {
		server->certificate = make_certificate(key, "door.example", config->names, NULL, key, config);
		return;
	}
	EVP_PKEY *root_key = make_key("EC");
	X509 *root = make_certificate(root_key, "Spec Root", NULL, NULL, root_key, config);
	server->certificate = make_certificate(key, "door.example", config->names, root, root_key, config);
	SSL_CTX_add_extra_chain_cert(server->ctx, root); /* owns it now */
	EVP_PKEY_free(root_key);
}

struct tls_server *tls_server_create(const struct tls_server_config *config)
{
	struct tls_server *server = calloc(1, sizeof *server);
	EVP_PKEY *key = make_key(config->key);
	server->ctx = SSL_CTX_new(TLS_server_method());
	SSL_CTX_set_security_level(server->ctx, 0);
	SSL_CTX_set_min_proto_version(server->ctx, TLS1_VERSION);
	SSL_CTX_set_max_proto_version(server->ctx, config->version_max);
	SSL_CTX_set_dh_auto(server->ctx, 1);
	if (config->ciphers)
		SSL_CTX_set_cipher_list(server->ctx, config->ciphers);
	if (config->alpn_h2)
		SSL_CTX_set_alpn_select_cb(server->ctx, choose_h2, NULL);
	if (config->staple)
		SSL_CTX_set_tlsext_status_cb(server->ctx, staple);
	if (config->ask_certificate)
		SSL_CTX_set_verify(server->ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	make_chain(server, key, config);
	SSL_CTX_use_certificate(server->ctx, server->certificate);
	SSL_CTX_use_PrivateKey(server->ctx, key);
	EVP_PKEY_free(key);
	server->ssl = SSL_new(server->ctx);
	server->in = BIO_new(BIO_s_mem());
	server->out = BIO_new(BIO_s_mem());
	SSL_set_bio(server->ssl, server->in, server->out);
	SSL_set_accept_state(server->ssl);
	return server;
}

void tls_server_destroy(struct tls_server *server)
{
	SSL_free(server->ssl);
	SSL_CTX_free(server->ctx);
	X509_free(server->certificate);
	free(server);
}

void tls_server_receive(struct tls_server *server, const void *bytes, size_t length)
{
	size_t count;
	if (length)
		BIO_write(server->in, bytes, (int)length);
	if (!SSL_is_init_finished(server->ssl) && SSL_do_handshake(server->ssl) != 1)
		return;
	while (server->held < sizeof server->plaintext &&
	       SSL_read_ex(server->ssl, server->plaintext + server->held, sizeof server->plaintext - server->held, &count) == 1)
		server->held += count;
}

void tls_server_send(struct tls_server *server, const void *bytes, size_t length)
{
	SSL_write(server->ssl, bytes, (int)length);
}

void tls_server_close(struct tls_server *server)
{
	SSL_shutdown(server->ssl);
}

int tls_server_renegotiate(struct tls_server *server)
{
	return SSL_renegotiate(server->ssl) == 1 && SSL_do_handshake(server->ssl) == 1;
}

size_t tls_server_output(struct tls_server *server, void *out, size_t size)
{
	int count = BIO_read(server->out, out, (int)size);
	return count > 0 ? (size_t)count : 0;
}

size_t tls_server_plaintext(struct tls_server *server, void *out, size_t size)
{
	size_t count = server->held < size ? server->held : size;
	memcpy(out, server->plaintext, count);
	server->held = 0;
	return count;
}

bool tls_server_ready(const struct tls_server *server)
{
	return SSL_is_init_finished(server->ssl);
}

size_t tls_server_certificate(const struct tls_server *server, void *out, size_t size)
{
	int length = i2d_X509(server->certificate, NULL);
	uint8_t *at = out;
	return length > 0 && (size_t)length <= size ? (size_t)i2d_X509(server->certificate, &at) : 0;
}
