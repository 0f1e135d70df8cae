// SPDX-License-Identifier: GPL-2.0-only
/*
 * request.c - files for which tasks wait for a verdict (see request.h).
 *
 * Long because requests, their waiters and their reader share one lock, and the
 * argument that no wake-up is lost needs all of them in sight.
 */
#include <linux/cred.h>
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/jiffies.h>
#include <linux/magic.h>
#include <linux/path.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "account.h"
#include "compat.h"
#include "core/limits.h"
#include "event.h"
#include "evidence.h"
#include "generation.h"
#include "judge.h"
#include "request.h"
#include "scan.h"
#include "stats.h"
#include "target.h"
#include "wait.h"

#define REQUEST_BITS 8
#define ACCOUNT_BITS 8
#define OUTCOME_BITS 9

enum state {
	WAITING,
	SETTLED,	/* something has changed: judge once more */
	UNKNOWN,	/* answered: the daemon does not know it either */
};

/*
 * Owned by the tasks that wait, and by the task that reads it: the last one frees
 * it. It can be found, and read, while it is WAITING.
 */
struct request {
	struct hlist_node node;		/* in by_digest; unhashed: not WAITING any more */
	struct list_head unread;	/* in unread_list; empty: read */
	unsigned int users;
	enum state state;
	wait_queue_head_t wait;
	struct path path;		/* referenced */
	unsigned long until;		/* jiffies; a task that comes later makes another */
	u64 account;			/* to which it is charged */
	struct gth_request record;
};

/* Guards all below and the requests' node, unread, users and state; a leaf lock. */
static DEFINE_SPINLOCK(request_lock);
static DEFINE_HASHTABLE(by_digest, REQUEST_BITS);
static LIST_HEAD(unread_list);
static unsigned int request_count, root_count;
static unsigned int account_count[1 << ACCOUNT_BITS];	/* by hash: a few may share one */
static u64 last_id;
static struct file *serving;		/* not referenced: its release ends this */

static DECLARE_WAIT_QUEUE_HEAD(reader_wait);
static siphash_key_t hash_key;

/*
 * Waits that ended without an answer, so that the exec that follows an open, and the
 * next start of the same program, do not wait again. Digests with the same hash
 * replace each other. Guarded by request_lock.
 */
struct outcome {
	u8 domain;
	u8 digest[GTH_DIGEST_SIZE];
	unsigned long until;		/* jiffies */
};

static struct outcome outcomes[1 << OUTCOME_BITS];

void gth_request_init(void)
{
	get_random_bytes(&hash_key, sizeof(hash_key));
}

bool gth_request_served(void)
{
	return READ_ONCE(serving);
}

static u64 digest_hash(const u8 *digest)
{
	return siphash(digest, GTH_DIGEST_SIZE, &hash_key);
}

static struct outcome *outcome_of(const u8 *digest)
{
	return &outcomes[digest_hash(digest) >> (64 - OUTCOME_BITS)];
}

static bool is_outcome(const struct outcome *o, u8 domain, const u8 *digest)
{
	return o->domain == domain && !memcmp(o->digest, digest, GTH_DIGEST_SIZE);
}

/* Did a wait for this digest end in vain, not long ago? */
static bool in_vain(u8 domain, const u8 *digest)
{
	const struct outcome *o = outcome_of(digest);
	bool ret;

	spin_lock(&request_lock);
	ret = is_outcome(o, domain, digest) && time_before(jiffies, o->until);
	spin_unlock(&request_lock);
	return ret;
}

static void note_in_vain(u8 domain, const u8 *digest, unsigned int ms)
{
	struct outcome *o = outcome_of(digest);

	spin_lock(&request_lock);
	o->domain = domain;
	memcpy(o->digest, digest, GTH_DIGEST_SIZE);
	o->until = jiffies + msecs_to_jiffies(ms);
	spin_unlock(&request_lock);
}

static struct request *find(u8 domain, const u8 *digest)
{
	struct request *r;

