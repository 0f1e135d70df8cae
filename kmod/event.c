// SPDX-License-Identifier: GPL-2.0-only
/* event.c - all events leave the module here (see event.h). */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/hash.h>
#include <linux/limits.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate_trace.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "account.h"
#include "core/limits.h"
#include "event.h"
#include "generation.h"
#include "stats.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* health/last_error; a leaf lock, held for a copy only */
static DEFINE_SPINLOCK(last_error_lock);
static char last_error[GTH_PATH_SIZE + GTH_VALUE_SIZE] = "none";

#define BURST_BITS 6

static struct ratelimit_state bursts[1 << BURST_BITS];

void gth_event_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bursts); i++) {
		ratelimit_state_init(&bursts[i], GTH_EVENT_SECONDS * HZ, GTH_EVENT_BURST);
		/* Suppressed events are counted here, not reported in the kernel's log. */
		ratelimit_set_flags(&bursts[i], RATELIMIT_MSG_ON_RELEASE);
	}
}

/*
 * gth_event_uid() - the user of the current task
 *
 * Not of the credentials it acts with: overlayfs opens the real file with those of
 * the mounter.
 */
u32 gth_event_uid(void)
{
	return from_kuid(&init_user_ns, current_real_cred()->uid);
}

/*
 * gth_event_admit() - may the current user make one more event of a decision?
 *
 * A user that opens a denied file in a loop must not push the events of others
 * out of the ring buffer, nor fill the disk that they are written to.
 */
bool gth_event_admit(void)
{
	if (__ratelimit(&bursts[hash_64(gth_account_current(), BURST_BITS)]))
		return true;
	gth_stat_inc(GTH_STAT_events_suppressed);
	return false;
}

/**
 * gth_event_new() - an event with the current task and time filled in
 * @type: enum gth_event_type
 * @gfp: GFP_KERNEL, or GFP_ATOMIC where sleeping is not allowed, as in the sections of
 *       a program (sleeper.h)
 *
 * Return: the event, to be given to gth_event_emit(); NULL: counted as lost.
 */
struct gth_event *gth_event_new(enum gth_event_type type, gfp_t gfp)
{
	struct gth_event *e;

	RCU_LOCKDEP_WARN(gfpflags_allow_blocking(gfp) && rcu_read_lock_trace_held(),
			 "an event that may sleep for memory in a BPF program's section");
	e = kzalloc(sizeof(*e), gfp | __GFP_NOWARN);
	if (!e) {
		gth_stat_inc(GTH_STAT_events_lost);
		return NULL;
	}
	e->time_ns = ktime_get_real_ns();
	e->type = type;
	e->pid = (u32)current->tgid;
	e->tid = (u32)current->pid;
	e->uid = gth_event_uid();
	e->generation = gth_generation();
	strscpy(e->comm, current->comm, sizeof(e->comm));
	e->cgroup = gth_event_cgroup();
	return e;
}

/* gth_event_cgroup() - the current task's cgroup v2 id */
u64 gth_event_cgroup(void)
{
	u64 id = 0;

#ifdef CONFIG_CGROUPS
	rcu_read_lock();
	id = cgroup_id(task_dfl_cgroup(current));
	rcu_read_unlock();
#endif
	return id;
}

/**
 * gth_event_path() - a path as text
 * @text: GTH_PATH_SIZE bytes, set to a string; empty if there is no memory
 * @path: the path, as the current task sees it
 * @gfp: as for gth_event_new()
 *
 * Return: true if it was too long, and only its tail was kept.
 */
bool gth_event_path(char text[GTH_PATH_SIZE], const struct path *path, gfp_t gfp)
{
	char *page = kzalloc(PATH_MAX, gfp | __GFP_NOWARN);
	bool tail = false;
	size_t len;
	char *p;

	text[0] = '\0';
	if (!page)
		return false;
	p = d_path(path, page, PATH_MAX);
	/* A path that is too deep: the buffer was filled from its end, so that the end is there. */
	if (p == ERR_PTR(-ENAMETOOLONG) && !page[PATH_MAX - 1]) {
		p = page;
		tail = true;
	}
	if (!IS_ERR(p)) {
		len = strlen(p);
		if (len >= GTH_PATH_SIZE) {
			tail = true;
			p += len - (GTH_PATH_SIZE - 1);
		}
		strscpy(text, p, GTH_PATH_SIZE);
	}
	kfree(page);
	return tail;
}

/* gth_event_emit() - send an event on its way and free it; NULL is fine. */
void gth_event_emit(struct gth_event *event)
{
	if (!event)
		return;
	gth_stat_inc(GTH_STAT_events);
	if (event->error) {
		spin_lock(&last_error_lock);
		snprintf(last_error, sizeof(last_error), "%d %s", event->error,
			 event->path[0] ? event->path : event->comm);
		spin_unlock(&last_error_lock);
	}
	if (trace_gotthard_event_enabled())
		trace_gotthard_event(event);
	else
		gth_stat_inc(GTH_STAT_events_lost);
	kfree(event);
}

/*
 * gth_event_table() - a table was loaded (error 0, version set), dropped or refused
 *
 * @how: signed or unsigned for one that was loaded, else empty
 */
void gth_event_table(const char *name, u64 version, const char *how, int error)
{
	struct gth_event *e = gth_event_new(GTH_EVENT_TABLE, GFP_KERNEL);

	if (!e)
		return;
	e->table_version = version;
	e->error = error;
	strscpy(e->new_value, how, sizeof(e->new_value));
	strscpy(e->path, name, sizeof(e->path));
	gth_event_emit(e);
}

/* gth_event_verdict() - root has written @v: its class for the digest was @old and is @new. */
void gth_event_verdict(const struct gth_verdict *v, u8 old, u8 new)
{
	static const char *const words[GTH_CLASS_MAX] = {
		[GTH_CLASS_UNKNOWN] = "unknown",
		[GTH_CLASS_TRUSTED] = "trusted",
		[GTH_CLASS_SUSPICIOUS] = "suspicious",
		[GTH_CLASS_MALICIOUS] = "malicious",
	};
	struct gth_event *e = gth_event_new(GTH_EVENT_VERDICT, GFP_KERNEL);

	if (!e)
		return;
	e->class = new;
	e->source = v->source;
	e->domain = v->domain;
	memcpy(e->digest, v->digest, sizeof(e->digest));
	strscpy(e->old_value, words[old], sizeof(e->old_value));
	strscpy(e->new_value, words[new], sizeof(e->new_value));
	gth_event_emit(e);
}

/* gth_event_read_error() - the newest error, "errno subject", or "none". */
void gth_event_read_error(char *text, size_t size)
{
	spin_lock(&last_error_lock);
	strscpy(text, last_error, size);
	spin_unlock(&last_error_lock);
}
