// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge.c - from a file to a decision (see judge.h).
 *
 * Order matters twice. The generation is noted before policy, table and
 * verdicts are read, so that a decision kept under it cannot be older. And facts
 * about the content are noted by snapshot() alone, in the order that its comment
 * argues for. Where an order is needed, a comment at the line has the reason;
 * docs/interleavings.md has the whole argument as a table, and tests/model
 * searches it.
 *
 * Long because it is one path, read from top to bottom: facts, digest, decision,
 * entry. Steps that stand by themselves are elsewhere (digest.c, evidence.c).
 */
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "compat.h"
#include "core/limits.h"
#include "core/magic.h"
#include "core/pseudo.h"
#include "core/rehash_limit.h"
#include "digest.h"
#include "entry.h"
#include "error.h"
#include "event.h"
#include "evidence.h"
#include "exempt.h"
#include "generation.h"
#include "judge.h"
#include "live_policy.h"
#include "pages.h"
#include "request.h"
#include "scan.h"
#include "sigtable.h"
#include "stats.h"
#include "trace.h"

/*
 * snapshot() - note the facts by which a later change of the content is detected
 *
 * Taken before the content is read, and again after every wait: a fact from
 * before a wait says nothing about the time after it. The order:
 *
 * 1. The entry with its count of opens for writing. A writer is counted by the
 *    kernel (i_writecount) before the hook counts it here, so a writer whose open
 *    is in this count is seen by step 2 for as long as it is there, and one that
 *    opens later makes gth_entry_publish() refuse.
 * 2. Writers, writable mappings. One that is there may change content in a way
 *    that neither version nor stamp shows, so the result will not be kept.
 * 3. Version and stamp, which show changes that the hooks do not see.
 */
static void snapshot(struct gth_target *s, struct gth_inode_entry *entry,
		     struct gth_judgement *j, struct gth_inode_entry *seen)
{
	bool mapped;

	/* Before the entry is read: keep() measures the age of the count from here. */
	j->snapshot_ns = ktime_get_ns();
	/*
	 * 1. before 2.: a writer that opens between them raises the count beyond this copy,
	 * so that gth_entry_publish() refuses. The other way round both would miss it.
	 */
	if (entry)
		gth_entry_read(entry, seen);
	mapped = seen->writes & GTH_WRITES_MAPPED;
	/* DAX has no pages in the page cache that could be checked. */
	s->pinned = mapped && IS_DAX(s->inode);
	/* 2. */
	j->cacheable = gth_target_cacheable(s);
	s->mapped = mapped && j->cacheable;
	/* 3. before the content is read, so that keep() finds a change that no hook saw */
	j->version = gth_target_version(s);
	j->stamp = gth_target_stamp(s);
}

/* Looks a digest up; true, with the class noted, if a source knows it. */
static bool classify(struct gth_judgement *j, u8 domain, const u8 *digest)
{
	j->domain = domain;
	memcpy(j->digest, digest, sizeof(j->digest));
	j->facts.class = gth_evidence_find(domain, digest, &j->source);
	return j->facts.class;
}

/* Makes the file unknown again: another digest is to decide. */
static void declassify(struct gth_judgement *j)
{
	j->domain = GTH_DOMAIN_NONE;
	j->source = GTH_SOURCE_NONE;
	j->facts.class = GTH_CLASS_UNKNOWN;
}

/*
 * Does the fs-verity digest, which was classified, stand for the content that readers
 * see?
 *
 * The kernel verifies pages as it reads them from the disk. Those that were in the
 * cache before verity was enabled are not verified, and a task that had pinned them
 * may have changed them since: they are to be dropped once (settle_verity()). A
 * listed file is denied at once, and explaining changes nothing.
 */
static bool is_verified(const struct gth_judgement *j, const struct gth_inode_entry *seen)
{
	return seen->writes == GTH_WRITES_VERIFIED || j->impersonal ||
	       j->facts.class == GTH_CLASS_MALICIOUS;
}

/* Fixed at the size of the file: no hashing and nothing to keep. */
static bool classify_fsverity(struct gth_target *s, struct gth_judgement *j,
			      const struct gth_inode_entry *seen)
{
	u8 digest[GTH_DIGEST_SIZE];

	if (!IS_VERITY(s->inode) || !gth_fsverity_digest(s->inode, digest) ||
	    !classify(j, GTH_DOMAIN_FSVERITY, digest))
		return false;
	if (is_verified(j, seen))
		return true;
	declassify(j);
	j->unverified = true;
	return false;
}

