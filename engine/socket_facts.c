/* A file of its own because the kernel's <linux/tcp.h>, which has the peer's window, and libuv's <netinet/tcp.h> cannot be
 * included together. */
#include "socket_facts.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
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

void socket_facts_prepare(int descriptor, int syn_count)
{
	int on = 1;
	setsockopt(descriptor, IPPROTO_TCP, TCP_SYNCNT, &syn_count, sizeof syn_count);
	setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
}

int64_t socket_facts_unacked(int descriptor)
{
	int count = 0;
	return ioctl(descriptor, SIOCOUTQ, &count) ? -1 : count;
}