	lockdep_assert_held(&request_lock);
	hash_for_each_possible(by_digest, r, node, digest_hash(digest))
		if (r->record.domain == domain &&
		    !memcmp(r->record.digest, digest, GTH_DIGEST_SIZE))
			return r;
	return NULL;
}

static unsigned int *count_of(const struct request *r)
{
	if (r->account == GTH_ACCOUNT_ROOT)
		return &root_count;
	return &account_count[hash_64(r->account, ACCOUNT_BITS)];
}

/*
 * The files of one user must not take all requests, nor those of many users keep
 * root from asking.
 *
 * Return: 0; -EDQUOT: the account has as many as it may; -ENOSPC: there are too many.
 */
static int room_for(const struct request *r)
{
	lockdep_assert_held(&request_lock);
	if (r->account == GTH_ACCOUNT_ROOT)
		return request_count < GTH_REQUESTS_MAX ? 0 : -ENOSPC;
	if (*count_of(r) >= GTH_REQUESTS_PER_USER)
		return -EDQUOT;
	return request_count < GTH_REQUESTS_MAX &&
	       request_count - root_count < GTH_REQUESTS_MAX - GTH_REQUESTS_OF_ROOT ? 0 : -ENOSPC;
}

/* From now on it cannot be found. */
static void withdraw(struct request *r)
{
	lockdep_assert_held(&request_lock);
	if (hash_hashed(&r->node)) {
		hash_del(&r->node);
		request_count--;
		(*count_of(r))--;
	}
	list_del_init(&r->unread);
}

static void end(struct request *r, enum state state)
{
	lockdep_assert_held(&request_lock);
	withdraw(r);
	r->state = state;
	wake_up_all(&r->wait);
}

static void put(struct request *r)
{
	bool last;

	spin_lock(&request_lock);
	last = !--r->users;
	if (last)
		withdraw(r);
	spin_unlock(&request_lock);
	if (!last)
		return;
	path_put(&r->path);
	kfree(r);
}

static struct request *new_request(const struct gth_target *s, const struct gth_judgement *j)
{
	struct request *r = kzalloc(sizeof(*r), GFP_KERNEL | __GFP_NOWARN);
	struct gth_request *record;

	if (!r)
		return NULL;
	INIT_LIST_HEAD(&r->unread);
	INIT_HLIST_NODE(&r->node);
	init_waitqueue_head(&r->wait);
	r->users = 1;
	r->until = jiffies + msecs_to_jiffies(GTH_HOLD_MS_MAX);
	r->account = gth_account_current();
	r->path = s->file->f_path;
	path_get(&r->path);

	record = &r->record;
	record->size_of_record = sizeof(*record);
	record->op = s->op;
	record->domain = j->domain;
	memcpy(record->digest, j->digest, sizeof(record->digest));
	record->dev = new_encode_dev(s->inode->i_sb->s_dev);
	record->ino = s->inode->i_ino;
	record->i_version = j->version;
	record->size = j->facts.size;
	record->cgroup = gth_event_cgroup();
	record->pid = (u32)current->tgid;
	record->uid = gth_event_uid();
	strscpy(record->comm, current->comm, sizeof(record->comm));
	gth_event_path(record->path, gth_user_path(s->file), GFP_KERNEL);
	return r;
}

/* The caller has checked that there is no request of this digest. */
static int add(struct request *r)
{
	int ret;

	lockdep_assert_held(&request_lock);
	if (!serving)
		return -ENOTCONN;
	ret = room_for(r);
	if (ret)
		return ret;
	r->record.id = ++last_id;
	request_count++;
	(*count_of(r))++;
	hash_add(by_digest, &r->node, digest_hash(r->record.digest));
	list_add_tail(&r->unread, &unread_list);
	return 0;
}

/*
 * Joins the tasks that wait for the digest already; NULL: none does. -ESTALE: the
 * state has changed since the judgement, and the change may have been published
 * before this lock was taken; a later change finds the request.
 */
static struct request *join_old(const struct gth_judgement *j)
{
	struct request *r;

