/* The kernel is asked with RTM_GETROUTE, as `ip route get` does, so policy routing and metrics are the kernel's business. */
#include "route.h"

#include "neighbour.h"
#include "rtnetlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#define TIMEOUT_NS_DEFAULT 1000000000ull

struct lookup {
	int index;
	uint8_t type; /* RTN_* */
	uint32_t mtu; /* of the route; 0: the interface's */
	struct address source, gateway;
};

static void lookup_metrics(struct lookup *lookup, const struct nlattr *metrics)
{
	const struct nlattr *attribute;
	mnl_attr_for_each_nested(attribute, metrics) {
		if (mnl_attr_get_type(attribute) == RTAX_MTU && mnl_attr_get_payload_len(attribute) == 4)
			lookup->mtu = mnl_attr_get_u32(attribute);
	}
}

static int lookup_answer(const struct nlmsghdr *message, void *data)
{
	struct lookup *lookup = data;
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	const struct nlattr *attribute;
	if (message->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	lookup->type = route->rtm_type;
	mnl_attr_for_each(attribute, message, sizeof *route) {
		const void *bytes = mnl_attr_get_payload(attribute);
		size_t length = mnl_attr_get_payload_len(attribute);
		switch (mnl_attr_get_type(attribute)) {
		case RTA_OIF:
			lookup->index = length == 4 ? (int)mnl_attr_get_u32(attribute) : 0;
			break;
		case RTA_PREFSRC:
			lookup->source = rtnetlink_address(route->rtm_family, bytes, length);
			break;
		case RTA_GATEWAY:
			lookup->gateway = rtnetlink_address(route->rtm_family, bytes, length);
			break;
		case RTA_VIA: /* IPv4 behind an IPv6 gateway (RFC 8950) */
			if (length > sizeof(struct rtvia))
				lookup->gateway = rtnetlink_address(((const struct rtvia *)bytes)->rtvia_family,
								    ((const struct rtvia *)bytes)->rtvia_addr,
								    length - sizeof(struct rtvia));
			break;
		case RTA_METRICS:
			lookup_metrics(lookup, attribute);
			break;
		}
	}
	return MNL_CB_OK;
}

/* 0, or -1 with errno. index 0: any interface. */
static int lookup_run(struct lookup *lookup, const struct address *destination, int index)
{
	_Alignas(struct nlmsghdr) char buffer[RTNETLINK_REQUEST_MAX] = { 0 };
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	request->nlmsg_type = RTM_GETROUTE;
	struct rtmsg *route = mnl_nlmsg_put_extra_header(request, sizeof *route);
	route->rtm_family = destination->family == ADDRESS_V4 ? AF_INET : AF_INET6;
	route->rtm_dst_len = (uint8_t)(8 * address_length(destination));
	mnl_attr_put(request, RTA_DST, address_length(destination), destination->bytes);
	if (index > 0)
		mnl_attr_put_u32(request, RTA_OIF, (uint32_t)index);
	*lookup = (struct lookup){ 0 };
	return rtnetlink_ask(request, lookup_answer, lookup);
}

static int route_lookup(struct lookup *lookup, const struct address *destination, const char *interface, struct error *why)
{
	char text[ADDRESS_TEXT_MAX];
	address_format(destination, text);
	const char *by = interface ? " through " : "", *name = interface ? interface : "";
	int index = interface ? (int)if_nametoindex(interface) : 0;
	if (interface && index == 0)
		return error_set(why, ERR_INVALID, "there is no interface %s", interface);
	if (lookup_run(lookup, destination, index) < 0) {
		if (errno == ENETUNREACH || errno == EHOSTUNREACH || errno == ESRCH || errno == EACCES)
			return error_set(why, ERR_NOT_FOUND, "no route to %s%s%s", text, by, name);
		return error_errno(why, "cannot look up the route to %s%s%s", text, by, name);
	}
	if ((lookup->type != RTN_UNICAST && lookup->type != RTN_LOCAL) || lookup->index == 0)
		return error_set(why, ERR_NOT_FOUND, "no route to %s%s%s", text, by, name);
	return 0;
}

/* The hardware address that frames for the destination go to. */
static int route_next_hop(struct route *route, const struct address *destination, const struct route_options *options,
			  struct error *why)
{
	if (route->interface.layer != LINK_ETHERNET || route->interface.loopback)
		return 0;
	if (options->gateway_mac) {
		memcpy(route->next_hop_mac, options->gateway_mac, 6);
		return 0;
	}
	bool direct = route->gateway.family == ADDRESS_NONE;
	return neighbour_resolve(&route->interface, direct ? destination : &route->gateway, direct ? "target" : "gateway",
				 options->timeout_ns ? options->timeout_ns : TIMEOUT_NS_DEFAULT, route->next_hop_mac, why);
}

int route_find(struct route *out, const struct address *destination, const struct route_options *options, struct error *why)
{
	struct lookup lookup = { 0 };
	char name[IF_NAMESIZE] = "", text[ADDRESS_TEXT_MAX];
	*out = (struct route){ 0 };
	address_format(destination, text);
	if (address_length(destination) == 0)
		return error_set(why, ERR_INVALID, "no destination to find a route to");
	if (options->source.family != ADDRESS_NONE && options->source.family != destination->family)
		return error_set(why, ERR_INVALID, "the source address and %s are not of one family", text);
	/* With interface, source and next hop given there is nothing left to ask. */
	bool complete = options->interface && options->gateway_mac && options->source.family != ADDRESS_NONE;
	int error = complete ? 0 : route_lookup(&lookup, destination, options->interface, why);
	if (error)
		return error;
	if (!options->interface && !if_indextoname((unsigned)lookup.index, name))
		return error_errno(why, "the interface of the route to %s is gone", text);
	error = interface_read(options->interface ? options->interface : name, &out->interface, why);
	if (error)
		return error;
	if (lookup.mtu > 0 && lookup.mtu < out->interface.mtu)
		out->interface.mtu = lookup.mtu;
	out->local = lookup.type == RTN_LOCAL;
	out->gateway = lookup.gateway;
	out->source = options->source.family != ADDRESS_NONE ? options->source : lookup.source;
	if (out->source.family == ADDRESS_NONE)
		return error_set(why, ERR_NOT_FOUND, "%s has no address to reach %s from", out->interface.name, text);
	return route_next_hop(out, destination, options, why);
}

bool route_is_local(const struct address *address)
{
	struct lookup lookup;
	if (address_length(address) == 0)
		return false;
	return lookup_run(&lookup, address, 0) == 0 && lookup.type == RTN_LOCAL;
}
