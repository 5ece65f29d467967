// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * trouble.c - what an administrator must know when the module says no. The
 * kernel's own state is looked at, so that the advice fits this host.
 */
#include "daemon/trouble.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <mpy.h>

#include "core/log.h"

static void read_text(const char *path, char *out, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t r = fd < 0 ? -1 : read(fd, out, room - 1);

	out[r > 0 ? r : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

static int is_installed(void)
{
	static const char *const places[] = { "updates/dkms/mpy.ko",
					      "updates/dkms/mpy.ko.xz",
					      "updates/dkms/mpy.ko.zst",
					      "extra/mpy.ko", "updates/mpy.ko",
					      "extra/mpy.ko.xz" };
	struct utsname names;
	struct stat st;
	char path[512];
	size_t i;

	if (uname(&names) < 0)
		return 0;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "/lib/modules/%s/%s",
			 names.release, places[i]);
		if (stat(path, &st) == 0)
			return 1;
	}
	return 0;
}

static void say_no_module(void)
{
	char lockdown[128];

	mpy_log(MPY_LOG_ERROR, "the kernel module mpy is not loaded: run"
		" \"modprobe mpy\", then start mpyd again");
	if (!is_installed())
		mpy_log(MPY_LOG_ERROR, "it is not built for this kernel:"
			" \"dkms status mpy\" tells its state, \"dkms autoinstall\""
			" builds it (linux-headers of this kernel needed)");
	read_text("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown));
	if (strstr(lockdown, "[confidentiality]"))
		mpy_log(MPY_LOG_ERROR, "this kernel is locked down for"
			" confidentiality: that forbids kprobes, mpy cannot"
			" work here (see lockdown=integrity)");
	else if (strstr(lockdown, "[integrity]"))
		mpy_log(MPY_LOG_ERROR, "this kernel is locked down (Secure"
			" Boot): the module must be signed by an enrolled key:"
			" \"mokutil --import /var/lib/dkms/mok.pub\", reboot,"
			" choose \"Enroll MOK\"; \"mokutil --test-key"
			" /var/lib/dkms/mok.pub\" checks it");
}

enum mpyd_exit mpy_trouble_hello(int err, const char *why)
{
	switch (-err) {
	case ENOENT:
	case EOPNOTSUPP:
		say_no_module();
		return MPYD_NO_MODULE;
	case EPERM:
	case EACCES:
		mpy_log(MPY_LOG_ERROR, "the module mpy does not let us in%s%s:"
			" mpyd needs CAP_SYS_ADMIN and CAP_NET_ADMIN in the"
			" initial user and network namespaces",
			*why ? ": " : "", why);
		return MPYD_FORBIDDEN;
	case EBUSY:
		mpy_log(MPY_LOG_ERROR, "refused by the module mpy: %s; only"
			" one mpyd can run",
			*why ? why : "another daemon is registered");
		return MPYD_REFUSED;
	case EPROTO:
		mpy_log(MPY_LOG_ERROR, "refused by the module mpy: %s; this"
			" mpyd speaks ABI %u: install mpy and mpy-dkms of the"
			" same version and load the module again",
			*why ? why : "another protocol version", MPY_ABI);
		return MPYD_REFUSED;
	default:
		mpy_log(MPY_LOG_ERROR, "the module mpy does not answer: %s%s%s",
			strerror(-err), *why ? ": " : "", why);
		return MPYD_FAILURE;
	}
}
