// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * listener.c - a fanotify permission listener (see listener.h).
 *
 * A process of its own. It handles each event in a thread, for its own opens by
 * name come back to it as events: those it allows at once.
 */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "stress.h"

static struct gth_listener *self;

static void count(unsigned int *n)
{
	__atomic_fetch_add(n, 1, __ATOMIC_SEQ_CST);
}

static void answer(int fd, bool allow)
{
	struct fanotify_response r = { .fd = fd, .response = allow ? FAN_ALLOW : FAN_DENY };

	if (write(self->fd, &r, sizeof(r)) != sizeof(r))
		self->broken = true;
	close(fd);
	count(&self->answered);
}

static bool consider(int fd)
{
	char link[64], path[512], data[256];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	if (self->habits.delay_us)
		gth_pause(self->habits.delay_us);
	if (self->habits.opens) {
		int again = open(path, O_RDONLY | O_CLOEXEC);

		/* It may be gone by now, or listed since. */
		if (again >= 0) {
			if (read(again, data, sizeof(data)) < 0)
				self->broken = true;
			close(again);
		} else if (errno != ENOENT && errno != EPERM) {
			self->broken = true;
		}
	}
	return !self->habits.refuses || !strstr(path, self->habits.refuses);
}

static void *consider_thread(void *arg)
{
	int fd = (int)(intptr_t)arg;
	bool allow = consider(fd);

	if (!allow)
		count(&self->refused);
	answer(fd, allow);
	return NULL;
}

static void take(const struct fanotify_event_metadata *event)
{
	pthread_t thread;

	if (event->fd < 0)
		return;
	if (event->pid == getpid()) {
		answer(event->fd, true);
		return;
	}
	count(&self->events);
	if (self->habits.dies && self->events >= self->habits.dies)
		_exit(0);
	if (pthread_create(&thread, NULL, consider_thread, (void *)(intptr_t)event->fd)) {
		self->broken = true;
		answer(event->fd, true);
		return;
	}
	pthread_detach(thread);
}

static void listen_on(void)
{
	static struct fanotify_event_metadata buffer[64];
	const struct fanotify_event_metadata *event;
	ssize_t n;

	for (;;) {
		n = read(self->fd, buffer, sizeof(buffer));
		/* A file that the listener may not open itself: the opener was denied for that. */
		if (n < 0 && errno == EPERM) {
			count(&self->unread);
			continue;
		}
		if (n < 0 && errno != EINTR) {
			self->broken = true;
			_exit(1);
		}
		for (event = buffer; n > 0 && FAN_EVENT_OK(event, n);
		     event = FAN_EVENT_NEXT(event, n))
			take(event);
	}
}

/* gth_listen() - on the file systems of /mnt and /tmp; NULL: the kernel does not let us */
struct gth_listener *gth_listen(const struct gth_habits *habits)
{
	uint64_t mask = FAN_OPEN_PERM | FAN_OPEN_EXEC_PERM;
	pid_t parent = getpid(), pid;

	self = gth_shared(sizeof(*self));
	self->habits = *habits;
	if (habits->reads_too)
		mask |= FAN_ACCESS_PERM;
	self->fd = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_UNLIMITED_QUEUE,
				 O_RDONLY | O_CLOEXEC | O_LARGEFILE);
	if (self->fd < 0 ||
	    fanotify_mark(self->fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, mask, AT_FDCWD, MNT) ||
	    fanotify_mark(self->fd, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, mask, AT_FDCWD, TMPFS)) {
		if (self->fd >= 0)
			close(self->fd);
		return NULL;
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			listen_on();
		_exit(1);
	}
	/* It alone keeps the group: with it go all questions. */
	close(self->fd);
	self->pid = pid;
	return pid > 0 ? self : NULL;
}

/* gth_listen_end() - also one that is dead already */
void gth_listen_end(struct gth_listener *l)
{
	kill(l->pid, SIGKILL);
	gth_wait_child(l->pid);
}
