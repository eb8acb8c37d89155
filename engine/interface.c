#include "interface.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519 /* linux/if_arp.h */
#endif

static int interface_layer(int hardware_type, enum link_layer *out)
{
	switch (hardware_type) {
	case ARPHRD_ETHER:
	case ARPHRD_LOOPBACK:
		*out = LINK_ETHERNET;
		return 0;
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
		*out = LINK_RAW_IP;
		return 0;
	default:
		return ERR_UNSUPPORTED;
	}
}

static int interface_query(int socket, struct ifreq *request, struct interface *out, struct error *why)
{
	const char *name = request->ifr_name;
	if (ioctl(socket, SIOCGIFINDEX, request) < 0)
		return errno == ENODEV ? error_set(why, ERR_NOT_FOUND, "there is no interface %s", name) :
					 error_errno(why, "cannot look at the interface %s", name);
	out->index = request->ifr_ifindex;
	if (ioctl(socket, SIOCGIFFLAGS, request) < 0)
		return error_errno(why, "cannot read the state of the interface %s", name);
	if (!(request->ifr_flags & IFF_UP))
		return error_set(why, ERR_CLOSED, "the interface %s is down", name);
	out->loopback = request->ifr_flags & IFF_LOOPBACK;
	if (ioctl(socket, SIOCGIFMTU, request) < 0)
		return error_errno(why, "cannot read the MTU of the interface %s", name);
	out->mtu = (uint32_t)request->ifr_mtu;
	if (ioctl(socket, SIOCGIFHWADDR, request) < 0)
		return error_errno(why, "cannot read the hardware address of the interface %s", name);
	int type = request->ifr_hwaddr.sa_family;
	if (interface_layer(type, &out->layer))
		return error_set(why, ERR_UNSUPPORTED, "the interface %s is of a kind that is not supported (ARPHRD %d)", name, type);
	if (out->layer == LINK_ETHERNET)
		memcpy(out->mac, request->ifr_hwaddr.sa_data, 6);
	return 0;
}

int interface_read(const char *name, struct interface *out, struct error *why)
{
	struct ifreq request = { 0 };
	*out = (struct interface){ 0 };
	if (!name || !*name || strlen(name) >= INTERFACE_NAME_MAX)
		return error_set(why, ERR_INVALID, "\"%s\" is no interface name", name ? name : "");
	memcpy(request.ifr_name, name, strlen(name));
	memcpy(out->name, name, strlen(name));
	int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (handle < 0)
		return error_errno(why, "cannot look at the interface %s", name);
	int error = interface_query(handle, &request, out, why);
	close(handle);
	return error;
}
