/* Frames through libpcap: live where AF_PACKET is not to be had, or out of a capture file. */
#ifndef SONDE_LINK_PCAP_H
#define SONDE_LINK_PCAP_H

#include "link.h"

/* With config.file set it reads that file: frames are handed up as fast as they are asked for, what is sent goes nowhere,
 * and receive returns ERR_CLOSED at the end. A damaged file ends where it is damaged. */
extern const struct link_ops link_pcap_ops;

#endif
