// SPDX-License-Identifier: GPL-2.0-or-later
/* sentence.c - an event as a sentence for people (see sentence.h). */
#include "daemon/events/sentence.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "core/operations.h"
#include "lib/host/device.h"
#include "lib/host/names.h"
#include "lib/host/reasons.h"
#include "lib/util/hex.h"
#include "lib/util/visible.h"

/* Part of the interface: docs/events.md. Never given to another kind of event. */
#define ID_DENIED "2316410edce24eca9d831d57238389dc"
#define ID_WOULD_DENY "964c3cc53444441c8d063d35a9f6db8d"
#define ID_HELD "13ebd874ed8e4fe398f92a22f57c5c8d"
#define ID_ERROR "4b20f0b882d54b8fa54cca7c235e63ac"
#define ID_POLICY "f10289962a6b4848ba9fc6c4cc3955f2"
#define ID_TABLE "2df2374b1fe949989785da36961696f8"
#define ID_HOOKS "2acb2b2ab8b944a3b8098df1a4c04480"
#define ID_VERDICT "eed31899dfc44b93b61bf9746b8b6feb"

static const char *const verbs[GTH_OP_MAX] = {
#define X(id, name, hook, unknown, verb) [GTH_OP_##id] = verb,
	GTH_OPERATIONS(X)
#undef X
};

static const char *const sources[GTH_SOURCE_MAX] = {
	[GTH_SOURCE_NONE] = "by no list",
	[GTH_SOURCE_TABLE] = "by the table",
	[GTH_SOURCE_REGION] = "by a verdict of the region",
	[GTH_SOURCE_ROOT] = "by the administrator",
};

/* Reasons other than the class; the sentence names the class before them. */
static const char *const reasons[GTH_REASON_MAX] = {
#define X(id, name, event, ...) [GTH_REASON_##id] = event,
	GTH_REASONS(X)
#undef X
};

static const char *word(const char *const *words, unsigned int n, unsigned int value)
{
	return value < n && words[value] ? words[value] : "?";
}

/* A field of the record, safe for a terminal; it need not end with a NUL. */
static const char *shown(char *out, size_t size, const char *field, size_t field_size)
{
	gth_visible(out, size, field, strnlen(field, field_size), GTH_VISIBLE_PROSE);
	return out;
}

#define SHOWN(out, field) shown(out, sizeof(out), field, sizeof(field))

static void why(char *out, size_t size, const struct gth_event *e)
{
	const char *class = gth_class_name(e->class);
	const char *more = e->reason < GTH_REASON_MAX ? reasons[e->reason] : NULL;

	if (e->reason == GTH_REASON_CLASS && e->class == GTH_CLASS_UNKNOWN)
		snprintf(out, size, "it is in no list");
	else if (e->reason == GTH_REASON_CLASS)
		snprintf(out, size, "it is %s %s", class, word(sources, GTH_SOURCE_MAX, e->source));
	else
		snprintf(out, size, "it is %s, %s", class,
			 more ? more : gth_reason_name(e->reason));
	if (e->error)
		snprintf(out + strlen(out), size - strlen(out), " (%s)", strerror(-e->error));
}

static void decision(struct gth_sentence *s, const struct gth_event *e, const char *who)
{
	char path[GTH_VISIBLE_SIZE(GTH_PATH_SIZE)], because[256];
	const char *verb = word(verbs, GTH_OP_MAX, e->op), *begin;

	why(because, sizeof(because), e);
	s->priority = LOG_WARNING;
	if (e->type == GTH_EVENT_ERROR) {
		s->id = ID_ERROR;
		begin = "Could not be hashed, and allowed:";
	} else if (e->flags & GTH_EVENT_F_WOULD_DENY) {
		s->id = ID_WOULD_DENY;
		s->priority = LOG_NOTICE;
		begin = e->action == GTH_ACTION_HOLD ? "Would wait for a verdict in mode enforce:"
						     : "Would be denied in mode enforce:";
	} else if (e->action == GTH_ACTION_HOLD) {
		s->id = ID_HELD;
		s->priority = LOG_INFO;
		begin = "Waits for a verdict:";
	} else {
		s->id = ID_DENIED;
		begin = "Denied:";
	}
	snprintf(s->text, sizeof(s->text), "%s %s tries to %s %s%s: %s", begin, who, verb,
		 e->flags & GTH_EVENT_F_PATH_TAIL ? "..." : "", SHOWN(path, e->path), because);
}

