#include "zmap_line.h"

#include <stdbool.h>
#include <string.h>

static const char *const field_names[ZMAP_FIELDS] = { "saddr", "daddr", "sport", "dport", "seqnum", "acknum", "window" };

#define VALUE_MAX 63 /* bytes of a value that counts; an IPv6 address has at most 45 */

/* The values of one line, as text. */
struct values {
	bool present[ZMAP_FIELDS];
	char text[ZMAP_FIELDS][VALUE_MAX + 1];
};

/* A run of bytes that is read from its front. */
struct cursor {
	const char *next, *end;
};

void zmap_reader_init(struct zmap_reader *reader)
{
	*reader = (struct zmap_reader){ .column_count = ZMAP_FIELDS };
	for (int i = 0; i < ZMAP_FIELDS; i++)
		reader->columns[i] = (int8_t)i;
}

static int field_named(const char *name, size_t length)
{
	for (int i = 0; i < ZMAP_FIELDS; i++)
		if (strlen(field_names[i]) == length && memcmp(field_names[i], name, length) == 0)
			return i;
	return -1;
}

static int set_value(struct values *values, int field, const char *text, size_t length, struct error *why)
{
	if (field < 0)
		return 0;
	if (values->present[field])
		return error_set(why, ERR_INVALID, "%s is there twice", field_names[field]);
	if (length > VALUE_MAX || memchr(text, 0, length))
		return error_set(why, ERR_INVALID, "%s has no valid value", field_names[field]);
	memcpy(values->text[field], text, length);
	values->text[field][length] = 0;
	values->present[field] = true;
	return 0;
}

static int parse_integer(const char *text, uint64_t most, uint64_t *out)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t value = 0;
	if (digits == 0 || digits > 10 || text[digits])
		return ERR_INVALID;
	for (; *text; text++)
		value = value * 10 + (uint64_t)(*text - '0');
	*out = value;
	return value <= most ? 0 : ERR_INVALID;
}

/* Sequence numbers: ZMap 2.x prints them as signed 32-bit integers. */
static int parse_sequence(const char *text, uint64_t *out)
{
	bool minus = text[0] == '-';
	int error = parse_integer(text + minus, minus ? 1u << 31 : UINT32_MAX, out);
	if (minus)
		*out = (uint32_t)-(int64_t)*out;
	return error;
}

static int parse_field(int field, const char *text, uint64_t *out)
{
	if (field == ZMAP_SEQNUM || field == ZMAP_ACKNUM)
		return parse_sequence(text, out);
	return parse_integer(text, UINT16_MAX, out);
}

static int convert(const struct values *values, struct zmap_syn_ack *out, struct error *why)
{
	/* A window that ZMap was not asked for is taken to be open: a handshake's first bytes fit into any that is. */
	uint64_t numbers[ZMAP_FIELDS] = { [ZMAP_WINDOW] = UINT16_MAX };
	struct zmap_syn_ack result = { .seq = 0 };
	struct address *addresses[] = { &result.remote.address, &result.local.address };
	for (int i = 0; i < ZMAP_FIELDS; i++) {
		if (!values->present[i] && i == ZMAP_WINDOW)
			continue;
		if (!values->present[i])
			return error_set(why, ERR_INVALID, "%s is missing", field_names[i]);
		bool wrong = i <= ZMAP_DADDR ? address_parse(values->text[i], addresses[i]) :
					       parse_field(i, values->text[i], &numbers[i]);
		if (wrong || ((i == ZMAP_SPORT || i == ZMAP_DPORT) && numbers[i] == 0))
			return error_set(why, ERR_INVALID, "%s has no valid value", field_names[i]);
	}
	if (result.remote.address.family != result.local.address.family)
		return error_set(why, ERR_INVALID, "saddr and daddr are of different address families");
	result.remote.port = (uint16_t)numbers[ZMAP_SPORT];
	result.local.port = (uint16_t)numbers[ZMAP_DPORT];
	result.seq = (uint32_t)numbers[ZMAP_SEQNUM];
	result.ack = (uint32_t)numbers[ZMAP_ACKNUM];
	result.window = (uint16_t)numbers[ZMAP_WINDOW];
	*out = result;
	return 1;
}

