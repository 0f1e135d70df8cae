/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journald.h - an event as an entry of the systemd journal: a sentence, a priority,
 * a message id, and the members of the JSON line as fields; docs/events.md.
 */
#ifndef GTH_DAEMON_EVENTS_JOURNALD_H
#define GTH_DAEMON_EVENTS_JOURNALD_H

#include <stdbool.h>
#include <sys/uio.h>

#include <linux/gotthard.h>

#define GTH_JOURNALD_FIELDS 48 /* more than an event has */

struct gth_journald_entry {
	struct iovec field[GTH_JOURNALD_FIELDS]; /* "NAME=value", each allocated */
	int n;
};

bool gth_journald_is(int fd);
int gth_journald_format(struct gth_journald_entry *entry, const struct gth_event *event);
void gth_journald_free(struct gth_journald_entry *entry);
int gth_journald_send(const struct gth_event *event);

#endif /* GTH_DAEMON_EVENTS_JOURNALD_H */