/*
 * The kept digest holds until the hooks see the file opened for writing or
 * resized; nothing else changes content, and a writer that is still there makes
 * the target uncacheable. But i_version also counts changes of mode, owner, name
 * and attributes: if it has moved, the stamp decides.
 *
 * A task that can settle a known fs-verity digest does so, for that counts first.
 */
static bool classify_kept(struct gth_judgement *j, const struct gth_inode_entry *seen)
{
	if (j->unverified && j->may_sleep)
		return false;
	if (!j->cacheable || GTH_TAG_DOMAIN(seen->tag) != GTH_DOMAIN_SHA256 ||
	    (seen->version != j->version && GTH_TAG_STAMP(seen->tag) != j->stamp))
		return false;
	classify(j, GTH_DOMAIN_SHA256, seen->digest);
	j->cached = true;
	/*
	 * keep() is to compare with the version and stamp that the digest was kept under.
	 * Those of the snapshot may be newer, and would hide an unseen change between them.
	 */
	j->version = seen->version;
	j->stamp = GTH_TAG_STAMP(seen->tag);
	gth_stat_inc(GTH_STAT_rechecks);
	return true;
}

static bool looks_like_code(struct gth_target *s, struct gth_judgement *j)
{
	bool code = true;
	u8 *head;
	ssize_t n;

	if (s->inode->i_mode & 0111)
		return true;
	head = kmalloc(GTH_MAGIC_BYTES, GFP_KERNEL);
	n = head ? gth_target_head(s, head, GTH_MAGIC_BYTES) : -ENOMEM;
	if (n < 0)
		j->error = (int)n;
	else
		code = gth_magic_is_code(head, n);
	kfree(head);
	return code;
}

/*
 * From now on the fs-verity digest stands for the content that readers see: no task
 * can write to the file, pages are verified when they are read, and a page that a
 * task has pinned is no longer in the cache.
 *
 * Return: false: a page could not be dropped, so the content must be looked at.
 */
static bool settle_verity(struct gth_target *s, struct gth_inode_entry *entry,
			  struct gth_inode_entry *seen)
{
	if (gth_pages_drop(s))
		return false;
	if (entry)
		gth_entry_verify(entry, seen);
	return true;
}

/* Within a scan: reads as much of the file as the decision needs. */
static void read_and_classify(struct gth_target *s, struct gth_inode_entry *entry,
			      struct gth_inode_entry *seen, struct gth_judgement *j)
{
	u8 digest[GTH_DIGEST_SIZE];

	if (s->op == GTH_OP_OPEN && j->policy.value[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_CODE) {
		j->facts.code = looks_like_code(s, j);
		if (!j->facts.code || j->error)
			return;
	}
	/*
	 * Any user may enable fs-verity on a file of their own: an unknown fs-verity
	 * digest must not hide a known content.
	 */
	j->error = gth_digest_fsverity(s, digest);
	if (j->error > 0) {
		j->error = 0;
		if (classify(j, GTH_DOMAIN_FSVERITY, digest) &&
		    (is_verified(j, seen) || settle_verity(s, entry, seen)))
			return;
		declassify(j);
	}
	/*
	 * Read once, before the comparison: the file may grow meanwhile, and only as many
	 * bytes as were compared are hashed.
	 */
	j->facts.size = i_size_read(s->inode);
	if (j->error || j->facts.size > j->policy.value[GTH_KNOB_MAX_HASH_BYTES])
		return;
	j->error = gth_digest_file(s, j->facts.size, digest);
	if (!j->error)
		classify(j, GTH_DOMAIN_SHA256, digest);
}

/*
 * The error with which the task's own open would end a moment later: a signal came
 * while it waited for a server or for the holder of a lease, or it does not want to
 * wait for the latter; or there is no key. 0: none of these.
 */
static int opens_own_error(const struct gth_target *s, int error)
{
	switch (error) {
	case -EAGAIN:
		return s->nonblock ? error : 0;
	case -ENOKEY:
		return error;
	case -EINTR:
	case -ERESTARTSYS:
		return signal_pending(current) ? -ERESTARTSYS : 0;
	default:
		return 0;
	}
}

static u64 boottime_ms(void)
{
	return div_u64(ktime_get_boottime_ns(), NSEC_PER_MSEC);
}

/**
 * gth_may_sleep() - have the task leave the sections of the BPF program
 * @j: the judgement
 *
 * Return: false: it cannot now, and the judgement is as where sleeping is never
 * allowed, with the error that has the call restarted.
 */
bool gth_may_sleep(struct gth_judgement *j)
{
	int ret = gth_sleeper_leave(j->sleeper);

	if (!ret)
		return true;
	j->facts.unjudged = true;
	j->passed_on = ret == -ERESTARTNOINTR ? ret : 0;
	return false;
}

/*
 * After direct writes the page cache is dropped once, when no task can write any
 * more. While the file has a writer, nothing is kept anyway.
 */
static int settle_pages(struct gth_target *s, struct gth_inode_entry *entry,
			struct gth_inode_entry *seen, const struct gth_judgement *j)
{
	int ret;

