// SPDX-License-Identifier: GPL-2.0-or-later
/* role.c - starts a child of the daemon, and is one (see role.h). */
#include "daemon/role.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <linux/gotthard.h>

#include "daemon/sandbox.h"
#include "daemon/settings.h"
#include "lib/host/device.h"
#include "lib/util/pulse.h"
#include "lib/util/say.h"

#define SELF "/proc/self/exe"
#define HIGH 64 /* descriptors are moved out of the way of the fixed numbers */

const char *const gth_role_names[GTH_ROLES] = { "broker", "store", "courier", "dialer" };

/* gth_role_parse() - of a child; -EINVAL: no child has that name */
int gth_role_parse(const char *name, enum gth_role *role)
{
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		if (!strcmp(name, gth_role_names[i])) {
			*role = (enum gth_role)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Puts each descriptor under its number and closes all others. System calls only: other threads may
 * hold locks. */
static bool arrange(const int fds[GTH_FD_DEVICE], int device)
{
	int moved[GTH_FD_END];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = 0; i < GTH_FD_END; i++) {
		int from = i == GTH_FD_DEVICE ? device : i > STDERR_FILENO ? fds[i] : -1;

		if (i == STDIN_FILENO || i == STDOUT_FILENO)
			from = null;
		else if (i == STDERR_FILENO)
			from = STDERR_FILENO;
		moved[i] = from < 0 ? -1 : fcntl(from, F_DUPFD_CLOEXEC, HIGH);
		if (from >= 0 && moved[i] < 0)
			return false;
	}
	for (int i = 0; i < GTH_FD_END; i++) {
		if (moved[i] < 0)
			close(i);
		else if (dup2(moved[i], i) < 0)
			return false;
	}
	return !close_range(GTH_FD_END, ~0U, 0);
}

static void restore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGHUP, SIGPIPE };
	sigset_t none;

	for (int i = 1; i < SIGRTMAX; i++)
		signal(i, SIG_DFL);
	/* a terminal sends them to all its processes; only the broker acts on them */
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/**
 * gth_role_start() - a child in another role
 * @role: of the child
 * @o: its options
 * @fds: by the child's numbers; -1: none. They stay open here.
 *
 * The child is exempt from holds before it executes anything: no process may be
 * able to answer a hold yet.
 *
 * Return: its process, or -errno. A later failure ends the child.
 */
pid_t gth_role_start(enum gth_role role, const struct gth_role_options *o,
		     const int fds[GTH_FD_DEVICE])
{
	char name[32];
	const char *argv[] = {
		name, "--role", gth_role_names[role], "--device", o->device ? o->device : "", NULL
	};
	char *const environment[] = { NULL };
	pid_t parent = getpid(), child;
	int device = -1;

	snprintf(name, sizeof(name), "gotthardd-%s", gth_role_names[role]);
	child = fork();
	if (child)
		return child < 0 ? -errno : child;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(1);
	if (o->device) {
		device = open(o->device, O_RDONLY | O_CLOEXEC);
		if (device >= 0)
			gth_device_exempt(device);
	}
	restore_signals();
	if (arrange(fds, device))
		execve(SELF, (char *const *)argv, environment);
	_exit(1);
}

/* gth_role_start() did this already, but could not report a failure. */
static int check_exempt(const char *device)
{
	int fd = GTH_FD_DEVICE, err;

	if (!device || !*device)
		return 0;
	if (fcntl(fd, F_GETFD) < 0)
		fd = open(device, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : gth_device_exempt(fd);
	if (err)
		gth_say("the module does not exempt this process from holds: %s", strerror(-err));
	return err;
}

static void say_become(const char *user, int err)
{
	if (err == -ENOENT)
		gth_say("there is no user '%s': systemd-sysusers makes it from gotthard.conf, or name "
			"another one in the configuration",
			user);
	else
		gth_say("cannot become user '%s': %s", user, strerror(-err));
}

static int prepare(enum gth_role role, struct gth_settings *s)
{
	switch (role) {
	case GTH_ROLE_STORE:
		return gth_store_prepare(s);
	case GTH_ROLE_COURIER:
		return gth_courier_prepare(s);
	case GTH_ROLE_DIALER:
		return gth_dialer_prepare(s);
	default:
		return 0;
	}
}

static int confine(enum gth_role role, const struct gth_config *c)
{
	const char *user = role == GTH_ROLE_STORE ? c->user : c->network_user;
	int err = gth_sandbox_become(user);

	if (err) {
		say_become(user, err);
		return err;
	}
	err = gth_sandbox_enclose(role);
	if (err)
		gth_say("this kernel does not confine the process (Landlock, seccomp): %s",
			strerror(-err));
	return err;
}

/* gth_role_run() - a child's main(). Return: the exit status. */
int gth_role_run(enum gth_role role, const struct gth_role_options *o)
{
	static struct gth_settings settings;
	char name[16];
	int status = 1, err;

	snprintf(name, sizeof(name), "gth-%s", gth_role_names[role]);
	prctl(PR_SET_NAME, name);
	/* Reads /etc/localtime now, or a later conversion of a time would. */
	tzset();
	if (check_exempt(o->device))
		return 1;
	gth_pulse_open(fcntl(GTH_FD_PULSE, F_GETFD) < 0 ? -1 : GTH_FD_PULSE);
	gth_pulse();
	err = gth_settings_unpack(&settings, GTH_FD_SETTINGS);
	close(GTH_FD_SETTINGS);
	if (err)
		gth_say("the daemon sent no valid settings: %s", strerror(-err));
	if (!err)
		err = prepare(role, &settings);
	gth_settings_wipe(&settings);
	if (err || confine(role, &settings.config)) {
		gth_settings_free(&settings);
		return 1;
	}
	if (role == GTH_ROLE_STORE)
		status = gth_store_run(&settings);
	else if (role == GTH_ROLE_COURIER)
		status = gth_courier_run();
	else
		status = gth_dialer_run();
	gth_settings_free(&settings);
	return status;
}
