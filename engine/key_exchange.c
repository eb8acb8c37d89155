#include "key_exchange.h"

#include "error.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdbool.h>
#include <string.h>

#define X25519_BYTES 32

static const struct {
	const char *name;
	int curve; /* OpenSSL's number; 0: no NIST curve */
	BIGNUM *(*prime)(BIGNUM *); /* NULL: no group of numbers */
} groups[] = {
	{ "x25519", 0, NULL },
	{ "P-256", NID_X9_62_prime256v1, NULL },
	{ "P-384", NID_secp384r1, NULL },
	{ "P-521", NID_secp521r1, NULL },
	{ "modp1024", 0, BN_get_rfc2409_prime_1024 },
	{ "modp2048", 0, BN_get_rfc3526_prime_2048 },
	{ "modp4096", 0, BN_get_rfc3526_prime_4096 },
};

/* --- X25519 ----------------------------------------------------------------------------------------------------------- */

static int x25519_public(const uint8_t *secret, uint8_t *out, size_t *out_length)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, X25519_BYTES);
	*out_length = X25519_BYTES;
	int good = key && EVP_PKEY_get_raw_public_key(key, out, out_length) == 1;
	EVP_PKEY_free(key);
	return good ? 0 : ERR_NO_MEMORY;
}

/* OpenSSL refuses the all-zero secret that points of small order lead to (RFC 7748 section 6.1). */
static int x25519_shared(const uint8_t *secret, const uint8_t *peer, size_t peer_length, uint8_t *out, size_t *out_length)
{
	EVP_PKEY *own = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, X25519_BYTES);
	EVP_PKEY *other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, peer_length);
	EVP_PKEY_CTX *context = own && other ? EVP_PKEY_CTX_new(own, NULL) : NULL;
	*out_length = X25519_BYTES;
	int good = context && EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, other) == 1 &&
		   EVP_PKEY_derive(context, out, out_length) == 1;
	EVP_PKEY_CTX_free(context);
	EVP_PKEY_free(own);
	EVP_PKEY_free(other);
	return good ? 0 : ERR_INVALID;
}

/* --- NIST curves ------------------------------------------------------------------------------------------------------ */

/* A number from 1 to the order less one. */
static bool curve_scalar(BIGNUM *scalar, const EC_GROUP *group, const uint8_t *secret, size_t length, BN_CTX *numbers)
{
	return BN_bin2bn(secret, (int)length, scalar) && BN_mod(scalar, scalar, EC_GROUP_get0_order(group), numbers) &&
	       (!BN_is_zero(scalar) || BN_one(scalar));
}

/* The shared secret is the x-coordinate alone (SEC 1 section 3.3.1). */
static size_t curve_write(const EC_GROUP *group, const EC_POINT *point, bool whole, uint8_t *out, BN_CTX *numbers)
{
	if (whole)
		return EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, KEY_EXCHANGE_VALUE_MAX, numbers);
	BIGNUM *x = BN_new();
	int size = (EC_GROUP_get_degree(group) + 7) / 8;
	bool good = x && EC_POINT_get_affine_coordinates(group, point, x, NULL, numbers) == 1 && BN_bn2binpad(x, out, size) == size;
	BN_free(x);
	return good ? (size_t)size : 0;
}