	if (!entry || !j->cacheable || !(seen->writes & GTH_WRITES_DIRECT))
		return 0;
	ret = gth_pages_drop(s);
	if (!ret)
		gth_entry_settle(entry, seen);
	return ret;
}

/* A moment of the current task, from which what it has cost is counted. */
struct moment {
	u64 wall, ran;			/* ns */
	unsigned long switches;
};

static struct moment moment_now(void)
{
	/* The scheduler's tick adds to it meanwhile. */
	return (struct moment){
		.wall = ktime_get_ns(),
		.ran = READ_ONCE(current->se.sum_exec_runtime),
		.switches = current->nvcsw + current->nivcsw,
	};
}

/*
 * The time of a processor since then, in ns. Without a switch it is the time that
 * passed; with one, what the scheduler has charged, which may be off by a tick. A task
 * that was starved or frozen must not make the file look expensive.
 */
static u64 cost_since(const struct moment *then)
{
	struct moment now = moment_now();

	if (now.switches == then->switches)
		return now.wall - then->wall;
	return min(now.wall - then->wall, now.ran - then->ran);
}

/* Is hashing for this operation bounded by rehash_limit.h? */
static bool is_bounded(const struct gth_target *s)
{
	if (s->op == GTH_OP_MMAP && gth_target_memory(s))
		return i_size_read(s->inode) > GTH_MEMORY_BYTES;
	return s->op == GTH_OP_OPEN;
}

/*
 * Sleeps. Sets class and digest, or facts.code to false, or error.
 *
 * Return: true: @scan is in progress. The caller ends it after keep(), because
 * waiting tasks use the kept result.
 */
static bool inspect(struct gth_target *s, struct gth_inode_entry *entry,
		    struct gth_inode_entry *seen, struct gth_judgement *j,
		    struct gth_scan *scan)
{
	bool alone = entry && j->cacheable;
	unsigned int tries = GTH_STALE_TRIES;
	struct moment start = {};
	int ret;

