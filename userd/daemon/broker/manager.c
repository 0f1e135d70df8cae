// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * manager.c - messages to the service manager (see manager.h). Only the main thread calls these
 * functions.
 *
 * The manager's queue holds a few messages, and it may be busy, or stopped. Messages that must
 * arrive wait here in their order. Of the status only the last one waits. A sign of life is
 * dropped, because another follows.
 */
#include "daemon/broker/manager.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "lib/util/say.h"

#define WAITING_MAX 8
#define TEXT_SIZE 512 /* bytes, NUL included */

static struct {
	int fd; /* -1: there is no manager */
	struct sockaddr_un address;
	socklen_t len;
	uint64_t period, fed;		      /* ms of CLOCK_MONOTONIC; period 0: no watchdog */
	char waiting[WAITING_MAX][TEXT_SIZE]; /* what must arrive */
	unsigned int n;
	char status[TEXT_SIZE]; /* the last one */
	bool status_waits;
} manager = { .fd = -1 };

/* Where NOTIFY_SOCKET says: a path, or an abstract name behind '@'. Return: 0 or -errno. */
static int find(const char *where)
{
	size_t len = strlen(where);

	if (*where != '/' && *where != '@')
		return -EAFNOSUPPORT;
	if (len < 2 || len >= sizeof(manager.address.sun_path))
		return -ENAMETOOLONG;
	manager.address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	memcpy(manager.address.sun_path, where, len + 1);
	manager.len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len + 1);
	if (*where == '@') {
		manager.address.sun_path[0] = '\0';
		manager.len--;
	}
	return 0;
}

/* gth_manager_open() - as the environment names it; without one the other functions do nothing */
void gth_manager_open(void)
{
	const char *where = getenv("NOTIFY_SOCKET");
	uint64_t usec = 0;
	int err;

	if (manager.fd >= 0 || !where)
		return;
	err = find(where);
	if (!err) {
		manager.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		err = manager.fd < 0 ? -errno : 0;
	}
	if (err)
		gth_say("cannot notify the service manager (%s): %s", where, strerror(-err));
	else if (sd_watchdog_enabled(0, &usec) > 0)
		manager.period = usec / 1000;
}

/* gth_manager_period() - how often gth_manager_turn() has to be called, in ms; 0: no matter */
uint64_t gth_manager_period(void)
{
	return manager.period / 4;
}

/* Return: is it done with? Only a queue that is full is worth another attempt. */
static bool send_text(const char *text)
{
	ssize_t n = sendto(manager.fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
			   (const struct sockaddr *)&manager.address, manager.len);

	return n >= 0 || (errno != EAGAIN && errno != EINTR && errno != ENOBUFS);
}

static void flush(void)
{
	unsigned int done = 0;

	while (done < manager.n && send_text(manager.waiting[done]))
		done++;
	manager.n -= done;
	memmove(manager.waiting, manager.waiting + done, manager.n * sizeof(*manager.waiting));
	/* The status is newer than the waiting messages, so it follows them. */
	if (!manager.n && manager.status_waits)
		manager.status_waits = !send_text(manager.status);
}

/**
 * gth_manager_tell() - a message that must arrive: lines as of sd_notify(3), less than 512 bytes
 *
 * If the manager does not read, later calls or gth_manager_turn() send it. If eight messages wait,
 * the last one is replaced: a manager that reads again learns the present state.
 */
void gth_manager_tell(const char *format, ...)
{
	unsigned int at = manager.n < WAITING_MAX ? manager.n++ : WAITING_MAX - 1;
	va_list args;

	if (manager.fd < 0) {
		manager.n = 0;
		return;
	}
	va_start(args, format);
	vsnprintf(manager.waiting[at], TEXT_SIZE, format, args);
	va_end(args);
	flush();
}

/* gth_manager_status() - for people: one line, told if it is another than before */
void gth_manager_status(const char *line)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "STATUS=%s", line);
	if (manager.fd < 0 || !strcmp(text, manager.status))
		return;
	memcpy(manager.status, text, sizeof(text));
	manager.status_waits = true;
	flush();
}

/**
 * gth_manager_turn() - the loop has come round
 * @now: CLOCK_MONOTONIC in ms
 * @well: false: no sign of life, so that after its period the watchdog ends all
 */
void gth_manager_turn(uint64_t now, bool well)
{
	if (manager.fd < 0)
		return;
	flush();
	if (!well || !manager.period || now - manager.fed < manager.period / 4)
		return;
	if (!manager.n && send_text("WATCHDOG=1"))
		manager.fed = now;
}

/* gth_manager_close() - messages that wait are dropped */
void gth_manager_close(void)
{
	if (manager.fd >= 0)
		close(manager.fd);
	manager.fd = -1;
	manager.n = 0;
	manager.period = manager.fed = 0;
	manager.status[0] = '\0';
	manager.status_waits = false;
}
