// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * main.c - gotthardd: attaches the hooks, writes their events, and answers the
 * module with the help of its children (role.h).
 *
 * If it is killed, protection stays on, because the pins hold the hooks. A new
 * daemon takes them over.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "daemon/broker/broker.h"
#include "daemon/broker/control_socket.h"
#include "daemon/broker/manager.h"
#include "daemon/broker/restore.h"
#include "daemon/broker/watch.h"
#include "daemon/events/logger.h"
#include "daemon/events/output.h"
#include "daemon/events/ringbuf.h"
#include "daemon/hooks/detach.h"
#include "daemon/hooks/hooks.h"
#include "daemon/hooks/preflight.h"
#include "daemon/role.h"
#include "lib/host/device.h"
#include "lib/host/floors.h"
#include "lib/host/sysfs.h"
#include "lib/host/table_dir.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/standard.h"

#define LOAD_SECONDS 600

enum exit_code { EXIT_OK, EXIT_FAILED, EXIT_NOT_HERE = 3 };

static struct {
	const char *events, *ready_file, *config, *control, *device;
	enum gth_role role;
	bool unload, check;
} options = { .config = GTH_CONFIG_FILE, .control = GTH_CONTROL, .device = GTH_DEVICE };

/* Options without a letter */
enum { KEY_CONTROL = 256, KEY_ROLE, KEY_DEVICE };

static const struct argp_option option_table[] = {
	{ "config", 'C', "FILE", 0, "the configuration (default: " GTH_CONFIG_FILE ")", 0 },
	{ "control", KEY_CONTROL, "SOCKET", 0,
	  "the socket for gotthardctl (default: " GTH_CONTROL ")", 0 },
	{ "events", 'e', "FILE", 0, "append events to FILE (default: standard output)", 0 },
	{ "ready-file", 'r', "FILE", 0, "create FILE once the hooks are attached", 0 },
	{ "unload", 'u', NULL, 0, "detach the hooks, end the daemon that runs, and exit", 0 },
	{ "check", 'c', NULL, 0, "say whether this kernel can be protected, and exit", 0 },
	{ NULL, 0, NULL, 0, "Internal, used by the daemon to start its own processes:", 1 },
	{ "role", KEY_ROLE, "store|courier|dialer", 0, "be this process of the daemon", 1 },
	{ "device", KEY_DEVICE, "FILE", 0, "the module's device", 1 },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'C':
		options.config = arg;
		return 0;
	case KEY_CONTROL:
		options.control = arg;
		return 0;
	case KEY_ROLE:
		if (gth_role_parse(arg, &options.role))
			argp_error(state, "there is no role '%s'", arg);
		return 0;
	case KEY_DEVICE:
		options.device = arg;
		return 0;
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
	.children = gth_argp_children,
	.doc = "Attaches Gotthard's hooks, brings back the table, the verdicts and the policy "
	       "that were kept, writes their events as JSON lines, and has unknown files judged "
	       "by the processing region, if the configuration says so.\v"
	       "The hooks stay attached when the daemon ends or is killed; a daemon that is "
	       "started again takes them over. SIGTERM and SIGINT end it, SIGHUP makes it read "
	       "its configuration again and open the file of events again.\n"
	       "\nExit status: 0 done, 1 failed, 64 usage, 3 the module is not loaded or this "
	       "kernel cannot be protected.",
};

/* One daemon at a time: the lock goes with the descriptor, however it ends. */
static int claim_device(void)
{
	int device = gth_device_open();

	if (device < 0) {
		gth_say("%s: %s", GTH_DEVICE, gth_device_open_hint(device));
		return device;
	}
	if (flock(device, LOCK_EX | LOCK_NB)) {
		gth_say("another gotthardd is running: stop it first (systemctl stop gotthardd)");
		close(device);
		return -EBUSY;
	}
	return device;
}

