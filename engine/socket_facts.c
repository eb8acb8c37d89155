/* A file of its own because the kernel's <linux/tcp.h>, which has the peer's window, and libuv's <netinet/tcp.h> cannot be
 * included together. */
#include "socket_facts.h"

#include <netinet/in.h>

#include <linux/errqueue.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define WINDOW_UNKNOWN 65535u
#define STATE_CLOSE 7 /* tcpi_state, as the kernel's TCP_CLOSE */

int socket_facts_read(int descriptor, struct socket_facts *out)
{
	struct tcp_info info;
	socklen_t length = sizeof info;
	memset(&info, 0, sizeof info);
	if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length))
		return -1;
	out->rtt_ns = (uint64_t)info.tcpi_rtt * 1000;
	out->retransmissions = info.tcpi_total_retrans;
	out->closed = info.tcpi_state == STATE_CLOSE;
	bool told = length >= offsetof(struct tcp_info, tcpi_snd_wnd) + sizeof info.tcpi_snd_wnd;
	out->window = told ? info.tcpi_snd_wnd : WINDOW_UNKNOWN;
	return 0;
}

/* The option of the other family fails, and does no harm. */
static void keep_errors(int descriptor, int on)
{
	setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
	setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
}

void socket_facts_prepare(int descriptor, int syn_count)
{
	int on = 1;
	setsockopt(descriptor, IPPROTO_TCP, TCP_SYNCNT, &syn_count, sizeof syn_count);
	setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	keep_errors(descriptor, on);
}

void socket_facts_connected(int descriptor)
{
	keep_errors(descriptor, 0);
}

static bool is_icmp(const struct cmsghdr *header)
{
	return (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_RECVERR) ||
	       (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_RECVERR);
}

bool socket_facts_icmp(int descriptor, uint8_t *type, uint8_t *code)
{
	_Alignas(struct cmsghdr) char control[512];
	struct msghdr message = { .msg_control = control, .msg_controllen = sizeof control };
	struct sock_extended_err error;
	if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
		if (!is_icmp(header) || header->cmsg_len < CMSG_LEN(sizeof error))
			continue;
		memcpy(&error, CMSG_DATA(header), sizeof error);
		*type = error.ee_type;
		*code = error.ee_code;
		return error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
	}
	return false;
}

int64_t socket_facts_unacked(int descriptor)
{
	int count = 0;
	return ioctl(descriptor, SIOCOUTQ, &count) ? -1 : count;
}
