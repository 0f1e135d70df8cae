// SPDX-License-Identifier: GPL-2.0-only
/* verdict.c - verdicts that arrive one by one (see verdict.h). */
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "control.h"
#include "limits.h"
#include "stats.h"
#include "verdict.h"

#define VERDICT_BITS 13
#define KEY_BYTES (GTH_DIGEST_SIZE + 1)

/* Timers stand still while the machine is suspended, verdicts do not: look this often. */
#define PURGE_MAX_SECONDS 60

#define NEVER U64_MAX

struct held {
	struct hlist_node node;		/* in held_table; RCU */
	struct rcu_head rcu;
	u8 key[KEY_BYTES];		/* digest, domain */
	u8 class;
	u64 until;			/* boot time in ns, or NEVER */
};

/* Serialises writers of the table, count and purge_at; outermost. Readers use RCU. */
static DEFINE_MUTEX(verdict_lock);
static DEFINE_HASHTABLE(held_table, VERDICT_BITS);
static u64 held_count;
static u64 purge_at = NEVER;		/* boot time in ns; the worker's next look */
static siphash_key_t hash_key;

static void purge(struct work_struct *work);
static DECLARE_DELAYED_WORK(purge_work, purge);

static u64 key_hash(const u8 key[KEY_BYTES])
{
	return siphash(key, KEY_BYTES, &hash_key);
}

static void make_key(u8 key[KEY_BYTES], u8 domain, const u8 *digest)
{
	memcpy(key, digest, GTH_DIGEST_SIZE);
	key[GTH_DIGEST_SIZE] = domain;
}

static struct held *find(const u8 key[KEY_BYTES])
{
	struct held *h;

	hash_for_each_possible_rcu(held_table, h, node, key_hash(key),
				   lockdep_is_held(&verdict_lock))
		if (!memcmp(h->key, key, KEY_BYTES))
			return h;
	return NULL;
}

static void drop(struct held *h)
{
	hash_del_rcu(&h->node);
	kfree_rcu(h, rcu);
	held_count--;
}

static bool expired(const struct held *h, u64 now)
{
	return h->until <= now;
}

/*
 * When a verdict ends, in boot time. The wall clock is believed once, when the
 * verdict is written: whoever sets it later changes neither a verdict's end nor a
 * decision that rests on it.
 */
static u64 end_of(const struct gth_verdict *v)
{
	u64 now = ktime_get_real_ns();
	/* Some five centuries are as good as never. */
	u64 end = min_t(u64, v->expires, S64_MAX / NSEC_PER_SEC) * NSEC_PER_SEC;

	if (!v->expires)
		return NEVER;
	return end <= now ? 0 : ktime_get_boottime_ns() + (end - now);
}

/* Has the worker look no later than at @at. */
static void schedule_purge(u64 at)
{
	u64 now = ktime_get_boottime_ns(), wait;

	lockdep_assert_held(&verdict_lock);
	if (at >= purge_at)
		return;
	purge_at = at;
	wait = min_t(u64, at > now ? at - now : 0, PURGE_MAX_SECONDS * (u64)NSEC_PER_SEC);
	mod_delayed_work(system_wq, &purge_work, nsecs_to_jiffies(wait) + 1);
}

static void purge(struct work_struct *work)
{
	u64 now = ktime_get_boottime_ns(), next = NEVER;
	struct hlist_node *tmp;
	bool any = false;
	struct held *h;
	unsigned int i;

	mutex_lock(&verdict_lock);
	hash_for_each_safe(held_table, i, tmp, h, node) {
		if (expired(h, now)) {
			drop(h);
			gth_stat_inc(GTH_STAT_verdicts_expired);
			any = true;
		} else {
			next = min(next, h->until);
		}
	}
	if (any)
		gth_generation_bump();
	purge_at = NEVER;
	schedule_purge(next);
	mutex_unlock(&verdict_lock);
}

