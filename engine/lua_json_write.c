#include "lua_json.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32
#define FEW_KEYS 24 /* a table of so many keys is sorted on the C stack */
#define SUFFIX "_base64"
#define SUFFIX_LENGTH (sizeof SUFFIX - 1)

/* A key of the table being written; its text stays alive because the table does. */
struct key {
	const char *text; /* NULL: the key is `number` */
	size_t length;
	double number;
	int slot; /* of its value on the Lua stack */
};

struct keys {
	struct key few[FEW_KEYS];
	struct key *list; /* `few`, or allocated */
	size_t count, size;
	size_t suffixes; /* see keys_suffixes; 0: not counted yet */
};

struct writer {
	lua_State *L;
	struct json *out;
	struct error *why;
	int depth;
};

static int write_value(struct writer *writer, int index);

static int key_compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	if (!a->text || !b->text)
		return a->text ? 1 : b->text ? -1 : (a->number > b->number) - (a->number < b->number);
	int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
	return order ? order : (a->length > b->length) - (a->length < b->length);
}

static void keys_sort(struct keys *keys)
{
	if (keys->count > FEW_KEYS) {
		qsort(keys->list, keys->count, sizeof keys->list[0], key_compare);
		return;
	}
	for (size_t i = 1; i < keys->count; i++) {
		struct key key = keys->list[i];
		size_t place = i;
		for (; place > 0 && key_compare(&keys->list[place - 1], &key) > 0; place--)
			keys->list[place] = keys->list[place - 1];
		keys->list[place] = key;
	}
}

static int keys_add(struct keys *keys, const struct key *key)
{
	if (keys->count == keys->size) {
		struct key *list = keys->list == keys->few ? NULL : keys->list;
		struct key *longer = realloc(list, 2 * keys->size * sizeof *longer);
		if (!longer)
			return ERR_NO_MEMORY;
		if (!list)
			memcpy(longer, keys->few, sizeof keys->few);
		keys->list = longer;
		keys->size *= 2;
	}
	keys->list[keys->count++] = *key;
	return 0;
}

/* Leaves the value of every key on the Lua stack, so that writing them in order needs no second look into the table. */
static int keys_gather(struct writer *writer, int index, struct keys *keys)
{
	lua_State *L = writer->L;
	lua_pushnil(L);
	while (lua_next(L, index)) {
		struct key key = { .slot = lua_gettop(L) - 1 };
		int type = lua_type(L, -2);
		if (type == LUA_TSTRING)
			key.text = lua_tolstring(L, -2, &key.length);
		else if (type == LUA_TNUMBER)
			key.number = lua_tonumber(L, -2);
		else
			return error_set(writer->why, ERR_INVALID, "JSON has no keys that are a %s", lua_typename(L, type));
		if (!lua_checkstack(L, 4))
			return error_set(writer->why, ERR_INVALID, "a table with %zu or more keys is too large for JSON", keys->count);
		int error = keys_add(keys, &key);
		if (error)
			return error_set(writer->why, error, "%s", error_text(error));
		lua_insert(L, -2);
	}
	return 0;
}

static size_t key_print(const struct key *key, char out[32])
{
	struct json text;
	json_init(&text, 32);
	json_number(&text, key->number);
	size_t length = text.length < 32 ? text.length : 31;
	if (length > 0)
		memcpy(out, text.text, length);
	json_free(&text);
	return length;
}

static bool key_value_is_bytes(lua_State *L, const struct key *key)
{
	if (!key->text || lua_type(L, key->slot) != LUA_TSTRING)
		return false;
	size_t length;
	const char *bytes = lua_tolstring(L, key->slot, &length);
	return !utf8_is_valid((const uint8_t *)bytes, length);
}

/* Whether `candidate` is `name` followed by `times` suffixes. */
static bool key_is_taken(const struct key *candidate, const struct key *name, size_t times)
{
	if (!candidate->text || candidate->length != name->length + times * SUFFIX_LENGTH)
		return false;
	const char *rest = candidate->text + name->length;
	for (size_t i = 0; i < times; i++)
		if (memcmp(rest + i * SUFFIX_LENGTH, SUFFIX, SUFFIX_LENGTH) != 0)
			return false;
	return memcmp(candidate->text, name->text, name->length) == 0;
}

/* How many suffixes make every name of this table whose value is bytes one that the table does not have itself. */
static size_t keys_suffixes(lua_State *L, const struct keys *keys)
{
	size_t times = 1;
	for (size_t i = 0; i < keys->count;) {
		bool taken = false;
		if (key_value_is_bytes(L, &keys->list[i]))
			for (size_t other = 0; other < keys->count && !taken; other++)
				taken = key_is_taken(&keys->list[other], &keys->list[i], times);
		times += taken;
		i = taken ? 0 : i + 1;
	}
	return times;
}

