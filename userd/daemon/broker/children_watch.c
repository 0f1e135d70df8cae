// SPDX-License-Identifier: GPL-2.0-or-later
/* children_watch.c - children that do not go on are ended; they are then started again (see crew.h). */
#include "daemon/broker/children.h"

#include "lib/util/say.h"

/* gth_crew_bound() - how long this process may not be heard now, in ms */
uint64_t gth_crew_bound(const struct gth_crew *c, enum gth_role role)
{
	return c->member[role].live.longer ? c->pace->longer : c->pace->silence[role];
}

static void listen_to(struct gth_crew *c, enum gth_role role, uint64_t passed)
{
	struct gth_crew_member *m = &c->member[role];

	if (gth_liveness_hear(&m->live))
		return;
	m->live.silent += passed;
	if (m->live.silent < gth_crew_bound(c, role))
		return;
	if (!m->failed || m->last != GTH_CREW_SILENT)
		gth_say("the %s has not gone on for %llu s: it is ended", gth_role_names[role],
			(unsigned long long)m->live.silent / 1000);
	m->hung = true;
	gth_crew_kill(c, role);
}

/* In its turn of the loop, and said once. */
static void await_end(struct gth_crew *c, enum gth_role role, uint64_t passed)
{
	struct gth_crew_member *m = &c->member[role];
	bool before = m->dying >= c->pace->dying;

	m->dying += passed;
	if (!before && m->dying >= c->pace->dying)
		gth_say("the %s was killed and has not ended for %llu s", gth_role_names[role],
			(unsigned long long)m->dying / 1000);
}

/**
 * gth_crew_watch() - end who has not been heard for too long; in each turn of the broker's loop
 * @now: CLOCK_MONOTONIC in ms
 *
 * gth_crew_reap() is called when it has ended.
 */
void gth_crew_watch(struct gth_crew *c, uint64_t now)
{
	uint64_t passed = gth_attention_pass(&c->attention, now);

	if (!passed)
		return;
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		if (!c->member[i].pid)
			continue;
		if (c->member[i].killed)
			await_end(c, (enum gth_role)i, passed);
		else
			listen_to(c, (enum gth_role)i, passed);
	}
}

/*
 * gth_crew_well() - is each process there, or on its way to being started again?
 *
 * One that SIGKILL does not end is what this process has no means against: the service
 * manager has one more, which is to end them all and begin anew.
 */
bool gth_crew_well(const struct gth_crew *c)
{
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++)
		if (c->member[i].pid && c->member[i].dying >= c->pace->dying)
			return false;
	return true;
}
