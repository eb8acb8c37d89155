#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct identity {
	uid_t user;
	gid_t group;
};

static bool number_parse(const char *text, unsigned *out)
{
	if (!text || !*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 10)
		return false;
	unsigned long value = strtoul(text, NULL, 10);
	*out = (unsigned)value;
	return value > 0 && value < (unsigned)-1;
}

/* sudo tells who called it; anyone who is root there too gets nobody. */
static bool identity_of_sudo(struct identity *out)
{
	return number_parse(getenv("SUDO_UID"), &out->user) && number_parse(getenv("SUDO_GID"), &out->group);
}

static int identity_of_name(const char *name, struct identity *out, struct error *why)
{
	errno = 0;
	const struct passwd *entry = getpwnam(name);
	if (!entry && errno)
		return error_errno(why, "cannot look up the user %s", name);
	if (!entry)
		return error_set(why, ERR_NOT_FOUND, "there is no user %s to run as", name);
	if (entry->pw_uid == 0)
		return error_set(why, ERR_INVALID, "running as %s would not give up root", name);
	*out = (struct identity){ entry->pw_uid, entry->pw_gid };
	return 0;
}

/* Groups first: afterwards there is no right to change them. */
static int become(const char *user, struct error *why)
{
	struct identity identity;
	if (user || !identity_of_sudo(&identity)) {
		int error = identity_of_name(user ? user : "nobody", &identity, why);
		if (error)
			return error;
	}
	if (setgroups(0, NULL) < 0 || setresgid(identity.group, identity.group, identity.group) < 0 ||
	    setresuid(identity.user, identity.user, identity.user) < 0)
		return error_errno(why, "cannot become user %u", (unsigned)identity.user);
	return 0;
}

/* For good: neither it nor what it executes can come back. */
static int seal(struct error *why)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_errno(why, "cannot renounce new privileges");
	if (setuid(0) == 0 || geteuid() == 0)
		return error_set(why, ERR_SYSTEM, "root privileges were dropped but could be taken back");
	return 0;
}

int privilege_drop(const char *user, struct error *why)
{
	if (geteuid() != 0)
		return 0;
	int error = become(user, why);
	return error ? error : seal(why);
}

/* Keeps of what is permitted only these. */
static int keep_capabilities(uint32_t wanted, struct error *why)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[2] = { { 0 } };
	if (syscall(SYS_capget, &header, sets) < 0)
		return error_errno(why, "cannot read this process's capabilities");
	sets[0].effective = sets[0].permitted &= wanted;
	sets[1] = (struct __user_cap_data_struct){ 0 };
	sets[0].inheritable = 0;
	if (syscall(SYS_capset, &header, sets) < 0)
		return error_errno(why, "cannot give up capabilities");
	return 0;
}

int privilege_drop_to_network(const char *user, struct error *why)
{
	if (geteuid() != 0)
		return 0;
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_errno(why, "cannot keep the right to open links");
	int error = become(user, why);
	if (error == 0)
		error = keep_capabilities(1u << CAP_NET_RAW | 1u << CAP_NET_ADMIN | 1u << CAP_IPC_LOCK, why);
	return error ? error : seal(why);
}

int privilege_renounce(struct error *why)
{
	return keep_capabilities(0, why);
}