/* Without a peer: the public value. */
static int curve_multiply(int curve, const uint8_t *secret, size_t length, const uint8_t *peer, size_t peer_length, uint8_t *out,
			  size_t *out_length)
{
	int error = ERR_NO_MEMORY;
	BN_CTX *numbers = BN_CTX_new();
	EC_GROUP *group = EC_GROUP_new_by_curve_name(curve);
	EC_POINT *point = group ? EC_POINT_new(group) : NULL, *base = group ? EC_POINT_new(group) : NULL;
	BIGNUM *scalar = BN_new();
	if (!numbers || !point || !base || !scalar || !curve_scalar(scalar, group, secret, length, numbers))
		goto cleanup;
	error = ERR_INVALID;
	if (peer && (EC_POINT_oct2point(group, base, peer, peer_length, numbers) != 1 || EC_POINT_is_at_infinity(group, base)))
		goto cleanup; /* oct2point checks that it is on the curve */
	if (EC_POINT_mul(group, point, peer ? NULL : scalar, peer ? base : NULL, peer ? scalar : NULL, numbers) != 1)
		goto cleanup;
	*out_length = curve_write(group, point, !peer, out, numbers);
	error = *out_length > 0 ? 0 : ERR_INVALID;
cleanup:
	BN_free(scalar);
	EC_POINT_free(point);
	EC_POINT_free(base);
	EC_GROUP_free(group);
	BN_CTX_free(numbers);
	return error;
}

/* --- groups of numbers ------------------------------------------------------------------------------------------------ */

/* RFC 4253 section 8: values from 1 to p - 1; 1 and p - 1 themselves lead nowhere. */
static bool is_in_group(const BIGNUM *value, BIGNUM *prime_less_one)
{
	return BN_cmp(value, BN_value_one()) > 0 && BN_cmp(value, prime_less_one) < 0;
}

/* Without a peer, of the generator 2: the public value. */
static int number_power(BIGNUM *(*make_prime)(BIGNUM *), const uint8_t *secret, size_t length, const uint8_t *peer,
			size_t peer_length, uint8_t *out, size_t *out_length)
{
	int error = ERR_NO_MEMORY;
	BN_CTX *numbers = BN_CTX_new();
	BIGNUM *prime = make_prime(NULL), *less = prime ? BN_dup(prime) : NULL, *base = BN_new(), *exponent = BN_new();
	if (!numbers || !less || !base || !exponent || !BN_bin2bn(secret, (int)length, exponent) || !BN_sub_word(less, 1))
		goto cleanup;
	if (peer ? !BN_bin2bn(peer, (int)peer_length, base) : !BN_set_word(base, 2))
		goto cleanup;
	error = ERR_INVALID;
	if (!is_in_group(base, less) || !BN_mod_exp(base, base, exponent, prime, numbers) || !is_in_group(base, less))
		goto cleanup;
	*out_length = (size_t)BN_bn2bin(base, out);
	error = 0;
cleanup:
	BN_free(exponent);
	BN_free(base);
	BN_free(less);
	BN_free(prime);
	BN_CTX_free(numbers);
	return error;
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static int exchange(const char *name, const uint8_t *secret, size_t length, const uint8_t *peer, size_t peer_length, uint8_t *out,
		    size_t *out_length)
{
	size_t i = 0;
	while (i < sizeof groups / sizeof *groups && strcmp(groups[i].name, name) != 0)
		i++;
	if (i == sizeof groups / sizeof *groups || length < KEY_EXCHANGE_PRIVATE_MIN || length > KEY_EXCHANGE_PRIVATE_MAX)
		return ERR_INVALID;
	if (groups[i].curve)
		return curve_multiply(groups[i].curve, secret, length, peer, peer_length, out, out_length);
	if (groups[i].prime)
		return number_power(groups[i].prime, secret, length, peer, peer_length, out, out_length);
	return peer ? x25519_shared(secret, peer, peer_length, out, out_length) : x25519_public(secret, out, out_length);
}

int key_exchange_public(const char *group, const uint8_t *secret, size_t length, uint8_t *out, size_t *out_length)
{
	int error = exchange(group, secret, length, NULL, 0, out, out_length);
	ERR_clear_error();
	return error;
}

int key_exchange_shared(const char *group, const uint8_t *secret, size_t length, const uint8_t *peer, size_t peer_length,
			uint8_t *out, size_t *out_length)
{
	int error = ERR_INVALID;
	if (peer_length > 0 && peer_length <= KEY_EXCHANGE_VALUE_MAX + 1) /* a sign byte may stand before an integer */
		error = exchange(group, secret, length, peer, peer_length, out, out_length);
	ERR_clear_error();
	return error;
}