	if (!gth_may_sleep(j))
		return false;
	might_sleep();
	while ((ret = gth_scan_begin(scan, s->inode, alone)) > 0) {
		/* Again, because the task has waited: the facts may be from before a change. */
		snapshot(s, entry, j, seen);
		if (classify_fsverity(s, j, seen) || classify_kept(j, seen))
			return false;
		/* The other task's result was not kept, or takes long: do not wait again. */
		alone = false;
	}
	if (ret) {
		j->error = ret;
	} else {
		start = moment_now();
		while (1) {
			/* Before the content is read: stale pages must not be hashed. */
			j->error = settle_pages(s, entry, seen, j);
			if (!j->error)
				read_and_classify(s, entry, seen, j);
			gth_target_end(s);
			if (j->error != -ESTALE || !--tries)
				break;
			/* Again, because the content is read again. */
			snapshot(s, entry, j, seen);
		}
	}
	if (j->error) {
		gth_error_count(j->error);
		j->domain = GTH_DOMAIN_NONE;
		j->facts.failed = true;
		j->facts.disturbed = gth_error_denies(j->error, s->op, s->local);
		j->facts.killed = fatal_signal_pending(current);
		j->passed_on = j->facts.killed ? 0 : opens_own_error(s, j->error);
	} else if (entry && is_bounded(s) && j->domain == GTH_DOMAIN_SHA256 &&
		   /* A denied open must not bring about the one that is let pass. */
		   j->facts.class != GTH_CLASS_MALICIOUS) {
		gth_entry_heat(entry, gth_rehash_next(seen->heat, boottime_ms(),
						      cost_since(&start)));
	}
	return !ret;
}

/* The operations that need not be judged again as long as generation and content stay. */
static u8 allowed_ops(const struct gth_judgement *j)
{
	struct gth_facts f = j->facts;
	struct gth_decision r;
	u8 ops = 0;

	f.exempt = false;
	f.init = false;
	/* Kept for tasks that can wait, whatever this one can. */
	f.daemon = gth_request_served();
	for (f.op = 0; f.op < GTH_OP_MAX; f.op++) {
		/* Without a digest, only operations that are not judged by content are settled. */
		if (j->domain == GTH_DOMAIN_NONE &&
		    gth_policy_skip(&j->policy, &f) == GTH_REASON_NONE)
			continue;
		gth_policy_rule(&j->policy, &f, &r);
		if (r.would == GTH_ACTION_ALLOW)
			ops |= GTH_OP_BIT(f.op);
	}
	return ops;
}

/* Since the snapshot, may the entry's count of opens have come round to the same number? */
static bool took_too_long(const struct gth_judgement *j)
{
	return ktime_get_ns() - j->snapshot_ns > GTH_KEEP_SECONDS * (u64)NSEC_PER_SEC;
}

static void keep(struct gth_target *s, struct gth_inode_entry *entry,
		 const struct gth_inode_entry *seen, const struct gth_judgement *j)
{
	struct gth_inode_entry new = { .writes = seen->writes };
	/* A class found by fs-verity is looked up again: the content was not hashed. */
	u8 domain = j->domain == GTH_DOMAIN_SHA256 ? GTH_DOMAIN_SHA256 : GTH_DOMAIN_NONE;

	/* Before the check for writers: a later change moves the version beyond the kept one. */
	new.version = gth_target_version(s);
	if (!j->cacheable || j->facts.failed || j->facts.unjudged || j->facts.hot ||
	    took_too_long(j) || !gth_target_cacheable(s) ||
	    (new.version != j->version &&
	     (domain == GTH_DOMAIN_NONE || gth_target_stamp(s) != j->stamp))) {
		gth_stat_inc(GTH_STAT_uncached);
		return;
	}
	/* The noted generation, not the current one: the decision may be older than that. */
	new.tag = GTH_TAG(j->generation, j->stamp, domain, allowed_ops(j));
	if (domain)
		memcpy(new.digest, j->digest, sizeof(new.digest));
	/* Last: under the entry's lock this refuses if a writer was counted since the snapshot. */
	gth_entry_publish(entry, &new);
}

static void count(const struct gth_judgement *j)
{
	switch (j->source) {
	case GTH_SOURCE_ROOT:
		gth_stat_inc(GTH_STAT_by_root);
		break;
	case GTH_SOURCE_TABLE:
		gth_stat_inc(GTH_STAT_by_table);
		break;
	case GTH_SOURCE_REGION:
		gth_stat_inc(GTH_STAT_by_region);
		break;
	}
	switch (j->decision.reason) {
	case GTH_REASON_SCOPE:
		gth_stat_inc(GTH_STAT_skipped_scope);
		break;
	case GTH_REASON_OVERSIZE:
		gth_stat_inc(GTH_STAT_skipped_oversize);
		break;
	case GTH_REASON_UNVERSIONED:
		gth_stat_inc(GTH_STAT_skipped_unversioned);
		break;
	case GTH_REASON_HOT:
		gth_stat_inc(GTH_STAT_skipped_hot);
		break;
	case GTH_REASON_MEMORY:
		gth_stat_inc(GTH_STAT_skipped_memory);
		break;
	case GTH_REASON_NO_DAEMON:
		gth_stat_inc(GTH_STAT_no_daemon);
		break;
	case GTH_REASON_HOLD_EXPIRED:
		gth_stat_inc(GTH_STAT_hold_expired);
		break;
	case GTH_REASON_EXEMPT:
		gth_stat_inc(GTH_STAT_exempted);
		break;
	case GTH_REASON_FLOOR:
		gth_stat_inc(GTH_STAT_floor);
		break;
	case GTH_REASON_KILLED:
		/* No task is left to get a denial. */
		gth_stat_inc(GTH_STAT_killed);
		return;
	}
	if (j->passed_on)
		gth_stat_inc(GTH_STAT_deferred);
	else if (j->decision.action == GTH_ACTION_HOLD)
		gth_stat_inc(GTH_STAT_held);
	else if (j->decision.action == GTH_ACTION_DENY)
		gth_stat_inc(GTH_STAT_denied);
	else if (j->decision.would == GTH_ACTION_DENY)
		gth_stat_inc(GTH_STAT_would_deny);
}

/*
 * Is this a thread of the kernel, or a program that one has started (modprobe, the
 * reader of core dumps)? Others wait for those, with locks held or not. No other task
 * has a parent in the kernel: orphans go to init, or to one of its descendants.
 */
static bool is_kernels_own(void)
{
	bool ret;

	if (!current->mm || current->flags & PF_KTHREAD)
		return true;
	rcu_read_lock();
	ret = rcu_dereference(current->real_parent)->flags & PF_KTHREAD;
	rcu_read_unlock();
	return ret;
}

/* Does a daemon answer, and can this task wait? A task that may not sleep cannot. */
static bool may_hold(const struct gth_judgement *j)
{
	return j->may_sleep && gth_request_served() && (j->impersonal || !is_kernels_own());
}

/**
 * gth_judge() - decide on a file
 * @s: the target
 * @entry: the entry with its inode; NULL: there is none, and the result is not kept
 * @j: may_sleep, impersonal and sleeper are read, the rest is set
 */
void gth_judge(struct gth_target *s, struct gth_inode_entry *entry, struct gth_judgement *j)
{
	struct gth_inode_entry seen = {};
	struct gth_facts *f = &j->facts;
	bool scanning = false;
	struct gth_scan scan;

	*j = (struct gth_judgement){
		.may_sleep = j->may_sleep,
		.impersonal = j->impersonal,
		.sleeper = j->sleeper,
		/*
		 * First, with an acquire. Writers publish a change before they raise the
		 * generation, so policy, table, verdicts and daemon, read below, are at
		 * least as new as this number.
		 */
		.generation = gth_generation(),
	};
	gth_live_policy_read(&j->policy);
	/* Before the content is read. */
	snapshot(s, entry, j, &seen);

	f->op = s->op;
	f->code = true;
	f->versioned = gth_target_versioned(s);
	f->pseudo = gth_magic_is_pseudo(s->inode->i_sb->s_magic);
	f->fuse = gth_target_fuse(s);
	f->memory = gth_target_memory(s);
	f->size = i_size_read(s->inode);
	f->init = !j->impersonal && is_global_init(current);
	f->exempt = !j->impersonal && gth_exempt_current();
	f->daemon = may_hold(j);

	if (gth_policy_skip(&j->policy, f) == GTH_REASON_NONE &&
	    !classify_fsverity(s, j, &seen) && !classify_kept(j, &seen)) {
		j->domain = GTH_DOMAIN_NONE;
		f->hot = is_bounded(s) && gth_rehash_is_hot(seen.heat, boottime_ms());
		if (!j->may_sleep)
			f->unjudged = true;
		else if (!f->hot)
			scanning = inspect(s, entry, &seen, j, &scan);
	}
	/* The daemon cannot be asked about a file without a digest. */
	if (j->domain == GTH_DOMAIN_NONE)
		f->daemon = false;
	gth_policy_rule(&j->policy, f, &j->decision);
	if (entry)
		keep(s, entry, &seen, j);
	/* After keep(): the tasks that this wakes look for the kept result. */
	if (scanning)
		gth_scan_end(&scan);
}

/* A task that was answered without a wait is still in the program's sections. */
static gfp_t report_gfp(const struct gth_judgement *j)
{
	return j->may_sleep && gth_sleeper_is_outside(j->sleeper) ? GFP_KERNEL : GFP_ATOMIC;
}

/* gth_judge_report() - count, trace and report a judgement that was carried out */
void gth_judge_report(const struct gth_target *s, const struct gth_judgement *j)
{
	const struct gth_decision *r = &j->decision;
	const struct super_block *sb = s->inode->i_sb;
	gfp_t gfp = report_gfp(j);
	struct gth_sigtable_info table;
	struct gth_event *e;

	count(j);
	trace_gotthard_decide(s->op, r->action, r->would, r->reason, j->facts.class,
			      new_encode_dev(sb->s_dev), s->inode->i_ino);
	if (r->reason == GTH_REASON_KILLED || j->passed_on ||
	    (r->would == GTH_ACTION_ALLOW && !j->error))
		return;

	if (!gth_event_admit())
		return;
	e = gth_event_new(r->would == GTH_ACTION_ALLOW ? GTH_EVENT_ERROR : GTH_EVENT_DECISION,
			  gfp);
	if (!e)
		return;
	gth_sigtable_info(&table);
	e->op = s->op;
	e->action = r->would;
	e->reason = r->reason;
	e->class = j->facts.class;
	e->source = j->source;
	e->domain = j->domain;
	e->mode = (u8)j->policy.value[GTH_KNOB_MODE];
	e->error = j->error;
	e->dev = new_encode_dev(sb->s_dev);
	e->ino = s->inode->i_ino;
	e->size = j->facts.size;
	e->generation = j->generation;
	e->table_version = table.version;
	if (r->would != r->action)
		e->flags |= GTH_EVENT_F_WOULD_DENY;
	if (j->cached)
		e->flags |= GTH_EVENT_F_CACHED;
	memcpy(e->digest, j->digest, sizeof(e->digest));
	if (gth_event_path(e->path, gth_user_path(s->file), gfp))
		e->flags |= GTH_EVENT_F_PATH_TAIL;
	gth_event_emit(e);
}
