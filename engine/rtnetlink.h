/* One question to the kernel's routing tables over rtnetlink, and its answers. */
#ifndef SONDE_RTNETLINK_H
#define SONDE_RTNETLINK_H

#include "address.h"

#include <stddef.h>
#include <stdint.h>

struct nlmsghdr;

#define RTNETLINK_REQUEST_MAX 512 /* bytes of a request, header included */

/* Called for each message of the answer; returns 1 to go on, 0 to stop. */
typedef int (*rtnetlink_answer_fn)(const struct nlmsghdr *message, void *data);

/* Sends `request`, whose flags and sequence number it fills in, and reads the answer. 0, or -1 with errno set as the
 * kernel answered; EAGAIN when it did not answer within a second. */
int rtnetlink_ask(struct nlmsghdr *request, rtnetlink_answer_fn answer, void *data);

/* An address from an attribute's payload; ADDRESS_NONE when the length does not fit the family (AF_INET, AF_INET6). */
struct address rtnetlink_address(int family, const void *bytes, size_t length);

#endif
