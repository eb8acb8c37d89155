#include "version.h"

#include <luajit-2.1/luajit.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <uv.h>

enum { SONDE, LUAJIT, LIBUV, OPENSSL, LIBPCAP, LIBBPF, LIBNFTABLES, LIBMNL, COUNT };

int version_count(void)
{
	return COUNT;
}

const char *version_name(int index)
{
	static const char *const names[COUNT] = { "sonde",   "luajit", "libuv",       "openssl",
					       "libpcap", "libbpf", "libnftables", "libmnl" };
	return names[index];
}

const char *version_text(int index)
{
	switch (index) {
	case SONDE:
		return SONDE_VERSION;
	case LUAJIT:
		return LUAJIT_VERSION;
	case LIBUV:
		return uv_version_string();
	case OPENSSL:
		return OpenSSL_version(OPENSSL_VERSION);
	case LIBPCAP:
		return pcap_lib_version();
	/* The others do not tell at run time, or not beside libpcap's header: what was there when Sonde was built. */
	case LIBBPF:
		return LIBBPF_VERSION;
	case LIBNFTABLES:
		return LIBNFTABLES_VERSION;
	default:
		return LIBMNL_VERSION;
	}
}