	lockdep_assert_held(&request_lock);
	/* Partner of the bump before gth_request_settle() and gth_request_answer(). */
	if (gth_generation() != j->generation)
		return ERR_PTR(-ESTALE);
	r = find(j->domain, j->digest);
	if (r && time_after(jiffies, r->until)) {
		/* The daemon may have lost it, and its path is not held for ever. */
		end(r, SETTLED);
		r = NULL;
	}
	if (r)
		r->users++;
	return r;
}

/* Joins the tasks that wait for the digest, or makes a new request. */
static struct request *join(const struct gth_target *s, const struct gth_judgement *j)
{
	struct request *r, *new = NULL;
	int ret = 0;

	spin_lock(&request_lock);
	r = join_old(j);
	spin_unlock(&request_lock);
	if (r)
		return r;

	new = new_request(s, j);
	if (!new)
		return ERR_PTR(-ENOMEM);
	spin_lock(&request_lock);
	r = join_old(j);
	if (!r) {
		ret = add(new);
		r = ret ? NULL : new;
	}
	spin_unlock(&request_lock);
	if (r != new)
		put(new);
	if (ret)
		return ERR_PTR(ret);
	if (r == new) {
		gth_stat_inc(GTH_STAT_requests);
		wake_up_interruptible_poll(&reader_wait, EPOLLIN | EPOLLRDNORM);
	}
	return r;
}

/*
 * As join(); a task of an account that has its most requests waits for one of them to
 * end. If it went on, a user could switch off the holds of the user's own files.
 */
static struct request *join_in_time(const struct gth_target *s, const struct gth_judgement *j,
				    unsigned long deadline)
{
	struct request *r = join(s, j);

	if (r == ERR_PTR(-ENOSPC) || r == ERR_PTR(-EDQUOT))
		gth_stat_inc(GTH_STAT_queue_full);
	while (r == ERR_PTR(-EDQUOT) && time_before(jiffies, deadline)) {
		set_current_state(GTH_WAIT_STATE);
		schedule_timeout(HZ / 20);
		if (fatal_signal_pending(current))
			return ERR_PTR(-ERESTARTSYS);
		r = join(s, j);
	}
	return r;
}

/**
 * gth_request_wait() - wait until the class of a file may have changed
 * @s: the file
 * @j: its judgement, with a digest, under which it was to be held
 * @deadline: in jiffies
 *
 * Return: 0: judge it once more; -ENODATA: the answer is that the file is unknown;
 * -ETIME, also if a wait for its digest has just ended so; -ERESTARTSYS: the task
 * is being killed; -ENOTCONN: no daemon serves; -ENOSPC: too many requests; -ENOMEM.
 */
int gth_request_wait(const struct gth_target *s, const struct gth_judgement *j,
		     unsigned long deadline)
{
	long left = (long)(deadline - jiffies);
	unsigned int ms = (unsigned int)j->policy.value[GTH_KNOB_HOLD_TIMEOUT_MS];
	/* A wait that is the rest of another says little about its digest. */
	bool whole = left >= (long)msecs_to_jiffies(ms) - HZ / 10;
	enum state state;
	struct request *r;

	if (left <= 0 || in_vain(j->domain, j->digest))
		return -ETIME;
	r = join_in_time(s, j, deadline);
	if (r == ERR_PTR(-EDQUOT))
		return -ETIME;
	if (IS_ERR(r))
		return PTR_ERR(r) == -ESTALE ? 0 : (int)PTR_ERR(r);
	left = max_t(long, (long)(deadline - jiffies), 1);
	left = gth_wait_killable(r->wait, READ_ONCE(r->state) != WAITING, left);
	state = READ_ONCE(r->state);
	put(r);
	if (!left && whole)
		note_in_vain(j->domain, j->digest, ms);
	if (left <= 0)
		return left ? (int)left : -ETIME;
	return state == UNKNOWN ? -ENODATA : 0;
}

