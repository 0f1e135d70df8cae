// SPDX-License-Identifier: GPL-2.0-only
/* links.c - the BPF links that the module keeps (see links.h). */
#include <linux/bpf.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "core/limits.h"
#include "event.h"
#include "links.h"

GTH_IMPORT_BPF_INTERNAL;

/* From the hook's caller down to here there are about ten functions. */
#define STACK_DEPTH 24

/*
 * A set of links never changes. It lives as long as it is the one kept, or a task
 * looks a program up in it; giving links back detaches programs, which sleeps and
 * takes its time, so a worker does it.
 */
struct link_set {
	refcount_t users;
	struct work_struct work;
	unsigned int n;
	struct bpf_link *link[GTH_LINKS_MAX];
	atomic_t missed[GTH_LINKS_MAX];	/* by tasks in a row: the link's image was not found */
};

/* Guards the pointer; a leaf lock. */
static DEFINE_SPINLOCK(kept_lock);
static struct link_set *kept;

/*
 * Tasks that wait must not take each other for a change of the hook: with this held,
 * a trampoline's mutex is tried, and held for a few steps, by one of them at a time.
 */
static DEFINE_SPINLOCK(hold_lock);

static struct workqueue_struct *release_wq;

static void release(struct work_struct *work)
{
	struct link_set *set = container_of(work, struct link_set, work);
	unsigned int i;

	for (i = 0; i < set->n; i++)
		bpf_link_put(set->link[i]);
	kfree(set);
}

static struct link_set *get_kept(void)
{
	struct link_set *set;

	spin_lock(&kept_lock);
	set = kept;
	if (set)
		refcount_inc(&set->users);
	spin_unlock(&kept_lock);
	return set;
}

static void put_set(struct link_set *set)
{
	if (set && refcount_dec_and_test(&set->users))
		queue_work(release_wq, &set->work);
}

static void report(unsigned int before, unsigned int after)
{
	struct gth_event *e = gth_event_new(GTH_EVENT_HOOKS, GFP_KERNEL);

	if (!e)
		return;
	strscpy(e->path, "hooks", sizeof(e->path));
	snprintf(e->old_value, sizeof(e->old_value), "%u", before);
	snprintf(e->new_value, sizeof(e->new_value), "%u", after);
	pr_notice("hooks kept: %u -> %u by uid %u pid %u (%s)\n", before, after, e->uid, e->pid,
		  e->comm);
	gth_event_emit(e);
}

/**
 * gth_links_keep() - keep these links, and no others
 * @fd: descriptors of links
 * @n: how many; at most GTH_LINKS_MAX, 0: none
 *
 * Each change is one event. The links kept before are given back a little later.
 *
 * Return: 0, -EINVAL or -EBADF (a descriptor is not a link's), -ENOMEM. After an
 * error nothing has changed.
 */
int gth_links_keep(const s32 *fd, unsigned int n)
{
	struct link_set *set = NULL, *old;
	int ret;

	if (n) {
		set = kzalloc(sizeof(*set), GFP_KERNEL);
		if (!set)
			return -ENOMEM;
		refcount_set(&set->users, 1);
		INIT_WORK(&set->work, release);
	}
	for (; set && set->n < n; set->n++) {
		struct bpf_link *link = bpf_link_get_from_fd((u32)fd[set->n]);

		if (IS_ERR(link)) {
			ret = (int)PTR_ERR(link);
			put_set(set);
			return ret;
		}
		set->link[set->n] = link;
	}

	/* Reported before the change, while the program that carries events is attached. */
	report(gth_links_count(), n);
	spin_lock(&kept_lock);
	old = kept;
	kept = set;
	spin_unlock(&kept_lock);
	put_set(old);
	return 0;
}

unsigned int gth_links_count(void)
{
	unsigned int n;

	spin_lock(&kept_lock);
	n = kept ? kept->n : 0;
	spin_unlock(&kept_lock);
	return n;
}

static bool in_image(const struct bpf_prog *prog, unsigned long ip)
{
	unsigned long start = (unsigned long)prog->bpf_func;

	return ip > start && ip <= start + prog->jited_len;
}

/* A program's functions are programs of their own, each with its image. */
static bool in_program(const struct bpf_prog *prog, unsigned long ip)
{
	u32 i;

	if (in_image(prog, ip))
		return true;
	for (i = 0; i < prog->aux->func_cnt; i++)
		if (in_image(prog->aux->func[i], ip))
			return true;
	return false;
}

/*
 * The link whose program @ip belongs to; -ENOENT: none of the set's.
 *
 * No other link of the set can have that program. The kernel attaches an LSM program
 * to its own hook only (bpf_tracing_prog_attach() takes targets for freplace alone),
 * and not twice (__bpf_trampoline_link_prog()). A link of this type can be neither
 * detached nor updated: it is attached until its last reference goes, and the set has
 * one. After that the program may come again by a new link; a task that is still in
 * it by the old one does not find its image with the new one (image_is_current()).
 */
static int find_link(const struct link_set *set, unsigned long ip)
{
	unsigned int i;

	for (i = 0; i < set->n; i++) {
		const struct bpf_link *link = set->link[i];

		if (link->type == BPF_LINK_TYPE_TRACING && link->prog &&
		    link->prog->type == BPF_PROG_TYPE_LSM && in_program(link->prog, ip))
			return (int)i;
	}
	return -ENOENT;
}

/*
 * Is the image that this task will return to the one that @tr has now? Then the
 * programs on the trampoline's lists are those which that image calls.
 */
