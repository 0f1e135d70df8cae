// SPDX-License-Identifier: GPL-2.0-or-later
/* event_json.c - an event as a line of JSON (see event_json.h). */
#include "daemon/events/event_json.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/host/names.h"
#include "lib/util/json.h"

static void set_time(json_t *o, unsigned long long ns)
{
	time_t s = (time_t)(ns / 1000000000ULL);
	char text[64], whole[80];
	struct tm tm;

	if (!gmtime_r(&s, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm))
		return;
	snprintf(whole, sizeof(whole), "%s.%06lluZ", text, ns % 1000000000ULL / 1000);
	json_object_set_new(o, "time", json_string(whole));
}

/* From new_encode_dev(): 12 bits of major, 20 of minor in two parts. */
static void set_dev(json_t *o, unsigned long long dev)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu:%llu", (dev & 0xfff00) >> 8,
		 (dev & 0xff) | (dev >> 12 & 0xfff00));
	json_object_set_new(o, "dev", json_string(text));
}

static void set_text(json_t *o, const char *key, const char *field, size_t size)
{
	json_object_set_new(o, key, gth_json_bytes(field, strnlen(field, size)));
}

static void set_number(json_t *o, const char *key, unsigned long long value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

static void set_decision(json_t *o, const struct gth_event *e)
{
	json_object_set_new(o, "op", json_string(gth_op_name(e->op)));
	json_object_set_new(o, "action", json_string(gth_action_name(e->action)));
	json_object_set_new(o, "enforced", json_boolean(!(e->flags & GTH_EVENT_F_WOULD_DENY)));
	json_object_set_new(o, "reason", json_string(gth_reason_name(e->reason)));
	json_object_set_new(o, "class", json_string(gth_class_name(e->class)));
	json_object_set_new(o, "source", json_string(gth_source_name(e->source)));
	json_object_set_new(o, "domain", json_string(gth_domain_name(e->domain)));
	if (e->domain)
		json_object_set_new(o, "digest", gth_json_hex(e->digest, sizeof(e->digest)));
	set_text(o, "path", e->path, sizeof(e->path));
	if (e->flags & GTH_EVENT_F_PATH_TAIL)
		json_object_set_new(o, "path_truncated", json_true());
	set_dev(o, e->dev);
	set_number(o, "ino", e->ino);
	set_number(o, "size", e->size);
	json_object_set_new(o, "cached", json_boolean(e->flags & GTH_EVENT_F_CACHED));
	json_object_set_new(o, "mode", json_string(gth_mode_name(e->mode)));
	set_number(o, "table_version", e->table_version);
}

/**
 * gth_event_json() - the event as an object
 * @event: a copy; its strings need not end
 *
 * Return: a reference for the caller; NULL: no memory.
 */
json_t *gth_event_json(const struct gth_event *event)
{
	json_t *o = json_object();

	if (!o)
		return NULL;
	set_time(o, event->time_ns);
	json_object_set_new(o, "type", json_string(gth_event_type_name(event->type)));
	switch (event->type) {
	case GTH_EVENT_POLICY:
		set_text(o, "knob", event->path, sizeof(event->path));
		set_text(o, "old", event->old_value, sizeof(event->old_value));
		set_text(o, "new", event->new_value, sizeof(event->new_value));
		break;
	case GTH_EVENT_HOOKS:
		set_text(o, "old", event->old_value, sizeof(event->old_value));
		set_text(o, "new", event->new_value, sizeof(event->new_value));
		break;
	case GTH_EVENT_VERDICT:
		json_object_set_new(o, "domain", json_string(gth_domain_name(event->domain)));
		json_object_set_new(o, "digest",
				    gth_json_hex(event->digest, sizeof(event->digest)));
		json_object_set_new(o, "source", json_string(gth_source_name(event->source)));
		set_text(o, "old", event->old_value, sizeof(event->old_value));
		set_text(o, "new", event->new_value, sizeof(event->new_value));
		break;
	case GTH_EVENT_TABLE:
		set_text(o, "table", event->path, sizeof(event->path));
		set_number(o, "table_version", event->table_version);
		if (*event->new_value)
			json_object_set_new(o, "signed",
					    json_boolean(!strcmp(event->new_value, "signed")));
		break;
	default:
		set_decision(o, event);
		break;
	}
	if (event->error) {
		json_object_set_new(o, "errno", json_integer(-event->error));
		json_object_set_new(o, "error", json_string(strerror(-event->error)));
	}
	set_number(o, "pid", event->pid);
	set_number(o, "tid", event->tid);
	set_number(o, "uid", event->uid);
	set_text(o, "comm", event->comm, sizeof(event->comm));
	set_number(o, "cgroup", event->cgroup);
	set_number(o, "generation", event->generation);
	return o;
}

/**
 * gth_event_line() - the event as one line of JSON, without a newline
 * @event: a copy; its strings need not end
 *
 * Return: to be freed by the caller; NULL: no memory.
 */
char *gth_event_line(const struct gth_event *event)
{
	json_t *o = gth_event_json(event);
	char *line = o ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	return line;
}
