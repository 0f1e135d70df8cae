// SPDX-License-Identifier: GPL-2.0-or-later
/* detach.c - gotthardd --unload (see detach.h). */
#include "daemon/hooks/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "daemon/hooks/hooks.h"
#include "daemon/hooks/unload.h"
#include "lib/host/device.h"
#include "lib/util/say.h"

/*
 * The kernel frees detached programs, and with them its hold on the module, a
 * little later. Return: can the module be unloaded?
 */
static bool wait_module_unused(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	char count[32];

	for (int i = 0; i < 100; i++) {
		int fd = open("/sys/module/gotthard/refcnt", O_RDONLY | O_CLOEXEC);
		ssize_t n = fd < 0 ? -1 : read(fd, count, sizeof(count));

		if (fd >= 0)
			close(fd);
		if (n < 0 || (n > 0 && count[0] == '0'))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/*
 * A running daemon would attach the hooks again, so it is asked not to. The
 * device's lock keeps another one from beginning meanwhile.
 * Return: a descriptor for gth_unload_done(); -1: none runs; -EBUSY: the reason
 * was logged.
 */
static int ask_daemon(int device)
{
	struct ucred daemon;
	int fd;

	if (!flock(device, LOCK_EX | LOCK_NB))
		return -1;
	fd = gth_unload_ask(&daemon);
	if (fd >= 0)
		return fd;
	gth_say("a gotthardd runs and cannot be asked (%s): stop it first (systemctl stop "
		"gotthardd); nothing was detached",
		strerror(-fd));
	return -EBUSY;
}

/* Return: 0 or -errno, which was logged; a running daemon checks its hooks itself. */
static int detach(int device)
{
	int err = gth_hooks_detach(device);

	switch (err) {
	case 0:
		gth_say("hooks detached; this machine is not protected");
		return 0;
	case -ENOENT:
		gth_say("no hooks are attached");
		return 0;
	case -EBUSY:
		gth_say("hooks stay attached: they are pinned in a BPF filesystem that is mounted "
			"elsewhere, or a process holds them; findmnt -t bpf and bpftool link find them");
		return err;
	default:
		gth_say("cannot detach: %s", strerror(-err));
		return err;
	}
}

/* gth_detach() - detach the hooks; a running daemon ends. Return: 0 or -errno, which was logged. */
int gth_detach(void)
{
	int device = gth_device_open(), daemon, err;

	/* Without the module there are no hooks: each of them holds it. */
	if (device == -ENOENT || device == -ENXIO || device == -ENODEV) {
		gth_say("no hooks are attached");
		return 0;
	}
	if (device < 0) {
		gth_say("%s: %s", GTH_DEVICE, gth_device_open_hint(device));
		return device;
	}
	daemon = ask_daemon(device);
	err = daemon == -EBUSY ? -EBUSY : detach(device);
	if (daemon >= 0)
		gth_unload_done(daemon);
	close(device);
	if (!err && !wait_module_unused())
		gth_say("the module is still in use: a gotthardctl runs, or a task is still being "
			"judged");
	return err;
}
