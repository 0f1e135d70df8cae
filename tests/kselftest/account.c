// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * account.c - requests and events are charged to the user that is behind a task,
 * not to the uid that it has just taken.
 *
 * The test itself serves, is exempt, and answers nothing.
 */
#include "test.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "stress.h"
#include "hold_helpers.h"

#define PER_ACCOUNT 128	       /* GTH_REQUESTS_PER_USER */
#define NOT_ROOTS (1024 - 256) /* GTH_REQUESTS_MAX - GTH_REQUESTS_OF_ROOT */
#define BURST 1000	       /* GTH_EVENT_BURST in … */
#define BURST_SECONDS 10       /* … GTH_EVENT_SECONDS */
#define PATIENCE 60000
#define SOON 300
#define FIRST_MAPPED 100000
#define MAPPED 16
#define FIRST_PLAIN 2000
#define PLAIN 11

/* Shared by the processes of a test. */
struct shared {
	bool unshared, mapped, done;
	unsigned int allowed, denied, other; /* opens that came back */
};

FIXTURE(account)
{
	struct gth_place place;
	struct gth_file *f;
	struct shared *shared;
	int server;
	gth_u64 requests, full;
};

FIXTURE_SETUP(account)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	self->shared = gth_shared(sizeof(*self->shared));
	self->server = gth_serve();
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, ioctl(self->server, GTH_IOC_EXEMPT));
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "30000"));
	ASSERT_EQ(0, gth_set("no_daemon", "deny"));
	ASSERT_EQ(0, gth_set("open_unknown", "hold"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->requests = gth_stat("requests");
	self->full = gth_stat("queue_full");
}

FIXTURE_TEARDOWN_PARENT(account)
{
	/* Tasks that still wait go on. */
	gth_end(&self->place);
}

/* Return: n unknown files that every user may read; NULL: failed. */
static struct gth_file *make_files(const struct gth_place *place, unsigned int n)
{
	struct gth_file *f = calloc(n, sizeof(*f));
	char name[16];

	for (unsigned int i = 0; f && i < n; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		if (gth_make_code(&f[i], place, name))
			return NULL;
	}
	return f;
}

/* Tasks of one uid that open a file each */

struct part {
	struct shared *shared;
	const struct gth_file *f;
	unsigned int n;
	uid_t uid;
};

struct opener {
	pthread_t thread;
	const char *path;
	int err;
};

static void *open_one(void *arg)
{
	struct opener *o = arg;

	o->err = gth_open(o->path, O_RDONLY);
	return NULL;
}

static void tell(struct shared *shared, int err)
{
	unsigned int *count = !err	      ? &shared->allowed
			      : err == -EPERM ? &shared->denied
					      : &shared->other;

	__atomic_fetch_add(count, 1, __ATOMIC_SEQ_CST);
}

/* In a child: becomes uid and opens all at once; exits with 0 if it could do so. */
static void open_part(const struct part *p)
{
	struct opener *o = calloc(p->n, sizeof(*o));
	pthread_attr_t small;

	if (!o || setresuid(p->uid, p->uid, p->uid) || getuid() != p->uid)
		_exit(1);
	/* The change of user has reset it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (unsigned int i = 0; i < p->n; i++) {
		o[i].path = p->f[i].path;
		if (pthread_create(&o[i].thread, &small, open_one, &o[i]))
			_exit(2);
	}
	for (unsigned int i = 0; i < p->n; i++) {
		pthread_join(o[i].thread, NULL);
		tell(p->shared, o[i].err);
	}
	_exit(0);
}

/* Children of the uids from first on open `each` files each; 0: all of them could do so. */
static int open_as_uids(struct shared *shared, const struct gth_file *f, uid_t first,
			unsigned int uids, unsigned int each)
{
	pid_t pid[PLAIN];
	int wrong = 0;

	for (unsigned int i = 0; i < uids; i++) {
		struct part p = { shared, f + i * each, each, first + i };

		pid[i] = gth_hold_fork();
		if (!pid[i])
			open_part(&p);
	}
	for (unsigned int i = 0; i < uids; i++)
		wrong |= gth_wait_child(pid[i]);
	return wrong;
}

/* A user namespace with many uids */

static bool is_set(void *flag)
{
	return __atomic_load_n((bool *)flag, __ATOMIC_SEQ_CST);
}

static void set(bool *flag)
{
	__atomic_store_n(flag, true, __ATOMIC_SEQ_CST);
}

/* In a child: a namespace of owner's; returns when its uids are mapped. */
static void enter_namespace(struct shared *shared, uid_t owner)
{
	if (setresuid(owner, owner, owner))
		_exit(11);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (unshare(CLONE_NEWUSER) || prctl(PR_SET_DUMPABLE, 1))
		_exit(12);
	set(&shared->unshared);
	if (!gth_wait_until(is_set, &shared->mapped))
		_exit(13);
}

/* The caller is root of the namespace around it, and does as newuidmap(1) does. */
static int map_ids(struct shared *shared, pid_t pid, uid_t first)
{
	char path[64], map[64];
	int ret;

	if (!gth_wait_until(is_set, &shared->unshared))
		return -ETIME;
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	snprintf(map, sizeof(map), "0 %u %d", first, MAPPED);
	ret = gth_write_file(path, map, strlen(map));
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	ret = ret ? ret : gth_write_file(path, "0 0 1", 5);
	set(&shared->mapped);
	return ret;
}

#define UIDS 4
#define EACH 48

struct queued {
	gth_u64 requests, full;
};

static bool are_queued(void *arg)
{
	const struct queued *q = arg;

	return gth_stat("requests") >= q->requests && gth_stat("queue_full") >= q->full;
}

/* So many opens wait; the others were denied at once, since no_daemon applies to them. */
#define EXPECT_QUEUED(waiting, refused)                                                            \
	do {                                                                                       \
		struct queued q = { self->requests + (waiting), self->full + (refused) };          \
                                                                                                   \
		EXPECT_TRUE(gth_wait_until(are_queued, &q));                                       \
		EXPECT_EQ(q.requests, gth_stat("requests"));                                       \
		EXPECT_EQ(q.full, gth_stat("queue_full"));                                         \
	} while (0)

/* All that wait, for an answer or for room, go on; the child that is their parent ends well. */
#define EXPECT_LET_GO(pid, waiting, refused) /* by no_daemon */                                    \
	do {                                                                                       \
		ASSERT_EQ(0, gth_set("open_unknown", "allow"));                                    \
		EXPECT_EQ(0, gth_hold_ended(pid, PATIENCE));                                       \
		EXPECT_EQ(waiting, self->shared->allowed);                                         \
		EXPECT_EQ(refused, self->shared->denied);                                          \
		EXPECT_EQ(0, self->shared->other);                                                 \
	} while (0)

/* A namespace that root has made is an account of its own. */
TEST_F(account, uids_of_a_namespace_share_what_its_owner_may_have_asked)
{
	static const uid_t owner[] = { GTH_USER, 0 };

	self->f = make_files(&self->place, UIDS * EACH);
	ASSERT_NE(NULL, self->f);
	for (unsigned int i = 0; i < ARRAY_SIZE(owner); i++) {
		pid_t pid;

		*self->shared = (struct shared) { .unshared = false };
		self->requests = gth_stat("requests");
		self->full = gth_stat("queue_full");
		ASSERT_EQ(0, gth_set("open_unknown", "hold"));
		pid = gth_hold_fork();
		if (!pid) {
			enter_namespace(self->shared, owner[i]);
			_exit(open_as_uids(self->shared, self->f, 0, UIDS, EACH));
		}
		ASSERT_EQ(0, map_ids(self->shared, pid, FIRST_MAPPED));
		EXPECT_QUEUED(PER_ACCOUNT, UIDS * EACH - PER_ACCOUNT);
		EXPECT_LET_GO(pid, UIDS * EACH, 0);
	}
}

/* The owner of the outer one counts. */
TEST_F(account, namespace_in_a_namespace_is_the_outer_owners)
{
	struct shared *inner = gth_shared(sizeof(*inner));
	pid_t pid;

	self->f = make_files(&self->place, UIDS * EACH);
	ASSERT_NE(NULL, self->f);
	pid = gth_hold_fork();
	if (!pid) {
		enter_namespace(self->shared, GTH_USER);
		/* Its root makes another one, and may write to its child's uid_map. */
		if (setresuid(0, 0, 0) || prctl(PR_SET_DUMPABLE, 1))
			_exit(14);
		pid = fork();
		if (!pid) {
			enter_namespace(inner, 0);
			_exit(open_as_uids(self->shared, self->f, 0, UIDS, EACH));
		}
		_exit(map_ids(inner, pid, 0) ? 15 : gth_wait_child(pid));
	}
	ASSERT_EQ(0, map_ids(self->shared, pid, FIRST_MAPPED));
	EXPECT_QUEUED(PER_ACCOUNT, UIDS * EACH - PER_ACCOUNT);
	EXPECT_LET_GO(pid, UIDS * EACH, 0);
}

TEST_F(account, many_users_leave_room_for_root)
{
	const unsigned int each = 80, all = PLAIN * each;
	struct gth_file own;
	pid_t pid, roots;

	ASSERT_LT(NOT_ROOTS, all);
	self->f = make_files(&self->place, all);
	ASSERT_NE(NULL, self->f);
	ASSERT_EQ(0, gth_make_code(&own, &self->place, "own"));
	pid = gth_hold_fork();
	if (!pid)
		_exit(open_as_uids(self->shared, self->f, FIRST_PLAIN, PLAIN, each));
	EXPECT_QUEUED(NOT_ROOTS, all - NOT_ROOTS);
	roots = gth_hold_start(own.path, false);
	EXPECT_QUEUED(NOT_ROOTS + 1, all - NOT_ROOTS);
	EXPECT_EQ(-ETIME, gth_hold_ended(roots, SOON));
	EXPECT_LET_GO(pid, NOT_ROOTS, all - NOT_ROOTS);
	EXPECT_EQ(0, gth_hold_ended(roots, PATIENCE));
}

/* A task that was not given one may choose any: it must not be charged to another user. */
TEST_F(account, login_that_a_task_chooses_is_not_believed)
{
	static const char login[] = "/proc/self/loginuid";
	pid_t pid;

	if (access(login, F_OK))
		SKIP(return, "this kernel keeps no login uid");
	self->f = make_files(&self->place, UIDS * EACH);
	ASSERT_NE(NULL, self->f);
	pid = gth_hold_fork();
	if (!pid) {
		if (gth_write_file(login, "1000", 4))
			_exit(10);
		_exit(open_as_uids(self->shared, self->f, FIRST_PLAIN, UIDS, EACH));
	}
	EXPECT_QUEUED(UIDS * EACH, 0);
	EXPECT_LET_GO(pid, UIDS * EACH, 0);
}

/* Without a namespace each uid is a user. */
TEST_F(account, other_users_have_accounts_of_their_own)
{
	pid_t pid;

	self->f = make_files(&self->place, UIDS * EACH);
	ASSERT_NE(NULL, self->f);
	pid = gth_hold_fork();
	if (!pid)
		_exit(open_as_uids(self->shared, self->f, FIRST_PLAIN, UIDS, EACH));
	EXPECT_QUEUED(UIDS * EACH, 0);
	EXPECT_LET_GO(pid, UIDS * EACH, 0);
}

/* Events */

#define TIMES 800
/* No other test in this program makes events as this user: its burst is not used up. */
#define OWNER 3000

/* In a child that is in a namespace: a listed file is denied to two of its uids many times. */
static int flood(const char *path)
{
	pid_t pid[2];
	int wrong = 0;

	for (uid_t uid = 0; uid < 2; uid++) {
		pid[uid] = fork();
		if (pid[uid])
			continue;
		if (setresuid(uid, uid, uid))
			_exit(1);
		for (unsigned int i = 0; i < TIMES; i++)
			wrong |= gth_open(path, O_RDONLY) != -EPERM;
		_exit(wrong);
	}
	for (uid_t uid = 0; uid < 2; uid++)
		wrong |= gth_wait_child(pid[uid]);
	return wrong;
}

TEST_F(account, events_of_two_uids_of_a_namespace_are_bounded_together)
{
	gth_u64 suppressed = gth_stat("events_suppressed"), lost = gth_stat("events_lost");
	struct gth_file listed;
	char path[160];
	const char *of_it[] = { "\"type\":\"decision\"", path, NULL };
	off_t from, to;
	gth_u64 begin;
	pid_t pid;

	ASSERT_EQ(0, gth_make_code(&listed, &self->place, "listed"));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	snprintf(path, sizeof(path), "\"path\":\"%s\"", listed.path);
	from = gth_events_fence();
	ASSERT_LE(0, from);
	pid = gth_hold_fork();
	if (!pid) {
		enter_namespace(self->shared, OWNER);
		_exit(flood(listed.path));
	}
	begin = gth_now();
	ASSERT_EQ(0, map_ids(self->shared, pid, FIRST_MAPPED));
	EXPECT_EQ(0, gth_wait_child(pid));
	suppressed = gth_stat("events_suppressed") - suppressed;
	/* On a slow machine this is not a burst. */
	if (gth_now() - begin < BURST_SECONDS - 1)
		EXPECT_LE(2 * TIMES - BURST, suppressed);
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(2 * TIMES, gth_events_count(from, to, of_it, NULL, 0) + suppressed +
				     gth_stat("events_lost") - lost);
}

TEST_HARNESS_MAIN