/**
 * gth_request_answer() - verdicts have been published
 * @records: the verdicts
 * @n: how many
 *
 * Wakes the tasks that wait for one of them; UNKNOWN is an answer too.
 */
void gth_request_answer(const struct gth_verdict *records, size_t n)
{
	struct outcome *o;
	struct request *r;
	u8 source;
	size_t i;

	for (i = 0; i < n; i++) {
		spin_lock(&request_lock);
		r = find(records[i].domain, records[i].digest);
		/* The class in force counts, whatever else the write says of the digest. */
		if (r)
			end(r, gth_evidence_find(r->record.domain, r->record.digest, &source) ==
			       GTH_CLASS_UNKNOWN ? UNKNOWN : SETTLED);
		o = outcome_of(records[i].digest);
		if (is_outcome(o, records[i].domain, records[i].digest))
			o->domain = GTH_DOMAIN_NONE;
		spin_unlock(&request_lock);
	}
}

/* gth_request_settle() - table or policy have changed: all waiting tasks judge once more */
void gth_request_settle(void)
{
	struct hlist_node *next;
	struct request *r;
	unsigned int i;

	spin_lock(&request_lock);
	hash_for_each_safe(by_digest, i, next, r, node)
		end(r, SETTLED);
	memset(outcomes, 0, sizeof(outcomes));
	spin_unlock(&request_lock);
}

/* gth_request_serve() - this descriptor's owner serves from now on; -EBUSY: another one does */
int gth_request_serve(struct file *server)
{
	int ret = 0;

	spin_lock(&request_lock);
	if (serving && serving != server)
		ret = -EBUSY;
	else
		WRITE_ONCE(serving, server);
	spin_unlock(&request_lock);
	if (ret)
		return ret;
	/* After serving is set: decisions made because no daemon served must not be kept. */
	gth_generation_bump();
	gth_request_settle();
	wake_up_poll(&reader_wait, EPOLLERR);
	return 0;
}

/* gth_request_desert() - the descriptor is being closed: wake all waiting tasks */
void gth_request_desert(struct file *server)
{
	bool deserted;

	spin_lock(&request_lock);
	deserted = serving == server;
	if (deserted)
		WRITE_ONCE(serving, NULL);
	spin_unlock(&request_lock);
	if (!deserted)
		return;
	gth_generation_bump();
	gth_request_settle();
}

/* Takes the oldest that was not read, with a reference; NULL: there is none. */
static struct request *take(void)
{
	struct request *r;

	spin_lock(&request_lock);
	r = list_first_entry_or_null(&unread_list, struct request, unread);
	if (r) {
		list_del_init(&r->unread);
		r->users++;
	}
	spin_unlock(&request_lock);
	return r;
}

/* The request could not be handed out: it stays the oldest, if a task still waits. */
static void give_back(struct request *r)
{
	bool back;

	spin_lock(&request_lock);
	back = hash_hashed(&r->node);
	if (back)
		list_add(&r->unread, &unread_list);
	spin_unlock(&request_lock);
	/* Another reader may have found nothing meanwhile. */
	if (back)
		wake_up_interruptible_poll(&reader_wait, EPOLLIN | EPOLLRDNORM);
}

/*
 * May the reader open this? Not where an open waits for a process or a server, which
 * may take any time: the daemon must never hang. An overlay of a user's own may
 * have such a filesystem beneath.
 */
static bool may_open(const struct path *path)
{
	const struct super_block *sb = path->dentry->d_sb;

	switch (sb->s_magic) {
	case FUSE_SUPER_MAGIC:
		return false;
	case OVERLAYFS_SUPER_MAGIC:
		return sb->s_user_ns == &init_user_ns;
	case TMPFS_MAGIC:
	case RAMFS_MAGIC:
		return true;
	default:
		return sb->s_type->fs_flags & FS_REQUIRES_DEV;
	}
}

/* Is it the file that was judged? An overlay may have copied it up since. */
static bool is_judged_file(const struct file *f, const struct gth_request *record)
{
	const struct inode *inode = gth_real_inode(f);

	return inode && inode->i_ino == record->ino &&
	       new_encode_dev(inode->i_sb->s_dev) == record->dev;
}

