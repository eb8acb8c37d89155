#include "recording.h"

#include "cookie.h"
#include "recording_target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES (256u << 20)

struct place {
	struct endpoint endpoint;
	uint32_t length; /* of the line */
	uint64_t offset;
};

struct recording {
	FILE *file;
	char *path;
	uint64_t seed;
	struct place *places;
	size_t count, size;
	uint32_t *buckets; /* index + 1 of a place; 0: free */
	size_t mask;
	struct cookie_key key;
	char *line; /* the last one read */
	size_t line_size;
};

/* {"recording": 1, "seed": "7", ...} */
static int read_header(struct recording *recording, const char *line, size_t length, struct error *why)
{
	struct json_reader reader = json_reader(line, length);
	struct json_text name, seed = { "", 0 };
	uint64_t version = 0;
	json_enter_object(&reader);
	while (json_next_member(&reader, &name)) {
		if (json_text_is(name, "recording"))
			version = json_read_unsigned(&reader);
		else if (json_text_is(name, "seed"))
			seed = json_read_text(&reader);
		else
			json_skip(&reader);
	}
	if (reader.error || version == 0)
		return error_set(why, ERR_INVALID, "%s is no recording: its first line does not say so", recording->path);
	if (version != RECORDING_VERSION)
		return error_set(why, ERR_UNSUPPORTED, "%s is a recording of version %llu; this Sonde reads version %d",
				 recording->path, (unsigned long long)version, RECORDING_VERSION);
	for (size_t i = 0; i < seed.length && i < 20 && seed.bytes[i] >= '0' && seed.bytes[i] <= '9'; i++)
		recording->seed = recording->seed * 10 + (uint64_t)(seed.bytes[i] - '0');
	return 0;
}

static int add_place(struct recording *recording, const struct place *place)
{
	if (recording->count == recording->size) {
		size_t size = recording->size ? recording->size * 2 : 1024;
		struct place *places = size < UINT32_MAX / 2 ? realloc(recording->places, size * sizeof *places) : NULL;
		if (!places)
			return ERR_NO_MEMORY;
		recording->places = places;
		recording->size = size;
	}
	recording->places[recording->count++] = *place;
	return 0;
}

static int read_index(struct recording *recording, struct error *why)
{
	ssize_t length;
	uint64_t offset = 0;
	for (size_t number = 1; (length = getline(&recording->line, &recording->line_size, recording->file)) > 0; number++) {
		struct place place = { .offset = offset, .length = (uint32_t)length };
		int error = (uint64_t)length > LINE_MAX_BYTES ? ERR_FULL : 0;
		offset += (uint64_t)length;
		if (number == 1)
			error = read_header(recording, recording->line, (size_t)length, why);
		else if (error == 0)
			error = recorded_endpoint_read(recording->line, (size_t)length, &place.endpoint);
		if (error && number == 1)
			return error;
		if (error)
			return error_set(why, ERR_INVALID, "%s:%zu is no target of a recording", recording->path, number);
		if (number > 1 && add_place(recording, &place))
			return error_set(why, ERR_NO_MEMORY, "out of memory");
	}
	if (ferror(recording->file))
		return error_errno(why, "%s cannot be read", recording->path);
	if (offset == 0)
		return error_set(why, ERR_INVALID, "%s is no recording: it is empty", recording->path);
	return 0;
}

static size_t bucket_of(const struct recording *recording, const struct endpoint *endpoint)
{
	size_t bucket = cookie_hash(&recording->key, endpoint, sizeof *endpoint) & recording->mask;
	while (recording->buckets[bucket]) {
		const struct place *place = &recording->places[recording->buckets[bucket] - 1];
		if (endpoint_equal(&place->endpoint, endpoint))
			break;
		bucket = (bucket + 1) & recording->mask;
	}
	return bucket;
}

static int make_table(struct recording *recording, struct error *why)
{
	char text[ENDPOINT_TEXT_MAX];
	size_t size = 16;
	while (size < recording->count * 2)
		size *= 2;
	recording->mask = size - 1;
	recording->buckets = calloc(size, sizeof *recording->buckets);
	if (!recording->buckets)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < recording->count; i++) {
		size_t bucket = bucket_of(recording, &recording->places[i].endpoint);
		if (recording->buckets[bucket])
			return error_set(why, ERR_INVALID, "%s has %s twice", recording->path,
					 endpoint_format(&recording->places[i].endpoint, text));
		recording->buckets[bucket] = (uint32_t)i + 1;
	}
	return 0;
}

int recording_open(struct recording **out, const char *path, struct error *why)
{
	struct recording *recording = calloc(1, sizeof *recording);
	int error = 0;
	if (!recording || !(recording->path = strdup(path)))
		error = error_set(why, ERR_NO_MEMORY, "out of memory");
	if (error == 0 && !(recording->file = fopen(path, "rb")))
		error = error_errno(why, "%s cannot be opened", path);
	if (error == 0)
		error = read_index(recording, why);
	if (error == 0) {
		recording->key = cookie_key_from_seed(recording->seed, 0x7265636f7264);
		error = make_table(recording, why);
	}
	if (error) {
		recording_close(recording);
		return error;
	}
	*out = recording;
	return 0;
}

void recording_close(struct recording *recording)
{
	if (!recording)
		return;
	if (recording->file)
		fclose(recording->file);
	free(recording->places);
	free(recording->buckets);
	free(recording->line);
	free(recording->path);
	free(recording);
}

const char *recording_path(const struct recording *recording)
{
	return recording->path;
}

uint64_t recording_seed(const struct recording *recording)
{
	return recording->seed;
}

size_t recording_count(const struct recording *recording)
{
	return recording->count;
}

const struct endpoint *recording_endpoint(const struct recording *recording, size_t index)
{
	return &recording->places[index].endpoint;
}

bool recording_find(const struct recording *recording, const struct endpoint *endpoint, size_t *index)
{
	uint32_t found = recording->buckets[bucket_of(recording, endpoint)];
	*index = found - 1u;
	return found != 0;
}

int recording_load(struct recording *recording, size_t index, struct recorded_target **out, struct error *why)
{
	const struct place *place = &recording->places[index];
	/* getline made room for the longest line; the file may have changed since. */
	if (fseeko(recording->file, (off_t)place->offset, SEEK_SET) ||
	    fread(recording->line, 1, place->length, recording->file) != place->length)
		return error_set(why, ERR_SYSTEM, "%s cannot be read again", recording->path);
	int error = recorded_target_read(recording->line, place->length, out);
	if (error)
		return error_set(why, error, "%s:%zu is no target of a recording: %s", recording->path, index + 2,
				 error_text(error));
	return 0;
}