static int write_bytes_field(struct writer *writer, struct keys *keys, const struct key *key)
{
	if (keys->suffixes == 0)
		keys->suffixes = keys_suffixes(writer->L, keys);
	size_t times = keys->suffixes, length;
	char *name = malloc(key->length + times * SUFFIX_LENGTH);
	if (!name)
		return error_set(writer->why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	memcpy(name, key->text, key->length);
	for (size_t i = 0; i < times; i++)
		memcpy(name + key->length + i * SUFFIX_LENGTH, SUFFIX, SUFFIX_LENGTH);
	json_key(writer->out, name, key->length + times * SUFFIX_LENGTH);
	free(name);
	const char *bytes = lua_tolstring(writer->L, key->slot, &length);
	json_base64(writer->out, bytes, length);
	return 0;
}

static int write_field(struct writer *writer, struct keys *keys, const struct key *key)
{
	struct json *out = writer->out;
	size_t start = out->length, length;
	bool separate = out->separate;
	if (!key->text) {
		char name[32];
		length = key_print(key, name);
		json_key(out, name, length);
		return write_value(writer, key->slot);
	}
	json_key(out, key->text, key->length);
	if (lua_type(writer->L, key->slot) != LUA_TSTRING)
		return write_value(writer, key->slot);
	const char *bytes = lua_tolstring(writer->L, key->slot, &length);
	if (json_string(out, bytes, length))
		return 0;
	out->length = start;
	out->separate = separate;
	return write_bytes_field(writer, keys, key);
}

static int write_object(struct writer *writer, int index)
{
	struct keys keys;
	keys.list = keys.few;
	keys.count = 0;
	keys.size = FEW_KEYS;
	keys.suffixes = 0;
	int top = lua_gettop(writer->L);
	int error = keys_gather(writer, index, &keys);
	if (error)
		goto cleanup;
	keys_sort(&keys);
	json_object_open(writer->out);
	for (size_t i = 0; i < keys.count && !error; i++)
		error = write_field(writer, &keys, &keys.list[i]);
	json_object_close(writer->out);
cleanup:
	lua_settop(writer->L, top);
	if (keys.list != keys.few)
		free(keys.list);
	return error;
}

static int write_array(struct writer *writer, int index, int count)
{
	int error = 0;
	json_array_open(writer->out);
	for (int i = 1; i <= count && !error; i++) {
		lua_rawgeti(writer->L, index, i);
		error = write_value(writer, lua_gettop(writer->L));
		lua_pop(writer->L, 1);
	}
	json_array_close(writer->out);
	return error;
}

/* Counts the keys, all of which must be whole numbers from 1 to `last`; -1 if one is not. */
static int count_elements(lua_State *L, int index, int last)
{
	int count = 0;
	lua_pushnil(L);
	while (lua_next(L, index)) {
		lua_pop(L, 1);
		double number = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
		if (!(number >= 1 && number <= last) || number != (double)(int)number) {
			lua_pop(L, 1);
			return -1;
		}
		count++;
	}
	return count;
}

static int write_table(struct writer *writer, int index)
{
	lua_State *L = writer->L;
	if (writer->depth == DEPTH_MAX)
		return error_set(writer->why, ERR_INVALID, "tables in tables, %d deep, or in a cycle, are too deep for JSON", DEPTH_MAX);
	if (!lua_checkstack(L, 6))
		return error_set(writer->why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	size_t length = lua_objlen(L, index);
	bool marked = lua_json_is_array(L, index);
	int last = length <= INT32_MAX ? (int)length : 0;
	bool is_array = (marked || last > 0) && count_elements(L, index, last) == last;
	if (marked && !is_array)
		return error_set(writer->why, ERR_INVALID, "a JSON array has other keys than 1 to n, or holes");
	writer->depth++;
	int error = is_array ? write_array(writer, index, last) : write_object(writer, index);
	writer->depth--;
	return error;
}

static void write_string(struct writer *writer, int index)
{
	size_t length;
	const char *bytes = lua_tolstring(writer->L, index, &length);
	if (json_string(writer->out, bytes, length))
		return;
	json_object_open(writer->out);
	json_key(writer->out, "base64", 6);
	json_base64(writer->out, bytes, length);
	json_object_close(writer->out);
}

static int write_value(struct writer *writer, int index)
{
	lua_State *L = writer->L;
	if (writer->out->error) /* a table that holds another twice, which holds another twice, ... ends at the cap */
		return error_set(writer->why, writer->out->error, "JSON text: %s", error_text(writer->out->error));
	switch (lua_type(L, index)) {
	case LUA_TLIGHTUSERDATA: /* json.null, and lua-cjson's null */
		if (lua_touserdata(L, index))
			return error_set(writer->why, ERR_INVALID, "JSON cannot hold a %s", lua_typename(L, lua_type(L, index)));
		json_null(writer->out);
		return 0;
	case LUA_TNIL:
		json_null(writer->out);
		break;
	case LUA_TBOOLEAN:
		json_bool(writer->out, lua_toboolean(L, index));
		break;
	case LUA_TNUMBER:
		json_number(writer->out, lua_tonumber(L, index));
		break;
	case LUA_TSTRING:
		write_string(writer, index);
		break;
	case LUA_TTABLE:
		return write_table(writer, index);
	default:
		return error_set(writer->why, ERR_INVALID, "JSON cannot hold a %s", lua_typename(L, lua_type(L, index)));
	}
	return 0;
}

int lua_json_write(lua_State *L, int index, struct json *out, struct error *why)
{
	struct writer writer = { .L = L, .out = out, .why = why };
	if (index < 0 && index > LUA_REGISTRYINDEX)
		index = lua_gettop(L) + index + 1;
	int error = write_value(&writer, index);
	if (!error && out->error)
		error = error_set(why, out->error, "JSON text: %s", error_text(out->error));
	return error;
}
