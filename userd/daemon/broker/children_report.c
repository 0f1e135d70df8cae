// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * children_report.c - the state of the broker's children, for people and programs (see children.h).
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "daemon/broker/children.h"

static const char *const state_names[GTH_CHILD_STATES] = {
	[GTH_CHILD_RUNS] = "runs",
	[GTH_CHILD_LATE] = "late",
	[GTH_CHILD_DYING] = "dying",
	[GTH_CHILD_WAITS] = "waits",
};

static enum gth_children_state state_of(const struct gth_children *c, enum gth_role role)
{
	const struct gth_child *m = &c->member[role];

	if (!m->pid)
		return GTH_CHILD_WAITS;
	if (m->killed)
		return GTH_CHILD_DYING;
	return m->live.silent >= gth_children_bound(c, role) / 2 ? GTH_CHILD_LATE : GTH_CHILD_RUNS;
}

static void say_last(const struct gth_child *m, char last[GTH_CHILD_LAST])
{
	if (!m->failed)
		last[0] = '\0';
	else if (m->last == GTH_CHILD_UNSTARTED)
		snprintf(last, GTH_CHILD_LAST, "it could not be started: %s", strerror(m->status));
	else if (m->last == GTH_CHILD_SILENT)
		snprintf(last, GTH_CHILD_LAST, "it had made no progress for %d s and was killed",
			 m->status / 1000);
	else if (WIFSIGNALED(m->status))
		snprintf(last, GTH_CHILD_LAST, "it was killed by signal %d (%s)",
			 WTERMSIG(m->status), strsignal(WTERMSIG(m->status)));
	else
		snprintf(last, GTH_CHILD_LAST, "it ended with status %d", WEXITSTATUS(m->status));
}

static void say_failed(const struct gth_children_report *r, uint64_t ran, char *problem)
{
	char times[40] = "";

	if (r->failed > 1)
		snprintf(times, sizeof(times), "%u times; the last time ", r->failed);
	if (r->pid)
		snprintf(problem, GTH_CHILD_TEXT,
			 "the %s failed: %s%s; it has run again for %llu s", r->name, times,
			 r->last, (unsigned long long)ran);
	else
		snprintf(problem, GTH_CHILD_TEXT,
			 "the %s failed: %s%s; it is started again in %llu s", r->name, times,
			 r->last, (unsigned long long)r->next);
}

/**
 * gth_children_report() - one process
 * @role: of a child
 * @now: CLOCK_MONOTONIC in ms
 * @r: set; its pointers are to constant strings
 */
void gth_children_report(const struct gth_children *c, enum gth_role role, uint64_t now,
			 struct gth_children_report *r)
{
	const struct gth_child *m = &c->member[role];
	const struct gth_children_turn *t = role == GTH_ROLE_STORE || !c->member[GTH_ROLE_STORE].pid
						    ? &c->store_turn
						    : &c->network_turn;
	enum gth_children_state state = state_of(c, role);

	memset(r, 0, sizeof(*r));
	r->name = gth_role_names[role];
	r->state = state_names[state];
	r->pid = m->pid;
	r->silent = m->pid ? m->live.silent / 1000 : 0;
	r->next = !m->pid && t->next > now ? (t->next - now + 999) / 1000 : 0;
	r->failed = m->failed;
	say_last(m, r->last);
	if (state == GTH_CHILD_LATE)
		snprintf(r->problem, GTH_CHILD_TEXT,
			 "the %s has made no progress for %llu s: it is ended after %llu s",
			 r->name, (unsigned long long)r->silent,
			 (unsigned long long)gth_children_bound(c, role) / 1000);
	else if (m->pid && m->dying >= c->pace->dying)
		snprintf(r->problem, GTH_CHILD_TEXT,
			 "the %s was killed and has not ended for %llu s", r->name,
			 (unsigned long long)m->dying / 1000);
	else if (m->failed)
		say_failed(r, now > t->started ? (now - t->started) / 1000 : 0, r->problem);
}
