// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - gotthardd: attaches the hooks and writes their events.
 *
 * Killed, it leaves protection on: the pins hold the hooks. Started again it
 * takes them over.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include <bpf/libbpf.h>
#include <systemd/sd-daemon.h>

#include "drain.h"
#include "hooks.h"
#include "lib/device.h"
#include "lib/say.h"
#include "lib/sysfs.h"
#include "preflight.h"

enum exit_code { EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_NOT_HERE };

static struct {
	const char *events, *ready_file;
	bool unload, check;
} options;

static volatile bool stop;

const char *argp_program_version = "gotthardd " GTH_VERSION;

static const struct argp_option option_table[] = {
	{ "events", 'e', "FILE", 0, "append events to FILE (default: standard output)", 0 },
	{ "ready-file", 'r', "FILE", 0, "create FILE once the hooks are attached", 0 },
	{ "unload", 'u', NULL, 0, "detach the hooks and exit", 0 },
	{ "check", 'c', NULL, 0, "say whether this kernel can be protected, and exit", 0 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'e':
		options.events = arg;
		return 0;
	case 'r':
		options.ready_file = arg;
		return 0;
	case 'u':
		options.unload = true;
		return 0;
	case 'c':
		options.check = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.doc = "Attaches Gotthard's hooks and writes their events as JSON lines.\v"
	       "The hooks stay attached when the daemon ends or is killed; a daemon that is "
	       "started again takes them over. SIGTERM and SIGINT end it.\n\n"
	       "Exit status: 0 done, 1 failed, 2 usage, 3 the module is not loaded or this "
	       "kernel cannot be protected.",
};

static void on_signal(int signal)
{
	(void)signal;
	stop = true;
}

static void catch_signals(void)
{
	struct sigaction end = { .sa_handler = on_signal };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/*
 * The kernel frees detached programs, and with them its hold on the module, a
 * little later. Return: is the module free to go?
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

static int unload(void)
{
	int err = gth_hooks_detach();

	if (err == -ENOENT) {
		gth_say("no hooks are attached");
		return EXIT_OK;
	}
	if (err) {
		gth_say("cannot detach: %s", strerror(-err));
		return EXIT_FAILED;
	}
	gth_say("hooks detached; this machine is not protected");
	if (!wait_module_unused())
		gth_say("the module is still in use: another gotthardd or gotthardctl runs");
	return EXIT_OK;
}

/* One daemon at a time: the lock goes with the descriptor, however it ends. */
static int claim_device(void)
{
	int device = gth_device_open();

	if (device < 0) {
		gth_say("%s: %s", GTH_DEVICE, gth_device_open_hint(device));
		return device;
	}
	if (flock(device, LOCK_EX | LOCK_NB)) {
		gth_say("another gotthardd is running");
		close(device);
		return -EBUSY;
	}
	return device;
}

static int open_output(void)
{
	int fd = STDOUT_FILENO;

	if (options.events) {
		fd = open(options.events, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
		if (fd < 0)
			gth_say("%s: %s", options.events, strerror(errno));
	}
	return fd;
}

static int tell_ready(void)
{
	int fd;

	sd_notify(0, "READY=1\nSTATUS=hooks attached");
	if (!options.ready_file)
		return 0;
	fd = open(options.ready_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		gth_say("%s: %s", options.ready_file, strerror(errno));
		return -errno;
	}
	close(fd);
	return 0;
}

/* Attaches the hooks and opens their ring buffer. */
static int attach(int out)
{
	static const char *const said[] = {
		[GTH_HOOKS_ATTACHED] = "hooks attached",
		[GTH_HOOKS_TAKEN_OVER] = "took over the hooks that were attached",
		[GTH_HOOKS_REPLACED] = "hooks attached in place of others",
	};
	/* Hooks that will be replaced leave events in a ring buffer of their own. */
	bool old = !gth_drain_open(out);
	enum gth_hooks_result result;
	int err = gth_hooks_attach(&result);

	if (err) {
		gth_say("cannot attach the hooks: %s", strerror(-err));
		return err;
	}
	gth_say("%s", said[result]);
	if (old && result == GTH_HOOKS_TAKEN_OVER)
		return 0;
	if (old) {
		err = gth_drain_rest();
		gth_drain_close();
	}
	if (!err)
		err = gth_drain_open(out);
	if (err)
		gth_say("cannot read the events: %s", strerror(-err));
	return err;
}

static int run(int out)
{
	int device = claim_device(), err;

	if (device < 0)
		return device == -EBUSY ? EXIT_FAILED : EXIT_NOT_HERE;
	err = gth_device_exempt(device);
	if (err)
		gth_say("cannot be exempt from holds: %s", strerror(-err));
	if (!err)
		err = attach(out);
	if (!err)
		err = tell_ready();
	if (!err) {
		err = gth_drain_run(&stop);
		sd_notify(0, "STOPPING=1");
		if (err)
			gth_say("cannot write events: %s; the hooks stay attached", strerror(-err));
	}
	gth_drain_close();
	close(device);
	return err ? EXIT_FAILED : EXIT_OK;
}

int main(int argc, char **argv)
{
	const char *why;
	int out;

	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	if (options.unload)
		return unload();
	why = gth_preflight();
	if (why) {
		gth_say("%s", why);
		return EXIT_NOT_HERE;
	}
	if (options.check) {
		puts("this kernel can be protected");
		return EXIT_OK;
	}
	catch_signals();
	out = open_output();
	return out < 0 ? EXIT_FAILED : run(out);
}
