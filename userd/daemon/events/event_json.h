/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_json.h - an event as a line of JSON; docs/events.md lists the members. */
#ifndef GTH_DAEMON_EVENTS_EVENT_JSON_H
#define GTH_DAEMON_EVENTS_EVENT_JSON_H

#include <jansson.h>

#include <linux/gotthard.h>

json_t *gth_event_json(const struct gth_event *event);
char *gth_event_line(const struct gth_event *event);

#endif /* GTH_DAEMON_EVENTS_EVENT_JSON_H */
