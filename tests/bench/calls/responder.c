// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * responder.c - the least a scanner in user space can do: a fanotify listener
 * that allows every open on a mount without looking at it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct fanotify_event_metadata events[64];
	int fan;

	if (argc != 2) {
		fputs("usage: responder MOUNT_POINT\n", stderr);
		return 2;
	}
	fan = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	if (fan < 0 ||
	    fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_PERM, AT_FDCWD, argv[1])) {
		fprintf(stderr, "responder: %s\n", strerror(errno));
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;) {
		ssize_t len = read(fan, events, sizeof(events));
		struct fanotify_event_metadata *e = events;

		for (; FAN_EVENT_OK(e, len); e = FAN_EVENT_NEXT(e, len)) {
			struct fanotify_response r = { .fd = e->fd, .response = FAN_ALLOW };

			if (write(fan, &r, sizeof(r)) != sizeof(r))
				return 1;
			close(e->fd);
		}
	}
}