static void policy(struct gth_sentence *s, const struct gth_event *e, const char *who)
{
	char knob[GTH_VISIBLE_SIZE(GTH_PATH_SIZE)], old[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)];
	char new[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)];

	s->id = ID_POLICY;
	s->priority = LOG_NOTICE;
	snprintf(s->text, sizeof(s->text), "%s set %s from %s to %s", who, SHOWN(knob, e->path),
		 SHOWN(old, e->old_value), SHOWN(new, e->new_value));
}

static void verdict(struct gth_sentence *s, const struct gth_event *e, const char *who)
{
	char old[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)], new[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)];
	char hex[2 * GTH_DIGEST_SIZE + 1];

	gth_hex_encode(hex, e->digest, GTH_DIGEST_SIZE);
	hex[2 * GTH_DIGEST_SIZE] = '\0';
	s->id = ID_VERDICT;
	s->priority = LOG_NOTICE;
	snprintf(s->text, sizeof(s->text),
		 "%s set the administrator's verdict for %s %s from %s to %s", who,
		 gth_domain_name(e->domain), hex, SHOWN(old, e->old_value),
		 SHOWN(new, e->new_value));
}

/* The module names no table when one is dropped: the version is 0. */
static void table(struct gth_sentence *s, const struct gth_event *e, const char *who)
{
	char name[GTH_VISIBLE_SIZE(GTH_PATH_SIZE)], how[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)];

	s->id = ID_TABLE;
	s->priority = LOG_WARNING;
	SHOWN(name, e->path);
	if (e->error) {
		snprintf(s->text, sizeof(s->text), "The table %s of %s was refused: %s", name, who,
			 gth_device_load_hint(e->error));
	} else if (e->table_version) {
		s->priority = LOG_NOTICE;
		snprintf(s->text, sizeof(s->text), "%s loaded the table %s, version %llu%s", who,
			 name, (unsigned long long)e->table_version,
			 strcmp(SHOWN(how, e->new_value), "unsigned") != 0
				 ? ""
				 : ", which is NOT SIGNED");
	} else {
		snprintf(s->text, sizeof(s->text), "%s dropped the table: no file is listed by one",
			 who);
	}
}

static void hooks(struct gth_sentence *s, const struct gth_event *e, const char *who)
{
	char old[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)], new[GTH_VISIBLE_SIZE(GTH_VALUE_SIZE)];
	bool none;

	SHOWN(old, e->old_value);
	SHOWN(new, e->new_value);
	none = !strcmp(new, "0");
	s->id = ID_HOOKS;
	s->priority = none ? LOG_WARNING : LOG_NOTICE;
	snprintf(s->text, sizeof(s->text), "%s set how many hooks the module keeps from %s to %s%s",
		 who, old, new, none ? ": it keeps this machine protected no longer" : "");
}

/**
 * gth_sentence() - say an event in words
 * @s: set; one line, of what can be printed
 * @event: a copy; its strings need not end
 */
void gth_sentence(struct gth_sentence *s, const struct gth_event *event)
{
	char who[GTH_VISIBLE_SIZE(GTH_COMM_SIZE) + 64], comm[GTH_VISIBLE_SIZE(GTH_COMM_SIZE)];

	snprintf(who, sizeof(who), "%s (pid %u, uid %u)", SHOWN(comm, event->comm), event->pid,
		 event->uid);
	switch (event->type) {
	case GTH_EVENT_POLICY:
		policy(s, event, who);
		break;
	case GTH_EVENT_HOOKS:
		hooks(s, event, who);
		break;
	case GTH_EVENT_VERDICT:
		verdict(s, event, who);
		break;
	case GTH_EVENT_TABLE:
		table(s, event, who);
		break;
	default:
		decision(s, event, who);
		break;
	}
}