/* JSON (RFC 8259), as much of it as a flat object needs. */

static void skip_space(struct cursor *cursor)
{
	while (cursor->next < cursor->end && memchr(" \t\r\n", *cursor->next, 4))
		cursor->next++;
}

static bool take(struct cursor *cursor, char expected)
{
	skip_space(cursor);
	if (cursor->next == cursor->end || *cursor->next != expected)
		return false;
	cursor->next++;
	return true;
}

static bool take_hex(struct cursor *cursor)
{
	for (int i = 0; i < 4; i++, cursor->next++)
		if (cursor->next == cursor->end || !*cursor->next || !strchr("0123456789abcdefABCDEF", *cursor->next))
			return false;
	return true;
}

/* A string: its bytes between the quotes, escapes left as they are: none of our names and values has any. */
static bool take_string(struct cursor *cursor, const char **text, size_t *length)
{
	if (!take(cursor, '"'))
		return false;
	*text = cursor->next;
	while (cursor->next < cursor->end && *cursor->next != '"') {
		char byte = *cursor->next++;
		if ((unsigned char)byte < ' ')
			return false;
		if (byte != '\\')
			continue;
		if (cursor->next == cursor->end || !*cursor->next || !strchr("\"\\/bfnrtu", *cursor->next))
			return false;
		if (*cursor->next++ == 'u' && !take_hex(cursor))
			return false;
	}
	*length = (size_t)(cursor->next - *text);
	return take(cursor, '"');
}

static size_t take_digits(struct cursor *cursor)
{
	size_t count = 0;
	for (; cursor->next < cursor->end && *cursor->next >= '0' && *cursor->next <= '9'; cursor->next++)
		count++;
	return count;
}

static bool take_number(struct cursor *cursor)
{
	bool minus = *cursor->next == '-';
	cursor->next += minus;
	bool zero = cursor->next < cursor->end && *cursor->next == '0';
	size_t digits = take_digits(cursor);
	if (digits == 0 || (zero && digits > 1))
		return false;
	if (cursor->next < cursor->end && *cursor->next == '.' && (cursor->next++, take_digits(cursor) == 0))
		return false;
	if (cursor->next == cursor->end || (*cursor->next != 'e' && *cursor->next != 'E'))
		return true;
	cursor->next++;
	if (cursor->next < cursor->end && (*cursor->next == '+' || *cursor->next == '-'))
		cursor->next++;
	return take_digits(cursor) > 0;
}

static bool take_word(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);
	if ((size_t)(cursor->end - cursor->next) < length || memcmp(cursor->next, word, length) != 0)
		return false;
	cursor->next += length;
	return true;
}

/* A string, a number, true, false or null: what a flat object may hold. */
static bool take_value(struct cursor *cursor, const char **text, size_t *length)
{
	skip_space(cursor);
	if (cursor->next == cursor->end)
		return false;
	if (*cursor->next == '"')
		return take_string(cursor, text, length);
	*text = cursor->next;
	bool word = take_word(cursor, "true") || take_word(cursor, "false") || take_word(cursor, "null");
	if (!word && !take_number(cursor))
		return false;
	*length = (size_t)(cursor->next - *text);
	return true;
}

static int read_json(struct cursor cursor, struct values *values, struct error *why)
{
	const char *name, *value;
	size_t name_length, value_length;
	if (!take(&cursor, '{'))
		goto malformed;
	if (take(&cursor, '}'))
		goto end;
	do {
		if (!take_string(&cursor, &name, &name_length) || !take(&cursor, ':') ||
		    !take_value(&cursor, &value, &value_length))
			goto malformed;
		int result = set_value(values, field_named(name, name_length), value, value_length, why);
		if (result)
			return result;
	} while (take(&cursor, ','));
	if (!take(&cursor, '}'))
		goto malformed;
end:
	skip_space(&cursor);
	if (cursor.next == cursor.end)
		return 0;
malformed:
	return error_set(why, ERR_INVALID, "this is no flat JSON object");
}

