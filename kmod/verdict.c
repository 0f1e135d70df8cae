// SPDX-License-Identifier: GPL-2.0-only
/* verdict.c - verdicts that arrive one by one (see verdict.h). */
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "core/limits.h"
#include "event.h"
#include "generation.h"
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
	u8 source;			/* ROOT or REGION: one record of each for a key */
	u8 class;
	u64 until;			/* boot time in ns, or NEVER */
};

/* One record of a write: the verdict to hold, and the classes before and after. */
struct change {
	struct held *new;
	u8 before, after;		/* enum gth_class */
};

/* Serialises writers of the table, counts and purge_at; outermost. Readers use RCU. */
static DEFINE_MUTEX(verdict_lock);
static DEFINE_HASHTABLE(held_table, VERDICT_BITS);
static u64 held_count[GTH_SOURCE_MAX];
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

static struct held *find(const u8 key[KEY_BYTES], u8 source)
{
	struct held *h;

	lockdep_assert_held(&verdict_lock);
	hash_for_each_possible(held_table, h, node, key_hash(key))
		if (h->source == source && !memcmp(h->key, key, KEY_BYTES))
			return h;
	return NULL;
}

static void count(u8 source, s64 n)
{
	lockdep_assert_held(&verdict_lock);
	WRITE_ONCE(held_count[source], held_count[source] + n);
}

static void drop(struct held *h)
{
	hash_del_rcu(&h->node);
	count(h->source, -1);
	kfree_rcu(h, rcu);
}

static bool expired(const struct held *h, u64 now)
{
	return h->until <= now;
}

/*
 * The end of a verdict, in boot time. The wall clock is read once, when the
 * verdict is written: setting it later changes neither a verdict's end nor a
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
	       v->class < GTH_CLASS_MAX &&
	       (v->source == GTH_SOURCE_ROOT || v->source == GTH_SOURCE_REGION) &&
	       !memchr_inv(v->reserved, 0, sizeof(v->reserved));
}

/* c->new is used up, or left to be freed. */
static void apply(const struct gth_verdict *v, struct change *c)
{
	struct held *new = c->new, *old;

	lockdep_assert_held(&verdict_lock);
	make_key(new->key, v->domain, v->digest);
	new->source = v->source;
	new->class = v->class;
	new->until = end_of(v);
	old = find(new->key, v->source);
	c->before = old ? old->class : GTH_CLASS_UNKNOWN;
	c->after = new->until ? v->class : GTH_CLASS_UNKNOWN;
	if (c->after == GTH_CLASS_UNKNOWN) {
		if (old)
			drop(old);
		return;
	}
	c->new = NULL;
	schedule_purge(new->until);
	if (old) {
		/* In one step: a verdict that is renewed is never missing. */
		hlist_replace_rcu(&old->node, &new->node);
		kfree_rcu(old, rcu);
	} else {
		hash_add_rcu(held_table, &new->node, key_hash(new->key));
		count(new->source, 1);
	}
}

/*
 * Forgetting and replacing need no room. A digest that comes twice counts twice. Each
 * source has room of its own, so the region's verdicts never keep root from writing.
 */
static bool fits(const struct gth_verdict *records, size_t n)
{
	u64 total[GTH_SOURCE_MAX];
	u8 key[KEY_BYTES];
	size_t i;

	lockdep_assert_held(&verdict_lock);
	memcpy(total, held_count, sizeof(total));
	for (i = 0; i < n; i++) {
		if (records[i].class == GTH_CLASS_UNKNOWN)
			continue;
		make_key(key, records[i].domain, records[i].digest);
		if (!find(key, records[i].source))
			total[records[i].source]++;
	}
	return total[GTH_SOURCE_ROOT] <= GTH_VERDICTS_MAX &&
	       total[GTH_SOURCE_REGION] <= GTH_VERDICTS_MAX;
}

/* Each record of root's makes an event that names the task; the kernel's log has one line. */
static void report(const struct gth_verdict *records, const struct change *c, size_t n)
{
	size_t i, told = 0;

	for (i = 0; i < n; i++) {
		if (records[i].source != GTH_SOURCE_ROOT || c[i].before + c[i].after == 0)
			continue;
		gth_event_verdict(&records[i], c[i].before, c[i].after);
		told++;
	}
	if (told)
		pr_info("%zu verdicts by uid %u pid %u (%s)\n", told, gth_event_uid(),
			(u32)current->tgid, current->comm);
}