static bool image_is_current(const struct bpf_trampoline *tr)
{
	const struct bpf_tramp_image *image = tr->cur_image;
	unsigned long entries[STACK_DEPTH];
	unsigned int i, n;

	lockdep_assert_held(&tr->mutex);
	if (!image)
		return false;
	n = stack_trace_save(entries, ARRAY_SIZE(entries), 1);
	for (i = 0; i < n; i++)
		if (entries[i] > image->ksym.start && entries[i] <= image->ksym.end)
			return true;
	return false;
}

static bool hold_all(struct bpf_trampoline *tr, struct gth_programs *p)
{
	struct bpf_tramp_link *link;
	unsigned int kind;

	lockdep_assert_held(&tr->mutex);
	for (kind = 0; kind < BPF_TRAMP_MAX; kind++) {
		hlist_for_each_entry(link, &tr->progs_hlist[kind], tramp_hlist) {
			if (p->n == BPF_MAX_TRAMP_LINKS)
				return false;
			/* The link has a reference as long as it is on the list. */
			bpf_prog_inc(link->link.prog);
			p->prog[p->n++] = link->link.prog;
		}
	}
	return true;
}

/* 0; -EAGAIN: the trampoline is being changed; -ESTALE: it has been since the task came in. */
static int try_hold(struct bpf_trampoline *tr, struct gth_programs *p)
{
	int ret = -EAGAIN;

	spin_lock(&hold_lock);
	if (mutex_trylock(&tr->mutex)) {
		ret = image_is_current(tr) && hold_all(tr, p) ? 0 : -ESTALE;
		/* The lists still have them. */
		while (ret && p->n)
			bpf_prog_put(p->prog[--p->n]);
		mutex_unlock(&tr->mutex);
	}
	spin_unlock(&hold_lock);
	return ret;
}

/*
 * A task whose call is restarted comes in by the current image. So many in a row that
 * did not find theirs have a stack that cannot be read: better to wait than to
 * restart for ever.
 */
static int note_miss(atomic_t *missed)
{
	if (atomic_inc_return(missed) < GTH_MISSES_MAX)
		return -EAGAIN;
	pr_warn_once("cannot see the hooks' trampolines on the stack: tasks wait inside of BPF programs\n");
	return -ENOENT;
}

/**
 * gth_links_hold() - reference all that the current task will return through
 * @ip: an address in the BPF program that has called the module
 *
 * Once a task sleeps, only these references keep the program, its maps and the
 * other programs of the same hook: the image of the trampoline calls one after the
 * other, and those that cannot sleep are freed after a normal grace period, which
 * the section of a sleepable program does not hold off. The image itself has a
 * reference that its first instructions take (__bpf_tramp_enter()).
 *
 * Does not sleep: a program may be freed already when it returns.
 *
 * Return: to be given to gth_links_unhold(); -ENOENT: the program is not one that
 * is kept; -EAGAIN: the hook's programs are being changed, or have been since the
 * task came in, or there is no memory: the task must not sleep here.
 */
struct gth_programs *gth_links_hold(unsigned long ip)
{
	struct link_set *set = get_kept();
	struct bpf_tracing_link *link;
	struct gth_programs *p = NULL;
	int i, ret;

	if (!set)
		return ERR_PTR(-ENOENT);
	i = find_link(set, ip);
	ret = i;
	if (i < 0)
		goto out;
	ret = -EAGAIN;
	p = kzalloc(struct_size(p, prog, BPF_MAX_TRAMP_LINKS), GFP_NOWAIT | __GFP_NOWARN);
	if (!p)
		goto out;
	/* The set keeps the link, and the link its trampoline. */
	link = container_of(set->link[i], struct bpf_tracing_link, link.link);
	ret = try_hold(link->trampoline, p);
	if (!ret)
		atomic_set(&set->missed[i], 0);
	else if (ret == -ESTALE)
		ret = note_miss(&set->missed[i]);
	if (ret)
		kfree(p);
out:
	put_set(set);
	return ret < 0 ? ERR_PTR(ret) : p;
}

/* The task has returned from the hook, however slowly: nothing is called any more. */
static void put_programs(struct work_struct *work)
{
	struct gth_programs *p = container_of(work, struct gth_programs, work);
	unsigned int i;

	/* It may be in a program of the hook that does not sleep. */
	synchronize_rcu();
	for (i = 0; i < p->n; i++)
		bpf_prog_put(p->prog[i]);
	kfree(p);
}

static void queue_put(struct rcu_head *rcu)
{
	struct gth_programs *p = container_of(rcu, struct gth_programs, rcu);

	INIT_WORK(&p->work, put_programs);
	queue_work(release_wq, &p->work);
}

/*
 * gth_links_unhold() - the task returns to the program now
 *
 * It still has to go through the image, between whose programs it is in no section
 * at all and may be preempted: the references go when it has slept of its own
 * accord or left the kernel.
 */
void gth_links_unhold(struct gth_programs *p)
{
	call_rcu_tasks(&p->rcu, queue_put);
}

int gth_links_init(void)
{
	release_wq = alloc_workqueue("gotthard", WQ_UNBOUND, 0);
	return release_wq ? 0 : -ENOMEM;
}

/* No link is kept: each holds a program, and each program the module. */
void gth_links_exit(void)
{
	/* Their last instructions may still be to come. */
	rcu_barrier_tasks();
	destroy_workqueue(release_wq);
}
