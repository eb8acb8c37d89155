#include "permute.h"

#include "cookie.h"
#include "error.h"

#include <assert.h>
#include <stdbool.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define MIX 0x9e3779b1u /* a prime near 2^32 divided by the golden ratio */
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
		permute->keys[i] = (uint32_t)key.k0;
		permute->keys[i + 1] = (uint32_t)key.k1;
		permute->factors[i] = key.k0 >> 32 | 1;
		permute->factors[i + 1] = key.k1 >> 32 | 1;
	}
	return 0;
}

/* Where one half is moved by the other: a keyed value in [0, size), by multiplying 32 x 32 bits and folding the product, twice.
 * That is what processors do for several halves at a time. */
static uint64_t shift(uint64_t half, uint64_t key, uint64_t factor, uint64_t size)
{
	uint64_t mixed = (half ^ key) * factor;
	mixed = (uint32_t)(mixed ^ mixed >> 32) * (uint64_t)MIX;
	return (uint32_t)(mixed ^ mixed >> 32) * size >> 32;
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

#if defined(__x86_64__)

#define GROUPS 4
#define LANES (4u * GROUPS)
#define LANES_MAX (1ull << 31) /* larger halves have no room for a sum of two */

__attribute__((target("avx2"), always_inline)) static inline __m256i lanes_of(uint64_t value)
{
	return _mm256_set1_epi64x((long long)value);
}

/* Less `size` where it is that or more; both are less than 2^32, so that what is less than none is more than all. */
__attribute__((target("avx2"), always_inline)) static inline __m256i lanes_wrap(__m256i value, __m256i size)
{
	return _mm256_min_epu32(value, _mm256_sub_epi64(value, size));
}

/* shift of GROUPS registers at once: while one is multiplied the others are. */
__attribute__((target("avx2"), always_inline)) static inline void lanes_shift(__m256i to[GROUPS], const __m256i half[GROUPS],
									       uint64_t key, uint64_t factor, __m256i size)
{
	__m256i mixed[GROUPS];
#pragma GCC unroll 4
	for (int i = 0; i < GROUPS; i++)
		mixed[i] = _mm256_mul_epu32(_mm256_xor_si256(half[i], lanes_of(key)), lanes_of(factor));
#pragma GCC unroll 4
	for (int i = 0; i < GROUPS; i++)
		mixed[i] = _mm256_mul_epu32(_mm256_xor_si256(mixed[i], _mm256_srli_epi64(mixed[i], 32)), lanes_of(MIX));
#pragma GCC unroll 4
	for (int i = 0; i < GROUPS; i++)
		mixed[i] = _mm256_mul_epu32(_mm256_xor_si256(mixed[i], _mm256_srli_epi64(mixed[i], 32)), size);
#pragma GCC unroll 4
	for (int i = 0; i < GROUPS; i++)
		to[i] = lanes_wrap(_mm256_add_epi64(to[i], _mm256_srli_epi64(mixed[i], 32)), size);
}

static bool has_lanes(const struct permute *permute)
{
	return permute->b >= 4 && permute->a <= LANES_MAX && __builtin_cpu_supports("avx2");
}

/* forward of as many positions as are a multiple of LANES; returns how many. */
__attribute__((target("avx2"))) static size_t forward_lanes(const struct permute *permute, uint64_t first, uint64_t *out,
							    size_t count)
{
	const __m256i a = lanes_of(permute->a), b = lanes_of(permute->b);
	uint64_t first_left, first_right;
	size_t done = 0;
	split(permute, first, &first_left, &first_right);
	__m256i next_left = lanes_of(first_left);
	__m256i next_right = _mm256_add_epi64(lanes_of(first_right), _mm256_setr_epi64x(0, 1, 2, 3));
	for (; count - done >= LANES; done += LANES) {
		__m256i left[GROUPS], right[GROUPS];
#pragma GCC unroll 4
		for (int i = 0; i < GROUPS; i++) {
			right[i] = lanes_wrap(next_right, b);
			next_left = _mm256_add_epi64(next_left, _mm256_andnot_si256(_mm256_cmpeq_epi64(right[i], next_right),
										     lanes_of(1)));
			left[i] = next_left;
			next_right = _mm256_add_epi64(right[i], lanes_of(4));
		}
		for (unsigned i = 0; i < PERMUTE_ROUNDS; i += 2) {
			lanes_shift(left, right, permute->keys[i], permute->factors[i], a);
			lanes_shift(right, left, permute->keys[i + 1], permute->factors[i + 1], b);
		}
#pragma GCC unroll 4
		for (int i = 0; i < GROUPS; i++)
			_mm256_storeu_si256((__m256i *)(void *)(out + done + 4 * i),
					    _mm256_add_epi64(_mm256_mul_epu32(left[i], b), right[i]));
	}
	return done;
}

#else

static bool has_lanes(const struct permute *permute)
{
	(void)permute;
	return false;
}

static size_t forward_lanes(const struct permute *permute, uint64_t first, uint64_t *out, size_t count)
{
	(void)permute, (void)first, (void)out, (void)count;
	return 0;
}

#endif

void permute_run(const struct permute *permute, uint64_t first, uint64_t *out, size_t count)
{
	assert(first <= permute->n && count <= permute->n - first);
	for (size_t i = has_lanes(permute) ? forward_lanes(permute, first, out, count) : 0; i < count; i++)
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
