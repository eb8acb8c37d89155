#include "permute.h"

#include "cookie.h"
#include "error.h"

#include <assert.h>
#include <stdbool.h>

#define PURPOSE 0x7065726d75746531 /* keeps these keys apart from others made of the same seed */

static uint64_t root_up(uint64_t n)
{
	uint64_t low = 1, high = 1ull << 32; /* the answer is in [low, high] */
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;
		if (middle == 1ull << 32 || middle * middle >= n)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int permute_init(struct permute *permute, uint64_t n, uint64_t seed)
{
	if (n < 1 || n >= 1ull << 63)
		return ERR_INVALID;
	permute->n = n;
	permute->a = root_up(n);
	permute->b = n / permute->a + (n % permute->a != 0);
	permute->reciprocal = UINT64_MAX / permute->b;
	for (unsigned i = 0; i < PERMUTE_ROUNDS; i += 2) {
		struct cookie_key key = cookie_key_from_seed(seed, PURPOSE + i);
		permute->keys[i] = key.k0;
		permute->keys[i + 1] = key.k1;
	}
	for (unsigned i = 0; i < PERMUTE_ROUNDS; i++)
		permute->factors[i] = 0x9e3779b97f4a7c15 ^ (permute->keys[i] >> 32 | permute->keys[i] << 32);
	return 0;
}

/* Where one half is moved by the other: a keyed value in [0, size), by multiplying 64 x 64 bits and folding the product. */
static uint64_t shift(uint64_t half, uint64_t key, uint64_t factor, uint64_t size)
{
	unsigned __int128 product = (unsigned __int128)(half ^ key) * factor;
	uint64_t mixed = (uint64_t)(product >> 64) ^ (uint64_t)product;
	mixed *= 0xd6e8feb86659fd93;
	return (mixed >> 32) * size >> 32;
}

static void split(const struct permute *permute, uint64_t value, uint64_t *left, uint64_t *right)
{
	uint64_t quotient = (uint64_t)((unsigned __int128)value * permute->reciprocal >> 64);
	uint64_t rest = value - quotient * permute->b;
	bool low = rest >= permute->b; /* the reciprocal is rounded down, so the quotient may be one too low, never more */
	*left = quotient + low;
	*right = rest - (low ? permute->b : 0);
}

static uint64_t forward(const struct permute *permute, uint64_t value)
{
	uint64_t left, right;
	split(permute, value, &left, &right);
	for (unsigned i = 0; i < PERMUTE_ROUNDS; i += 2) {
		left += shift(right, permute->keys[i], permute->factors[i], permute->a);
		left -= left >= permute->a ? permute->a : 0;
		right += shift(left, permute->keys[i + 1], permute->factors[i + 1], permute->b);
		right -= right >= permute->b ? permute->b : 0;
	}
	return left * permute->b + right;
}

static uint64_t backward(const struct permute *permute, uint64_t value)
{
	uint64_t left, right;
	split(permute, value, &left, &right);
	for (unsigned i = PERMUTE_ROUNDS; i > 0; i -= 2) {
		uint64_t back = shift(left, permute->keys[i - 1], permute->factors[i - 1], permute->b);
		right += right < back ? permute->b - back : -back;
		back = shift(right, permute->keys[i - 2], permute->factors[i - 2], permute->a);
		left += left < back ? permute->a - back : -back;
	}
	return left * permute->b + right;
}

/* Both walk along the cycle they are in until they are inside [0, n) again; it is there that the walk started. */
uint64_t permute_at(const struct permute *permute, uint64_t position)
{
	assert(position < permute->n);
	do
		position = forward(permute, position);
	while (position >= permute->n);
	return position;
}

void permute_run(const struct permute *permute, uint64_t first, uint64_t *out, size_t count)
{
	assert(first <= permute->n && count <= permute->n - first);
	for (size_t i = 0; i < count; i++)
		out[i] = forward(permute, first + i);
	for (size_t i = 0; i < count; i++) {
		while (out[i] >= permute->n)
			out[i] = forward(permute, out[i]);
	}
}

uint64_t permute_position(const struct permute *permute, uint64_t element)
{
	assert(element < permute->n);
	do
		element = backward(permute, element);
	while (element >= permute->n);
	return element;
}