/* CSV (RFC 4180). */

/* The next column, quotes taken off; false when there is none left or its quotes are wrong. */
static bool take_column(struct cursor *cursor, const char **text, size_t *length, bool *more)
{
	const char *end;
	bool quoted = cursor->next < cursor->end && *cursor->next == '"';
	cursor->next += quoted;
	*text = cursor->next;
	end = memchr(cursor->next, quoted ? '"' : ',', (size_t)(cursor->end - cursor->next));
	if (quoted && !end)
		return false;
	if (!end)
		end = cursor->end;
	*length = (size_t)(end - *text);
	cursor->next = end + quoted;
	*more = cursor->next < cursor->end;
	if (*more && *cursor->next != ',')
		return false;
	cursor->next += *more;
	return true;
}

/* True when the line is a header: its first column is a name, not a value. Then the columns are set from it. */
static bool is_header(struct cursor cursor)
{
	return cursor.next < cursor.end &&
	       ((*cursor.next >= 'a' && *cursor.next <= 'z') || *cursor.next == '"' || *cursor.next == '_') &&
	       !memchr(cursor.next, '.', (size_t)(cursor.end - cursor.next)) &&
	       !memchr(cursor.next, ':', (size_t)(cursor.end - cursor.next));
}

static int read_header(struct zmap_reader *reader, struct cursor cursor, struct error *why)
{
	bool named[ZMAP_FIELDS] = { false }, more = true;
	const char *text;
	size_t length;
	reader->column_count = 0;
	while (more) {
		if (reader->column_count == ZMAP_COLUMNS_MAX || !take_column(&cursor, &text, &length, &more))
			return error_set(why, ERR_INVALID, "this is no CSV header");
		int field = field_named(text, length);
		if (field >= 0 && named[field])
			return error_set(why, ERR_INVALID, "the header names %s twice", field_names[field]);
		if (field >= 0)
			named[field] = true;
		reader->columns[reader->column_count++] = (int8_t)field;
	}
	for (int i = 0; i < ZMAP_FIELDS; i++)
		if (!named[i] && i != ZMAP_WINDOW)
			return error_set(why, ERR_INVALID, "the header does not name %s", field_names[i]);
	return 0;
}

static int read_csv(const struct zmap_reader *reader, struct cursor cursor, struct values *values, struct error *why)
{
	const char *text;
	size_t length;
	bool more = true;
	for (uint32_t i = 0; i < reader->column_count; i++) {
		if (!more || !take_column(&cursor, &text, &length, &more))
			return error_set(why, ERR_INVALID, "there are fewer than %u columns", reader->column_count);
		int result = set_value(values, reader->columns[i], text, length, why);
		if (result)
			return result;
	}
	if (more)
		return error_set(why, ERR_INVALID, "there are more than %u columns", reader->column_count);
	return 0;
}

int zmap_line_read(struct zmap_reader *reader, const char *line, size_t length, struct zmap_syn_ack *out, struct error *why)
{
	struct cursor cursor = { line, line + length };
	struct values values;
	int result;
	memset(values.present, 0, sizeof values.present);
	skip_space(&cursor);
	while (cursor.end > cursor.next && memchr(" \t\r\n", cursor.end[-1], 4))
		cursor.end--;
	if (cursor.next == cursor.end)
		return 0;
	if (*cursor.next == '{')
		result = read_json(cursor, &values, why);
	else if (reader->lines++ == 0 && is_header(cursor))
		return read_header(reader, cursor, why);
	else
		result = read_csv(reader, cursor, &values, why);
	return result ? result : convert(&values, out, why);
}
