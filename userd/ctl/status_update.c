// SPDX-License-Identifier: GPL-2.0-or-later
/* status_update.c - how the last update of the table went (see status_update.h). */
#include "status_update.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/host/floors.h"
#include "lib/util/clock.h"
#include "lib/util/json.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"

/* A log may be out of reach for so long before that is a problem. */
#define UNREACHABLE_SECONDS 86400

static bool is_bad(const struct gth_update_state *u)
{
	uint64_t now = gth_now();

	if (u->state == GTH_FOLLOW_UNREACHABLE)
		return now < u->since || now - u->since > UNREACHABLE_SECONDS;
	return u->state > GTH_FOLLOW_NEWER;
}

/* ctl_update_status() - from root's state directory; another user learns nothing */
void ctl_update_status(struct ctl_update_status *s)
{
	int err = gth_update_state_load(&s->u, GTH_ROOT_STATE);
	char since[GTH_UTC_SIZE];

	s->known = !err;
	s->problem[0] = '\0';
	if (gth_pin_load(GTH_ROOT_STATE, &s->pin))
		s->pin.version = 0;
	gth_utc_format(since, s->known ? s->u.since : 0);
	if (s->known && is_bad(&s->u))
		snprintf(s->problem, sizeof(s->problem), "updates of the table: %s since %s: %s",
			 gth_follow_word(s->u.state), since, gth_follow_sentence(s->u.state));
	else if (err == -EBADMSG)
		snprintf(s->problem, sizeof(s->problem),
			 GTH_ROOT_STATE "/" GTH_UPDATE_FILE
					" is damaged: gotthardctl table update writes it anew");
	else if (err == -EPERM)
		snprintf(s->problem, sizeof(s->problem),
			 GTH_ROOT_STATE ": others than root can write there");
}

void ctl_update_status_print(const struct ctl_update_status *s)
{
	char time[GTH_UTC_SIZE];

	if (s->pin.version)
		printf("pinned      %s to version %llu%s%s\n", gth_shown(s->pin.name),
		       (unsigned long long)s->pin.version, *s->pin.why ? ": " : "",
		       gth_shown(s->pin.why));
	if (!s->known)
		return;
	gth_utc_format(time, s->u.time);
	printf("updates     %s, %s at %s\n", gth_shown(s->u.name), gth_follow_word(s->u.state),
	       time);
}

/* ctl_update_status_json() - a new reference; null: nothing is known */
json_t *ctl_update_status_json(const struct ctl_update_status *s)
{
	const struct gth_update_state *u = &s->u;

	if (!s->known)
		return json_null();
	return json_pack("{s:s, s:I, s:I, s:o, s:I, s:o, s:I, s:I, s:o}", "state",
			 gth_follow_word(u->state), "since", (json_int_t)u->since, "time",
			 (json_int_t)u->time, "name", gth_json_text(u->name), "version",
			 (json_int_t)u->version, "log",
			 *u->log ? gth_json_text(u->log) : json_null(), "size", (json_int_t)u->size,
			 "witnessed", (json_int_t)u->witnessed, "pinned",
			 s->pin.version ? json_integer((json_int_t)s->pin.version) : json_null());
}
