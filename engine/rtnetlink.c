#include "rtnetlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static int exchange(struct mnl_socket *socket, struct nlmsghdr *request, rtnetlink_answer_fn answer, void *data)
{
	char buffer[16384];
	struct timeval patience = { .tv_sec = 1 };
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -1;
	setsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	request->nlmsg_seq = 1;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return -1;
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(socket, buffer, sizeof buffer);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		int more = mnl_cb_run(buffer, (size_t)got, 1, mnl_socket_get_portid(socket), answer, data);
		if (more <= 0)
			return more;
	}
}

int rtnetlink_ask(struct nlmsghdr *request, rtnetlink_answer_fn answer, void *data)
{
	struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!socket)
		return -1;
	int result = exchange(socket, request, answer, data);
	int saved = errno;
	mnl_socket_close(socket);
	errno = saved;
	return result;
}

struct address rtnetlink_address(int family, const void *bytes, size_t length)
{
	struct address address = { 0 };
	if ((family == AF_INET && length == 4) || (family == AF_INET6 && length == 16)) {
		address.family = family == AF_INET ? ADDRESS_V4 : ADDRESS_V6;
		memcpy(address.bytes, bytes, length);
	}
	return address;
}
