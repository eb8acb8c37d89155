/* The first line of a recording: what it is, and what it was made with. */
#ifndef SONDE_RECORDING_HEADER_H
#define SONDE_RECORDING_HEADER_H

#include "json.h"
#include "scan_options.h"

void recording_header(struct json *line, const struct scan_options *options, uint64_t seed);

#endif
