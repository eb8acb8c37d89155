/* TLS as SQL Server has it (MS-TDS section 2.2.6.5): until the handshake is over, records travel inside TDS packets. Pure. */
#ifndef SONDE_TDS_FRAMES_H
#define SONDE_TDS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TDS_HEADER 8
#define TDS_PACKET_MAX 4096 /* of what is sent, its header included */

struct buffer;

/* What has come of the packet that is being received; all zero at first. */
struct tds_frames {
	uint8_t header[TDS_HEADER];
	uint8_t held; /* bytes of the header that have come */
	bool broken; /* what came is no packet of this kind; nothing more is taken */
	uint16_t left; /* payload bytes still to come */
};

/* Takes one packet off `bytes`, in place, or what has come of it: returns how many bytes of payload are left at their beginning.
 * *taken: how many bytes were the packet's; what follows may be another's, or no packet any more. */
size_t tds_frames_unwrap(struct tds_frames *frames, uint8_t *bytes, size_t length, size_t *taken);
/* Whether no packet has begun that has not ended. */
bool tds_frames_is_between(const struct tds_frames *frames);
/* Appends the bytes to `out`, in packets; at most `cap` bytes in all. 0, or buffer_append's error. */
int tds_frames_wrap(struct buffer *out, const uint8_t *bytes, size_t length, size_t cap);

#endif
