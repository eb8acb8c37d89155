#include "lines.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct lines {
	const char *name;
	uint64_t number;
	char text[LINES_LENGTH_MAX + 1];
	size_t length;
};

static char *trim(char *text)
{
	static const char space[] = " \t\r\v\f";
	text[strcspn(text, "#")] = 0;
	text += strspn(text, space);
	size_t length = strlen(text);
	while (length > 0 && strchr(space, text[length - 1]))
		text[--length] = 0;
	return text;
}

static int lines_fail(const struct lines *lines, int code, const char *sentence, struct error *why)
{
	return error_set(why, code, "%.100s line %llu: %.200s", lines->name, (unsigned long long)lines->number, sentence);
}

static int lines_finish(struct lines *lines, lines_fn each, void *owner, struct error *why)
{
	struct error inner = { { 0 } };
	lines->text[lines->length] = 0;
	lines->number++;
	lines->length = 0;
	char *entry = trim(lines->text);
	if (!*entry)
		return 0;
	int result = each(owner, entry, &inner);
	return result ? lines_fail(lines, result, inner.text, why) : 0;
}

static int lines_take(struct lines *lines, int byte, struct error *why)
{
	if (lines->length < LINES_LENGTH_MAX && byte != 0) {
		lines->text[lines->length++] = (char)byte;
		return 0;
	}
	lines->number++;
	return lines_fail(lines, ERR_INVALID, byte ? "the line is too long" : "holds a zero byte; is this a text file?", why);
}

int lines_read(const char *path, lines_fn each, void *owner, struct error *why)
{
	bool standard = strcmp(path, "-") == 0;
	struct lines lines = { .name = standard ? "standard input" : path };
	FILE *file = standard ? stdin : fopen(path, "re");
	int byte, result = 0;
	if (!file)
		return error_errno(why, "cannot open %.200s", path);
	while (result == 0 && (byte = getc_unlocked(file)) != EOF)
		result = byte == '\n' ? lines_finish(&lines, each, owner, why) : lines_take(&lines, byte, why);
	if (result == 0 && ferror(file))
		result = error_errno(why, "cannot read %.200s", lines.name);
	if (result == 0 && lines.length > 0)
		result = lines_finish(&lines, each, owner, why);
	if (!standard)
		fclose(file);
	return result;
}

const char *lines_quote(const char *text, char out[LINES_QUOTE_MAX])
{
	size_t length = 0;
	out[length++] = '"';
	for (; *text && length < LINES_QUOTE_MAX - 5; text++)
		out[length++] = *text >= ' ' && *text <= '~' ? *text : '.';
	if (*text)
		for (int i = 0; i < 3; i++)
			out[length++] = '.';
	out[length++] = '"';
	out[length] = 0;
	return out;
}
