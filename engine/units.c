#include "units.h"

#include <stdbool.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit scales[] = {
	{ "", 1 }, { "k", 1000 }, { "K", 1000 }, { "M", 1000000 }, { "m", 1000000 }, { "G", 1000000000 }, { "g", 1000000000 },
	{ NULL, 0 },
};

static const struct unit durations[] = {
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 },
	{ "d", 86400000000000 }, { NULL, 0 },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (strcmp(units->name, name) == 0)
			return units;
	return NULL;
}

/* Adds the digits behind the point, each worth a tenth of the one before; `factor` is what a whole one is worth. */
static int add_fraction(const char *digit, uint64_t factor, uint64_t *value)
{
	size_t count = strspn(digit, "0123456789");
	while (count > 0 && digit[count - 1] == '0')
		count--; /* trailing zeros say nothing, however many */
	for (; count > 0; count--, digit++) {
		if (factor % 10 != 0)
			return ERR_INVALID;
		factor /= 10;
		if (__builtin_add_overflow(*value, factor * (uint64_t)(*digit - '0'), value))
			return ERR_INVALID;
	}
	return 0;
}

/* The number in `text` times its unit's factor. On failure *problem says what is wrong with it. */
static int parse(const char *text, const struct unit *units, uint64_t *out, const char **problem)
{
	uint64_t value = 0;
	const char *next = text;
	*problem = "is not a number with a unit";
	if (!is_digit(*next))
		return ERR_INVALID;
	const char *fraction = next + strspn(next, "0123456789");
	const char *name = *fraction == '.' ? fraction + 1 + strspn(fraction + 1, "0123456789") : fraction;
	if (*fraction == '.' && name == fraction + 1)
		return ERR_INVALID;
	const struct unit *unit = find_unit(units, name);
	if (!unit)
		return ERR_INVALID;
	*problem = "is too large";
	for (; is_digit(*next); next++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*next - '0'), &value))
			return ERR_INVALID;
	if (__builtin_mul_overflow(value, unit->factor, &value))
		return ERR_INVALID;
	*problem = "is finer than can be counted";
	if (*fraction == '.' && add_fraction(fraction + 1, unit->factor, &value))
		return ERR_INVALID;
	*out = value;
	return 0;
}

int units_number(const char *text, uint64_t *out, struct error *why)
{
	const char *problem;
	if (parse(text, scales, out, &problem))
		return error_set(why, ERR_INVALID, "\"%.40s\" %s (as in 500, 10k, 1.5M)", text, problem);
	return 0;
}

int units_bandwidth(const char *text, uint64_t *bytes_per_second, struct error *why)
{
	const char *problem;
	uint64_t bits;
	if (parse(text, scales, &bits, &problem))
		return error_set(why, ERR_INVALID, "\"%.40s\" %s (bits per second, as in 500k, 10M, 1G)", text, problem);
	if (bits > 0 && bits < 8)
		return error_set(why, ERR_INVALID, "\"%.40s\" is less than a byte per second", text);
	*bytes_per_second = bits / 8;
	return 0;
}

int units_duration(const char *text, uint64_t *out_ns, struct error *why)
{
	const char *problem;
	if (parse(text, durations, out_ns, &problem))
		return error_set(why, ERR_INVALID, "\"%.40s\" %s (as in 500ms, 2s, 1m, 1h)", text, problem);
	return 0;
}
