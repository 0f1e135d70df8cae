// SPDX-License-Identifier: GPL-2.0-or-later
/* children_watch.c - kills children that make no progress; they are then started again (see
 * children.h). */
#include "daemon/broker/children.h"

#include "lib/util/say.h"

/* gth_children_bound() - how long this process may be silent now, in ms */
uint64_t gth_children_bound(const struct gth_children *c, enum gth_role role)
{
	return c->member[role].live.longer ? c->pace->longer : c->pace->silence[role];
}

static void listen_to(struct gth_children *c, enum gth_role role, uint64_t passed)
{
	struct gth_child *m = &c->member[role];

	if (gth_liveness_hear(&m->live))
		return;
	m->live.silent += passed;
	if (m->live.silent < gth_children_bound(c, role))
		return;
	if (!m->failed || m->last != GTH_CHILD_SILENT)
		gth_say("the %s has made no progress for %llu s: it is ended", gth_role_names[role],
			(unsigned long long)m->live.silent / 1000);
	m->hung = true;
	gth_children_kill(c, role);
}

/* Counts the time since the kill; logs once that the process has not ended. */
static void await_end(struct gth_children *c, enum gth_role role, uint64_t passed)
{
	struct gth_child *m = &c->member[role];
	bool before = m->dying >= c->pace->dying;

	m->dying += passed;
	if (!before && m->dying >= c->pace->dying)
		gth_say("the %s was killed and has not ended for %llu s", gth_role_names[role],
			(unsigned long long)m->dying / 1000);
}

/**
 * gth_children_watch() - kill silent processes; in each turn of the broker's loop
 * @now: CLOCK_MONOTONIC in ms
 *
 * When a process has ended, the caller calls gth_children_reap().
 */
void gth_children_watch(struct gth_children *c, uint64_t now)
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
 * gth_children_well() - is each process there, or on its way to being started again?
 *
 * The broker can do nothing about a process that SIGKILL does not end. The service manager can: it
 * ends all of them and starts the daemon again.
 */
bool gth_children_well(const struct gth_children *c)
{
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++)
		if (c->member[i].pid && c->member[i].dying >= c->pace->dying)
			return false;
	return true;
}