static int tell_ready(void)
{
	int fd;

	gth_manager_tell("READY=1\nSTATUS=hooks attached");
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
static int attach(int device)
{
	static const char *const said[] = {
		[GTH_HOOKS_ATTACHED] = "hooks attached",
		[GTH_HOOKS_TAKEN_OVER] = "took over the hooks that were attached",
		[GTH_HOOKS_REPLACED] = "hooks attached in place of others",
	};
	/* Hooks that will be replaced leave events in a ring buffer of their own. */
	bool old = !gth_ringbuf_open();
	enum gth_hooks_result result;
	int err = gth_hooks_attach(device, &result);

	if (err) {
		gth_say("cannot attach the hooks: %s", strerror(-err));
		return err;
	}
	gth_say("%s", said[result]);
	if (old && result == GTH_HOOKS_TAKEN_OVER)
		return 0;
	if (old) {
		err = gth_ringbuf_rest();
		gth_ringbuf_close();
	}
	if (!err)
		err = gth_ringbuf_open();
	if (err)
		gth_say("cannot read the events: %s", strerror(-err));
	return err;
}

/*
 * Opens a descriptor of its own: closing it tells the module that requests are not answered any
 * more.
 */
static int serve(void *arg)
{
	int fd = gth_device_open(), err;

	(void)arg;
	if (fd < 0)
		return fd;
	err = gth_device_serve(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

static int write_verdicts(void *arg, const struct gth_verdict *records, unsigned int n)
{
	return gth_device_verdict(*(const int *)arg, records, n);
}

static int load(void *arg, const struct gth_table_files *files)
{
	return gth_device_load(*(const int *)arg, files);
}

static int info(void *arg, struct gth_info *i)
{
	return gth_device_info(*(const int *)arg, i);
}

/* The module records verdicts from this descriptor as root's. */
static int write_own(void *arg, const struct gth_verdict *records, unsigned int n)
{
	return gth_device_verdict(*(const int *)arg, records, n);
}

static int read_verdicts(void *arg, struct gth_verdict **records, size_t *n)
{
	return gth_device_verdicts(*(const int *)arg, records, n);
}

static int floors(void *arg, struct gth_floors *list)
{
	return gth_device_floors(*(const int *)arg, list);
}

static int raise_floor(void *arg, const struct gth_floor *f)
{
	return gth_device_raise(*(const int *)arg, f);
}

static int set_knob(void *arg, const char *knob, const char *value)
{
	char name[PATH_MAX];

	(void)arg;
	snprintf(name, sizeof(name), "policy/%s", knob);
	return gth_sysfs_write(name, value);
}

/* Brings the kept state into force before the service manager learns that the daemon is ready. */
static void restore(int device, struct gth_restore *restored)
{
	const struct gth_restore_device d = { load,	     info,   set_knob,	  write_own,
					      read_verdicts, floors, raise_floor, &device };

	/* A table of 2^28 records takes minutes. */
	gth_manager_tell("EXTEND_TIMEOUT_USEC=%llu\nSTATUS=hooks attached; loading the table",
			 LOAD_SECONDS * 1000000ULL);
	gth_restore(restored, &d, GTH_ETC, GTH_ROOT_STATE);
}

/* Opens a descriptor whose verdicts never count as root's. Return: it, or -errno. */
static int open_for_region(void)
{
	int fd = gth_device_open(), err;

	if (fd < 0)
		return fd;
	err = gth_device_region(fd);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/* A thread writes the events, the broker does the rest. @region: as open_for_region() returns it */
static int work(int device, int region, const struct gth_restore *restored)
{
	const struct gth_relay_device relay = { serve, write_verdicts, &region };
	struct gth_broker_options o = {
		.role = { options.config, options.device },
		.control = options.control,
		.device = &relay,
		.restored = restored,
		.ended = gth_logger_start(),
		.watch_fd = gth_watch_open(device),
		.watch = gth_watch_step,
		.reopen = gth_output_reopen,
		.events_turns = gth_ringbuf_turns,
	};
	int err, log_err;

	if (o.ended < 0) {
		gth_say("cannot start a thread: %s", strerror(-o.ended));
		return o.ended;
	}
	err = gth_broker_run(&o);
	if (err)
		gth_say("the broker cannot go on: %s", strerror(-err));
	log_err = gth_logger_stop();
	if (log_err)
		gth_say("cannot write events: %s; the hooks stay attached", strerror(-log_err));
	return err ? err : log_err;
}

static int run(void)
{
	int device = claim_device(), region, err;
	struct gth_restore restored;

	if (device < 0)
		return device == -EBUSY ? EXIT_FAILED : EXIT_NOT_HERE;
	region = open_for_region();
	if (region < 0) {
		gth_say("/dev/gotthard takes no verdicts of the region: %s; load the module that was "
			"installed with this daemon",
			strerror(-region));
		close(device);
		return EXIT_FAILED;
	}
	err = gth_device_exempt(device);
	if (err)
		gth_say("the module does not exempt this process from holds: %s", strerror(-err));
	gth_manager_open();
	if (!err)
		err = attach(device);
	if (!err) {
		restore(device, &restored);
		err = tell_ready();
	}
	if (!err)
		err = work(device, region, &restored);
	gth_ringbuf_close();
	close(region);
	close(device);
	/*
	 * Last: `gotthardd --unload` waits for this close, and needs the module to be unused then.
	 */
	gth_watch_close();
	return err ? EXIT_FAILED : EXIT_OK;
}

static int run_role(void)
{
	const struct gth_role_options o = { .device = *options.device ? options.device : NULL };

	gth_say_never_wait();
	return gth_role_run(options.role, &o);
}

int main(int argc, char **argv)
{
	const char *why;

	if (gth_standard_open() || gth_standard_watch(EXIT_FAILED))
		return EXIT_FAILED;
	gth_program_begin("gotthardd " GTH_VERSION);
	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (options.role != GTH_ROLE_BROKER)
		return run_role();
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	if (options.unload)
		return gth_detach() ? EXIT_FAILED : EXIT_OK;
	why = gth_preflight();
	if (why) {
		gth_say("%s", why);
		return EXIT_NOT_HERE;
	}
	if (options.check) {
		puts("this kernel can be protected");
		return EXIT_OK;
	}
	gth_say_never_wait();
	if (gth_broker_signals())
		return EXIT_FAILED;
	return gth_output_open(options.events) ? EXIT_FAILED : run();
}
