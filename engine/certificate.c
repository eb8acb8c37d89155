#include "certificate.h"

#include "address.h"
#include "error.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* RFC 2253, but UTF-8 as it is instead of escaped byte by byte. */
static void read_name(const X509_NAME *name, char out[CERTIFICATE_TEXT_MAX])
{
	BIO *bio = BIO_new(BIO_s_mem());
	const char *text;
	out[0] = '\0';
	if (!bio)
		return;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
		long length = BIO_get_mem_data(bio, &text);
		if (length >= CERTIFICATE_TEXT_MAX) {
			length = CERTIFICATE_TEXT_MAX - 1;
			while (length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80)
				length--; /* not in the middle of a character */
		}
		memcpy(out, text, (size_t)length);
		out[length] = '\0';
	}
	BIO_free(bio);
}

static void read_time(const ASN1_TIME *time, char out[24])
{
	struct tm tm;
	out[0] = '\0';
	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return;
	snprintf(out, 24, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000u, (unsigned)(tm.tm_mon + 1) % 100u,
		 (unsigned)tm.tm_mday % 100u, (unsigned)tm.tm_hour % 100u, (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u);
}

static void read_serial(const ASN1_INTEGER *serial, char *out, size_t size)
{
	const uint8_t *bytes = ASN1_STRING_get0_data(serial);
	size_t length = (size_t)ASN1_STRING_length(serial), written = 0;
	bool negative = ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER;
	out[0] = '\0';
	if (negative)
		written = (size_t)snprintf(out, size, "-");
	for (size_t i = 0; i < length && written + 3 <= size; i++)
		written += (size_t)snprintf(out + written, size - written, "%02x", bytes[i]);
}

static void read_key(X509 *x509, struct certificate *out)
{
	EVP_PKEY *key = X509_get0_pubkey(x509);
	uint8_t *der = NULL;
	int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
	if (length > 0)
		EVP_Digest(der, (size_t)length, out->key_sha256, NULL, EVP_sha256(), NULL);
	OPENSSL_free(der);
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	if (type) {
		snprintf(out->key_type, sizeof out->key_type, "%s", type);
		int bits = EVP_PKEY_get_bits(key);
		out->key_bits = bits > 0 ? (uint32_t)bits : 0;
		return;
	}
	ASN1_OBJECT *algorithm;
	if (X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, X509_get_X509_PUBKEY(x509)))
		OBJ_obj2txt(out->key_type, sizeof out->key_type, algorithm, 1);
}

static void add_name(struct certificate *out, const void *bytes, size_t length)
{
	size_t start = out->name_count ? out->name_end[out->name_count - 1] : 0;
	if (out->name_count == CERTIFICATE_NAMES_MAX || length > CERTIFICATE_NAMES_SIZE - start) {
		out->names_cut = true;
		return;
	}
	if (length > 0)
		memcpy(out->names + start, bytes, length);
	out->name_end[out->name_count++] = (uint16_t)(start + length);
}

static void add_address(struct certificate *out, const ASN1_STRING *string)
{
	const uint8_t *bytes = ASN1_STRING_get0_data(string);
	int length = ASN1_STRING_length(string);
	char text[ADDRESS_TEXT_MAX];
	struct address address = { .family = length == 4 ? ADDRESS_V4 : ADDRESS_V6 };
	if (length != 4 && length != 16)
		return; /* RFC 5280 section 4.2.1.6: nothing else is an address */
	memcpy(address.bytes, bytes, (size_t)length);
	address_format(&address, text);
	add_name(out, text, strlen(text));
}

static void read_names(X509 *x509, struct certificate *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		int type;
		const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
		if (type == GEN_DNS || type == GEN_EMAIL || type == GEN_URI)
			add_name(out, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
		else if (type == GEN_IPADD)
			add_address(out, value);
	}
	GENERAL_NAMES_free(names);
}

static bool matches(X509 *x509, const char *host)
{
	struct address address;
	if (!host)
		return false;
	if (address_parse(host, &address) == 0)
		return X509_check_ip_asc(x509, host, 0) == 1;
	size_t length = strlen(host);
	if (length > 0 && host[length - 1] == '.')
		length--;
	return length > 0 && X509_check_host(x509, host, length, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

int certificate_read(struct certificate *out, const uint8_t *der, size_t length, int64_t now_s, const char *host)
{
	const uint8_t *at = der;
	X509 *x509 = length <= INT32_MAX ? d2i_X509(NULL, &at, (long)length) : NULL;
	memset(out, 0, sizeof *out);
	if (!x509 || at != der + length) {
		X509_free(x509);
		ERR_clear_error();
		return ERR_INVALID;
	}
	EVP_Digest(der, length, out->sha256, NULL, EVP_sha256(), NULL);
	read_name(X509_get_subject_name(x509), out->subject);
	read_name(X509_get_issuer_name(x509), out->issuer);
	read_serial(X509_get0_serialNumber(x509), out->serial, sizeof out->serial);
	read_time(X509_get0_notBefore(x509), out->not_before);
	read_time(X509_get0_notAfter(x509), out->not_after);
	out->expired = ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), (time_t)now_s) == -1;
	read_key(x509, out);
	const X509_ALGOR *algorithm;
	X509_get0_signature(NULL, &algorithm, x509);
	const ASN1_OBJECT *object;
	X509_ALGOR_get0(&object, NULL, NULL, algorithm);
	OBJ_obj2txt(out->signature_algorithm, sizeof out->signature_algorithm, object, 0);
	out->self_signed = X509_self_signed(x509, 1) == 1;
	out->name_matches = matches(x509, host);
	read_names(x509, out);
	X509_free(x509);
	ERR_clear_error();
	return 0;
}
