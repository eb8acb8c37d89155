#include "neighbour.h"

#include "clock.h"
#include "rtnetlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define POLL_NS 5000000ull
#define ASK_AGAIN_NS 300000000ull
#define DISCARD_PORT 9 /* RFC 863 */
#define SECOND_NS 1e9

struct lookup {
	uint8_t *mac;
	bool found;
};

static int lookup_answer(const struct nlmsghdr *message, void *data)
{
	struct lookup *lookup = data;
	const struct ndmsg *neighbour = mnl_nlmsg_get_payload(message);
	const int usable = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;
	const struct nlattr *attribute;
	if (message->nlmsg_type != RTM_NEWNEIGH || !(neighbour->ndm_state & usable))
		return MNL_CB_OK;
	mnl_attr_for_each(attribute, message, sizeof *neighbour) {
		if (mnl_attr_get_type(attribute) == NDA_LLADDR && mnl_attr_get_payload_len(attribute) == 6) {
			memcpy(lookup->mac, mnl_attr_get_payload(attribute), 6);
			lookup->found = true;
		}
	}
	return MNL_CB_OK;
}

/* True when the kernel knows the address. */
static bool neighbour_lookup(int index, const struct address *address, uint8_t mac[6])
{
	_Alignas(struct nlmsghdr) char buffer[RTNETLINK_REQUEST_MAX] = { 0 };
	struct lookup lookup = { .mac = mac };
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	request->nlmsg_type = RTM_GETNEIGH;
	struct ndmsg *neighbour = mnl_nlmsg_put_extra_header(request, sizeof *neighbour);
	neighbour->ndm_family = address->family == ADDRESS_V4 ? AF_INET : AF_INET6;
	neighbour->ndm_ifindex = index;
	mnl_attr_put(request, NDA_DST, address_length(address), address->bytes);
	return rtnetlink_ask(request, lookup_answer, &lookup) == 0 && lookup.found;
}

/* One datagram to the discard port: it waits in the kernel until the kernel has asked for the hardware address. */
static int neighbour_provoke(const struct interface *interface, const struct address *address, struct error *why)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(DISCARD_PORT) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(DISCARD_PORT) };
	bool is_v4 = address->family == ADDRESS_V4;
	memcpy(&v4.sin_addr, address->bytes, 4);
	memcpy(&v6.sin6_addr, address->bytes, 16);
	v6.sin6_scope_id = (uint32_t)interface->index;
	int handle = socket(is_v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (handle < 0)
		return error_errno(why, "cannot make the kernel look for a neighbour on %s", interface->name);
	int error = 0;
	const struct sockaddr *to = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
	socklen_t length = is_v4 ? sizeof v4 : sizeof v6;
	if (setsockopt(handle, SOL_SOCKET, SO_BINDTODEVICE, interface->name, (socklen_t)strlen(interface->name)) < 0 ||
	    (sendto(handle, "", 1, MSG_DONTWAIT, to, length) < 0 && errno != EAGAIN && errno != ENOBUFS && errno != EHOSTUNREACH))
		error = error_errno(why, "cannot make the kernel look for a neighbour on %s", interface->name);
	close(handle);
	return error;
}

int neighbour_resolve(const struct interface *interface, const struct address *address, const char *role, uint64_t timeout_ns,
		      uint8_t mac[6], struct error *why)
{
	char text[ADDRESS_TEXT_MAX];
	uint64_t start_ns = clock_monotonic_ns(), asked_ns = 0;
	while (!neighbour_lookup(interface->index, address, mac)) {
		uint64_t now_ns = clock_monotonic_ns();
		if (now_ns - start_ns >= timeout_ns)
			return error_set(why, ERR_TIMEOUT, "no answer to %s for the %s %s on %s within %.3g s",
					 address->family == ADDRESS_V4 ? "ARP" : "neighbour discovery", role,
					 address_format(address, text), interface->name, (double)timeout_ns / SECOND_NS);
		if (asked_ns == 0 || now_ns - asked_ns >= ASK_AGAIN_NS) {
			int error = neighbour_provoke(interface, address, why);
			if (error)
				return error;
			asked_ns = now_ns;
		}
		nanosleep(&(struct timespec){ .tv_nsec = POLL_NS }, NULL);
	}
	return 0;
}
