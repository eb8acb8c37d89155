#include "version.h"

#include <luajit-2.1/luajit.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <uv.h>

enum { SONDE, LUAJIT, LIBUV, OPENSSL, LIBPCAP, COUNT };

int version_count(void)
{
	return COUNT;
}

const char *version_name(int index)
{
	static const char *const names[COUNT] = { "sonde", "luajit", "libuv", "openssl", "libpcap" };
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
	default:
		return pcap_lib_version();
	}
}
