#include "shun.h"

#include <stdlib.h>
#include <string.h>

#define SETS (1u << 14)
#define WAYS 4

/* Both are hashes; 0 in `pair` is an empty entry. */
struct entry {
	uint64_t pair; /* source address and host, as far as the scope goes */
	uint64_t connection; /* both endpoints */
};

struct shun {
	struct cookie_key key;
	struct entry entries[SETS][WAYS]; /* newest first */
};

struct shun *shun_create(const struct cookie_key *key)
{
	struct shun *shun = calloc(1, sizeof *shun);
	if (shun)
		shun->key = *key;
	return shun;
}

void shun_destroy(struct shun *shun)
{
	free(shun);
}

static const char *const scope_names[] = {
#define X(name, text) text,
	SHUN_LIST(X)
#undef X
};

const char *shun_name(enum shun_scope scope)
{
	return scope < SHUN_COUNT ? scope_names[scope] : "unknown";
}

enum shun_scope shun_by_name(const char *name)
{
	unsigned i = 0;
	while (i < SHUN_COUNT && strcmp(scope_names[i], name) != 0)
		i++;
	return (enum shun_scope)i;
}

static struct entry entry_of(const struct shun *shun, const struct endpoint *source, const struct endpoint *host,
			     enum shun_scope scope)
{
	struct endpoint both[2] = { *source, *host };
	struct entry entry = { .connection = cookie_hash(&shun->key, both, sizeof both) };
	both[0].port = 0;
	if (scope != SHUN_PORT)
		both[1].port = 0;
	if (scope == SHUN_ALL)
		memset(&both[0], 0, sizeof both[0]);
	entry.pair = cookie_hash(&shun->key, both, sizeof both) | 1;
	return entry;
}

bool shun_refuses(const struct shun *shun, const struct endpoint *source, const struct endpoint *host,
		  enum shun_scope scope)
{
	struct entry entry = entry_of(shun, source, host, scope);
	const struct entry *set = shun->entries[entry.pair / 2 % SETS];
	for (unsigned way = 0; way < WAYS; way++)
		if (set[way].pair == entry.pair)
			return set[way].connection != entry.connection;
	return false;
}

void shun_note(struct shun *shun, const struct endpoint *source, const struct endpoint *host, enum shun_scope scope)
{
	struct entry entry = entry_of(shun, source, host, scope);
	struct entry *set = shun->entries[entry.pair / 2 % SETS];
	for (unsigned way = 0; way < WAYS; way++)
		if (set[way].pair == entry.pair)
			return;
	memmove(set + 1, set, (WAYS - 1) * sizeof *set);
	set[0] = entry;
}