static bool valid(const struct gth_verdict *v)
{
	return v->domain > GTH_DOMAIN_NONE && v->domain < GTH_DOMAIN_MAX &&
	       v->class < GTH_CLASS_MAX && !memchr_inv(v->reserved, 0, sizeof(v->reserved));
}

/* new is used up or freed. */
static void apply(const struct gth_verdict *v, struct held *new)
{
	struct held *old;

	lockdep_assert_held(&verdict_lock);
	make_key(new->key, v->domain, v->digest);
	new->class = v->class;
	new->until = end_of(v);
	old = find(new->key);
	if (v->class == GTH_CLASS_UNKNOWN || !new->until) {
		if (old)
			drop(old);
		kfree(new);
		return;
	}
	schedule_purge(new->until);
	if (old) {
		/* In one step: a verdict that is renewed is never missing. */
		hlist_replace_rcu(&old->node, &new->node);
		kfree_rcu(old, rcu);
	} else {
		hash_add_rcu(held_table, &new->node, key_hash(new->key));
		held_count++;
	}
}

/*
 * How many more would be held: forgetting and replacing need no room. One that
 * comes twice counts twice.
 */
static u64 growth(const struct gth_verdict *records, size_t n)
{
	u8 key[KEY_BYTES];
	u64 more = 0;
	size_t i;

	lockdep_assert_held(&verdict_lock);
	for (i = 0; i < n; i++) {
		if (records[i].class == GTH_CLASS_UNKNOWN)
			continue;
		make_key(key, records[i].domain, records[i].digest);
		if (!find(key))
			more++;
	}
	return more;
}

/**
 * gth_verdict_write() - take verdicts, all or none
 * @records: in kernel memory
 * @n: how many; at most GTH_VERDICTS_PER_WRITE
 *
 * Return: 0, -EINVAL (an illegal record), -ENOSPC (more than GTH_VERDICTS_MAX
 * would be held), -ENOMEM. After an error nothing has changed.
 */
int gth_verdict_write(const struct gth_verdict *records, size_t n)
{
	struct held **new;
	size_t i;
	int ret = 0;

	for (i = 0; i < n; i++)
		if (!valid(&records[i]))
			return -EINVAL;

	new = kvcalloc(n, sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	for (i = 0; i < n && !ret; i++) {
		new[i] = kzalloc(sizeof(**new), GFP_KERNEL);
		if (!new[i])
			ret = -ENOMEM;
	}
	if (!ret) {
		mutex_lock(&verdict_lock);
		if (held_count + growth(records, n) > GTH_VERDICTS_MAX) {
			ret = -ENOSPC;
		} else {
			for (i = 0; i < n; i++) {
				apply(&records[i], new[i]);
				new[i] = NULL;
			}
			gth_generation_bump();
		}
		mutex_unlock(&verdict_lock);
	}
	for (i = 0; i < n; i++)
		kfree(new[i]);
	kvfree(new);
	return ret;
}

/* gth_verdict_find() - enum gth_class; UNKNOWN if there is none or it expired. */
u8 gth_verdict_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE])
{
	u8 key[KEY_BYTES], class = GTH_CLASS_UNKNOWN;
	struct held *h;

	if (!READ_ONCE(held_count))
		return class;
	make_key(key, domain, digest);
	rcu_read_lock();
	h = find(key);
	if (h && !expired(h, ktime_get_boottime_ns()))
		class = h->class;
	rcu_read_unlock();
	return class;
}

u64 gth_verdict_count(void)
{
	return READ_ONCE(held_count);
}

void gth_verdict_init(void)
{
	get_random_bytes(&hash_key, sizeof(hash_key));
}

/* No hook and no descriptor is left. */
void gth_verdict_exit(void)
{
	struct hlist_node *next;
	struct held *h;
	unsigned int i;

	/* It reschedules itself only under the lock, and finds nothing then. */
	mutex_lock(&verdict_lock);
	hash_for_each_safe(held_table, i, next, h, node)
		drop(h);
	mutex_unlock(&verdict_lock);
	cancel_delayed_work_sync(&purge_work);
}
