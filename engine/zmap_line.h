/* One line of ZMap's output, JSON or CSV: a SYN-ACK that another program's SYN brought in. Pure. Every line is hostile:
 * it is a fact or an error with a sentence. */
#ifndef SONDE_ZMAP_LINE_H
#define SONDE_ZMAP_LINE_H

#include "address.h"
#include "error.h"

#include <stddef.h>
#include <stdint.h>

/* The scanned host sent the SYN-ACK: saddr:sport is `remote`, daddr:dport, where ZMap's SYN came from, is `local`. */
struct zmap_syn_ack {
	struct endpoint local, remote;
	uint32_t seq; /* of the SYN-ACK (seqnum) */
	uint32_t ack; /* what it acknowledges (acknum) */
	uint16_t window;
};

enum zmap_field { ZMAP_SADDR, ZMAP_DADDR, ZMAP_SPORT, ZMAP_DPORT, ZMAP_SEQNUM, ZMAP_ACKNUM, ZMAP_WINDOW, ZMAP_FIELDS };

#define ZMAP_COLUMNS_MAX 64

/* Which field each CSV column holds, between the lines of one stream. Embedded in its owner. */
struct zmap_reader {
	int8_t columns[ZMAP_COLUMNS_MAX]; /* enum zmap_field, or -1 for a column that is not used */
	uint32_t column_count;
	uint64_t lines; /* CSV lines seen: the first may be a header */
};

/* Starts with the columns in the order of enum zmap_field. */
void zmap_reader_init(struct zmap_reader *reader);

/* Reads one line without its end; it need not end in a zero byte. A line that starts with `{` is JSON: a flat object whose
 * other keys are ignored, numbers also as strings. Any other is CSV: its first line may name the columns.
 * 1: *out is filled; 0: nothing in it (empty line, header); ERR_INVALID with a sentence that does not name the line. */
int zmap_line_read(struct zmap_reader *reader, const char *line, size_t length, struct zmap_syn_ack *out, struct error *why);

#endif
