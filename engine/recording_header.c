#include "recording_header.h"

#include "recording.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

static void member(struct json *line, const char *name, const char *text)
{
	if (text)
		json_field(line, name, text, strlen(text));
}

static void list(struct json *line, const char *name, const char **texts)
{
	if (!texts || !*texts)
		return;
	json_key(line, name, strlen(name));
	json_array_open(line);
	for (; *texts; texts++) {
		if (!json_string(line, *texts, strlen(*texts)))
			json_base64(line, *texts, strlen(*texts));
	}
	json_array_close(line);
}

void recording_header(struct json *line, const struct scan_options *options, uint64_t seed)
{
	char text[24];
	json_object_open(line);
	json_key(line, "recording", strlen("recording"));
	json_unsigned(line, RECORDING_VERSION);
	member(line, "sonde", SONDE_VERSION);
	snprintf(text, sizeof text, "%llu", (unsigned long long)seed); /* as text: not every reader has 64 bits */
	member(line, "seed", text);
	member(line, "policy", options->policy);
	member(line, "link", options->link);
	member(line, "transport", options->transport);
	list(line, "targets", options->targets);
	list(line, "lists", options->lists);
	member(line, "ports", options->ports);
	member(line, "rate", options->rate);
	member(line, "retries", options->retries);
	json_key(line, "all", strlen("all"));
	json_bool(line, options->all);
	json_object_close(line);
	json_raw(line, "\n", 1);
}