/* Opens a file for the reader, hidden from fanotify: a listener may be a waiting task. */
static struct file *open_for_reader(struct request *r)
{
	struct gth_scan scan;
	struct file *f;
	int ret;

	if (!may_open(&r->path))
		return ERR_PTR(-EOPNOTSUPP);
	ret = gth_scan_begin(&scan, d_inode(r->path.dentry), false);
	if (ret)
		return ERR_PTR(ret);
	/* The holder of a lease on the file would keep the reader waiting otherwise. */
	f = dentry_open(&r->path,
			O_RDONLY | O_LARGEFILE | O_NOATIME | O_NONBLOCK | __FMODE_NONOTIFY,
			current_cred());
	gth_scan_end(&scan);
	if (IS_ERR(f))
		return f;
	if (!is_judged_file(f, &r->record)) {
		fput(f);
		return ERR_PTR(-ESTALE);
	}
	f->f_flags &= ~O_NONBLOCK;
	return f;
}

/* May another attempt succeed? */
static bool is_transient(long err)
{
	return err == -ENFILE || err == -ENOMEM || err == -EINTR || err == -ERESTARTSYS;
}

static int hand_out(struct request *r, char __user *buf)
{
	struct gth_request *record;
	struct file *f;
	int fd, ret = 0;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	record = kmemdup(&r->record, sizeof(*record), GFP_KERNEL);
	if (!record) {
		put_unused_fd(fd);
		return -ENOMEM;
	}
	f = open_for_reader(r);
	record->fd = IS_ERR(f) ? (s32)PTR_ERR(f) : fd;
	if (IS_ERR(f) && is_transient(PTR_ERR(f)))
		ret = PTR_ERR(f) == -EINTR ? -ERESTARTSYS : (int)PTR_ERR(f);
	else if (copy_to_user(buf, record, sizeof(*record)))
		ret = -EFAULT;
	if (!ret && !IS_ERR(f)) {
		fd_install(fd, f);
	} else {
		put_unused_fd(fd);
		if (!IS_ERR(f))
			fput(f);
	}
	kfree(record);
	return ret;
}

/**
 * gth_request_read() - hand out as many requests as fit
 * @server: of the device
 * @buf: for struct gth_request, one after the other
 * @len: bytes; at least one record
 *
 * Waits for the first unless the descriptor is O_NONBLOCK.
 *
 * Return: bytes, or -ENOTCONN (it does not serve), -EINVAL (less than a
 * record), -EAGAIN, -ERESTARTSYS, -EMFILE, -ENFILE, -ENOMEM, -EFAULT: nothing
 * was handed out then, and no request is lost.
 */
ssize_t gth_request_read(struct file *server, char __user *buf, size_t len)
{
	ssize_t done = 0;
	int ret = 0;

	if (READ_ONCE(serving) != server)
		return -ENOTCONN;
	if (len < sizeof(struct gth_request))
		return -EINVAL;
	while (len - done >= sizeof(struct gth_request)) {
		struct request *r = take();

		if (!r) {
			if (done)
				break;
			if (server->f_flags & O_NONBLOCK)
				return -EAGAIN;
			ret = wait_event_interruptible(reader_wait,
						       !list_empty_careful(&unread_list));
			if (ret)
				return ret;
			continue;
		}
		ret = hand_out(r, buf + done);
		if (ret)
			give_back(r);
		put(r);
		if (ret)
			break;
		done += sizeof(struct gth_request);
	}
	return done ? done : ret;
}

__poll_t gth_request_poll(struct file *server, poll_table *wait)
{
	__poll_t writable = EPOLLOUT | EPOLLWRNORM;

	poll_wait(server, &reader_wait, wait);
	if (READ_ONCE(serving) != server)
		return EPOLLERR | writable;
	return (list_empty_careful(&unread_list) ? 0 : EPOLLIN | EPOLLRDNORM) | writable;
}
