// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_policy.c - the policy in force (see live_policy.h).
 *
 * Before gth_live_policy_init() a knob that is set (a module parameter) changes the
 * initial policy; afterwards the live one, with an event.
 */
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "event.h"
#include "generation.h"
#include "live_policy.h"
#include "request.h"

struct live_policy {
	struct rcu_head rcu;
	struct gth_policy policy;
};

/* Serialises writers of live; outermost, taken from sysfs writes only. */
static DEFINE_MUTEX(live_policy_lock);
static struct live_policy __rcu *live;
static struct gth_policy initial;
static bool initial_set;

static struct gth_policy *initial_policy(void)
{
	if (!initial_set) {
		gth_policy_init(&initial);
		initial_set = true;
	}
	return &initial;
}

int gth_live_policy_init(void)
{
	struct live_policy *new = kzalloc(sizeof(*new), GFP_KERNEL);

	if (!new)
		return -ENOMEM;
	new->policy = *initial_policy();
	rcu_assign_pointer(live, new);
	return 0;
}

/* No reader is left: the hooks hold the module. */
void gth_live_policy_exit(void)
{
	kfree(rcu_dereference_protected(live, true));
}

/* gth_live_policy_read() - a copy of the policy in force */
void gth_live_policy_read(struct gth_policy *copy)
{
	rcu_read_lock();
	*copy = rcu_dereference(live)->policy;
	rcu_read_unlock();
}

static void report(enum gth_knob_id id, u64 old, u64 new)
{
	struct gth_event *e = gth_event_new(GTH_EVENT_POLICY, GFP_KERNEL);
	struct gth_policy p;

	if (!e)
		return;
	gth_live_policy_read(&p);
	e->mode = (u8)p.value[GTH_KNOB_MODE];
	snprintf(e->path, sizeof(e->path), "policy/%s%s", gth_knobs[id].hook ? "hooks/" : "",
		 gth_knobs[id].name);
	gth_knob_format(id, old, e->old_value, sizeof(e->old_value));
	gth_knob_format(id, new, e->new_value, sizeof(e->new_value));
	pr_info("%s: %s -> %s by uid %u pid %u (%s)\n", e->path, e->old_value, e->new_value,
		e->uid, e->pid, e->comm);
	gth_event_emit(e);
}

/**
 * gth_live_policy_set() - set a knob
 * @id: the knob
 * @text: its value, as sysfs gives it
 *
 * In force for every decision that begins after the return.
 *
 * Return: 0, -EINVAL (nothing changed), -ENOMEM (nothing changed).
 */
int gth_live_policy_set(enum gth_knob_id id, const char *text)
{
	struct live_policy *old, *new;
	u64 value, before;
	int ret;

	ret = gth_knob_parse(id, text, &value);
	if (ret)
		return ret;

	mutex_lock(&live_policy_lock);
	old = rcu_dereference_protected(live, lockdep_is_held(&live_policy_lock));
	if (!old) {
		initial_policy()->value[id] = value;
		goto unlock;
	}
	before = old->policy.value[id];
	if (before == value)
		goto unlock;
	new = kmemdup(old, sizeof(*old), GFP_KERNEL);
	if (!new) {
		ret = -ENOMEM;
		goto unlock;
	}
	new->policy.value[id] = value;
	rcu_assign_pointer(live, new);
	/* After the new policy is visible: see generation.h. */
	gth_generation_bump();
	/* After both, so that the tasks that this wakes judge under the new policy. */
	gth_request_settle();
	kfree_rcu(old, rcu);
	report(id, before, value);
unlock:
	mutex_unlock(&live_policy_lock);
	return ret;
}