/**
 * gth_verdict_write() - take verdicts, all or none
 * @records: in kernel memory
 * @n: how many; at most GTH_VERDICTS_PER_WRITE
 *
 * Return: 0, -EINVAL (an illegal record), -ENOSPC (more than GTH_VERDICTS_MAX
 * of one source would be held), -ENOMEM. After an error nothing has changed.
 */
int gth_verdict_write(const struct gth_verdict *records, size_t n)
{
	struct change *change;
	size_t i;
	int ret = 0;

	for (i = 0; i < n; i++)
		if (!valid(&records[i]))
			return -EINVAL;

	change = kvcalloc(n, sizeof(*change), GFP_KERNEL);
	if (!change)
		return -ENOMEM;
	for (i = 0; i < n && !ret; i++) {
		change[i].new = kzalloc(sizeof(*change[i].new), GFP_KERNEL);
		if (!change[i].new)
			ret = -ENOMEM;
	}
	if (!ret) {
		mutex_lock(&verdict_lock);
		if (fits(records, n)) {
			for (i = 0; i < n; i++)
				apply(&records[i], &change[i]);
			/* After all records are visible: see generation.h. */
			gth_generation_bump();
		} else {
			ret = -ENOSPC;
		}
		mutex_unlock(&verdict_lock);
	}
	if (!ret)
		report(records, change, n);
	for (i = 0; i < n; i++)
		kfree(change[i].new);
	kvfree(change);
	return ret;
}

/* As it would be written now. @offset: of the wall clock to boot time, in ns */
static void describe(struct gth_verdict *v, const struct held *h, u64 offset)
{
	*v = (struct gth_verdict){
		.domain = h->key[GTH_DIGEST_SIZE],
		.class = h->class,
		.source = h->source,
	};
	memcpy(v->digest, h->key, GTH_DIGEST_SIZE);
	if (h->until != NEVER)
		v->expires = div_u64(h->until + offset + NSEC_PER_SEC / 2, NSEC_PER_SEC);
}

/**
 * gth_verdict_list() - read the held verdicts, bucket by bucket
 * @cursor: 0, or as the call before has set it; set to 0: that was all
 * @records: to be filled
 * @room: how many fit; GTH_VERDICTS_PER_READ are always enough
 *
 * A bucket is given whole, and a record never changes its bucket: one that is
 * held from the first call to the last is given once.
 *
 * Return: how many were filled in; -EINVAL: no such cursor; -ENOSPC: not even
 * one bucket fits.
 */
int gth_verdict_list(u64 *cursor, struct gth_verdict *records, u32 room)
{
	u64 bucket = *cursor, now, offset;
	u32 n = 0, at = 0;
	struct held *h;

	if (bucket >= HASH_SIZE(held_table))
		return -EINVAL;
	mutex_lock(&verdict_lock);
	now = ktime_get_boottime_ns();
	offset = ktime_get_real_ns() - now;
	for (; bucket < HASH_SIZE(held_table); bucket++, n = at) {
		hlist_for_each_entry(h, &held_table[bucket], node) {
			if (expired(h, now))
				continue;
			if (at == room)
				goto full;
			describe(&records[at++], h, offset);
		}
	}
full:
	mutex_unlock(&verdict_lock);
	if (bucket < HASH_SIZE(held_table) && !n)
		return -ENOSPC;
	*cursor = bucket < HASH_SIZE(held_table) ? bucket : 0;
	return (int)n;
}

/**
 * gth_verdict_find() - the classes of a digest by root and by the region
 * @domain: enum gth_domain
 * @digest: the digest
 * @class: set for each source that has a verdict; else left as it is
 */
void gth_verdict_find(u8 domain, const u8 digest[GTH_DIGEST_SIZE], u8 class[GTH_SOURCE_MAX])
{
	u8 key[KEY_BYTES];
	struct held *h;

	if (!gth_verdict_count())
		return;
	make_key(key, domain, digest);
	rcu_read_lock();
	hash_for_each_possible_rcu(held_table, h, node, key_hash(key))
		if (!memcmp(h->key, key, KEY_BYTES) && !expired(h, ktime_get_boottime_ns()))
			class[h->source] = h->class;
	rcu_read_unlock();
}

/* gth_verdict_count() - records that are held, of both sources */
u64 gth_verdict_count(void)
{
	return READ_ONCE(held_count[GTH_SOURCE_ROOT]) + READ_ONCE(held_count[GTH_SOURCE_REGION]);
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
