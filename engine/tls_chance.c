/* OpenSSL 3.0 has no randomness per session that could be seeded: only a method for the whole process, deprecated, which is
 * therefore put in place around each call and taken away again. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "tls_chance.h"

#include "cookie.h"

#include <openssl/rand.h>
#include <string.h>

#define PURPOSE 0x746c73 /* "tls": keeps these words apart from others of the same seed */

/* The method's functions get no argument, so what they draw from must be found here; NULL but between begin and end. */
static _Thread_local struct tls_chance *drawing;

static int draw(unsigned char *out, int length)
{
	if (!drawing)
		return 0;
	struct cookie_key key = cookie_key_from_seed(drawing->seed, PURPOSE);
	while (length > 0) {
		uint64_t number = drawing->drawn++;
		uint64_t word = cookie_hash(&key, &number, sizeof number);
		int piece = length < (int)sizeof word ? length : (int)sizeof word;
		memcpy(out, &word, (size_t)piece);
		out += piece;
		length -= piece;
	}
	return 1;
}

static int ready(void)
{
	return 1;
}

static const RAND_METHOD from_seed = { .bytes = draw, .pseudorand = draw, .status = ready };

void tls_chance_begin(struct tls_chance *chance)
{
	if (chance->seed == 0)
		return;
	drawing = chance;
	RAND_set_rand_method(&from_seed);
}

void tls_chance_end(struct tls_chance *chance)
{
	if (chance->seed == 0)
		return;
	RAND_set_rand_method(NULL); /* OpenSSL's own again */
	drawing = NULL;
}
