#include "tds_frames.h"

#include "buffer.h"

#include <string.h>

#define TYPE_PRELOGIN 0x12 /* section 2.2.3.1.1: records are sent as this type; */
#define TYPE_REPLY 0x04 /* some servers answer with this one */
#define STATUS_LAST 0x01
#define PAYLOAD_MAX (TDS_PACKET_MAX - TDS_HEADER)

/* The header is whole: how much comes after it. */
static void begin_packet(struct tds_frames *frames)
{
	size_t length = (size_t)frames->header[2] << 8 | frames->header[3];
	bool known = frames->header[0] == TYPE_PRELOGIN || frames->header[0] == TYPE_REPLY;
	frames->broken = !known || length < TDS_HEADER;
	frames->left = frames->broken ? 0 : (uint16_t)(length - TDS_HEADER);
	frames->held = 0;
}

bool tds_frames_is_between(const struct tds_frames *frames)
{
	return frames->held == 0 && frames->left == 0;
}

size_t tds_frames_unwrap(struct tds_frames *frames, uint8_t *bytes, size_t length, size_t *taken)
{
	size_t at = 0, piece;
	while (at < length && frames->left == 0 && !frames->broken) {
		frames->header[frames->held++] = bytes[at++];
		if (frames->held == TDS_HEADER)
			begin_packet(frames);
	}
	piece = length - at < frames->left ? length - at : frames->left;
	memmove(bytes, bytes + at, piece);
	frames->left -= (uint16_t)piece;
	*taken = at + piece;
	return piece;
}

int tds_frames_wrap(struct buffer *out, const uint8_t *bytes, size_t length, size_t cap)
{
	int error = 0;
	while (length > 0 && !error) {
		size_t piece = length < PAYLOAD_MAX ? length : PAYLOAD_MAX, whole = piece + TDS_HEADER;
		uint8_t header[TDS_HEADER] = { TYPE_PRELOGIN, piece == length ? STATUS_LAST : 0, (uint8_t)(whole >> 8), (uint8_t)whole };
		error = buffer_append(out, header, sizeof header, cap);
		if (!error)
			error = buffer_append(out, bytes, piece, cap);
		bytes += piece;
		length -= piece;
	}
	return error;
}
