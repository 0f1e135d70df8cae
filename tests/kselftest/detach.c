// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * detach.c - BPF programs of others leave a hook while tasks wait inside the module.
 *
 * The others' programs are there before the module's, so that theirs and the
 * module's share what the kernel replaces when one of them leaves. The tasks map a
 * file that is open for writing all the time: each mapping hashes, and sleeps.
 */
#include "test.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bpf_counter.h"

#define QUIET 6 /* programs that leave while nothing else changes */
#define CHURN 6 /* and while another one comes and goes */
#define OTHERS (QUIET + CHURN)
#define MAPPERS 6
#define SIZE (1UL << 20)
#define PAUSE 300000 /* us */

struct mapper {
	atomic_ulong maps, failed;
	atomic_int error; /* of the last mapping that failed */
};

struct shared {
	struct mapper mapper[MAPPERS];
	atomic_ulong churns;
	atomic_bool churn;
};

FIXTURE(detach)
{
	struct gth_place place;
	int btf_id, map;
	int program[OTHERS], link[OTHERS];
	uint32_t id[OTHERS];
	int spare;
	struct shared *s;
	pid_t mapper[MAPPERS], churner;
};

/* A program that does not sleep. */
static int load_program(FIXTURE_DATA(detach) * self)
{
	return gth_counter_load("other", self->map, self->btf_id, 0);
}

/* Return: 0; or -errno. */
static int attach_others(FIXTURE_DATA(detach) * self)
{
	self->map = gth_counter_map("other");
	if (self->map < 0)
		return self->map;
	for (int i = 0; i < OTHERS; i++) {
		struct bpf_prog_info info = { .type = 0 };
		uint32_t len = sizeof(info);

		self->program[i] = load_program(self);
		if (self->program[i] < 0)
			return self->program[i];
		if (bpf_obj_get_info_by_fd(self->program[i], &info, &len))
			return -errno;
		self->id[i] = info.id;
		self->link[i] = bpf_raw_tracepoint_open(NULL, self->program[i]);
		if (self->link[i] < 0)
			return self->link[i];
		/* The link keeps it. */
		close(self->program[i]);
	}
	self->spare = load_program(self);
	return self->spare < 0 ? self->spare : 0;
}

static bool others_are_freed(void *arg)
{
	FIXTURE_DATA(detach) *self = arg;
	uint32_t id;

	for (int i = 0; i < OTHERS; i++)
		if (!bpf_prog_get_next_id(self->id[i] - 1, &id) && id == self->id[i])
			return false;
	return true;
}

FIXTURE_SETUP(detach)
{
	/* A test before may have left without them. */
	if (access(GTH_DEVICE, F_OK))
		gth_modprobe(NULL);
	if (gth_daemon())
		ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, gth_unload());
	self->btf_id = libbpf_find_vmlinux_btf_id("mmap_file", BPF_LSM_MAC);
	ASSERT_LT(0, self->btf_id);
	ASSERT_EQ(0, attach_others(self));
	ASSERT_TRUE(gth_start_daemon());
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	self->s = mmap(NULL, sizeof(*self->s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	ASSERT_NE(MAP_FAILED, self->s);
}

FIXTURE_TEARDOWN_PARENT(detach)
{
	/* For those that come after. */
	if (access(GTH_DEVICE, F_OK))
		gth_modprobe(NULL);
	if (!gth_daemon())
		gth_start_daemon();
	gth_end(&self->place);
}

/* A child with the test's descriptors, but not its links; 0: in it */
static pid_t begin_child(FIXTURE_DATA(detach) * self)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int i = 0; i < OTHERS; i++)
			close(self->link[i]);
	}
	return pid;
}

static int start_mapper(FIXTURE_DATA(detach) * self, int n)
{
	struct mapper *m = &self->s->mapper[n];
	static uint8_t text[SIZE];
	struct gth_file f;
	int writer, reader, ret;
	char name[16];
	pid_t pid;

	snprintf(name, sizeof(name), "f%d", n);
	memset(text, 'a', sizeof(text));
	gth_salt(text, 16);
	ret = gth_make(&f, &self->place, name, 0644, text, sizeof(text));
	if (ret)
		return ret;
	writer = gth_open_fd(f.path, O_RDWR);
	reader = gth_open_fd(f.path, O_RDONLY);
	if (writer < 0 || reader < 0)
		return -EIO;
	pid = begin_child(self);
	if (!pid) {
		if (setgid(GTH_USER) || setuid(GTH_USER))
			_exit(126);
		for (;;) {
			void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, reader, 0);

			if (p == MAP_FAILED) {
				atomic_store(&m->error, errno);
				atomic_fetch_add(&m->failed, 1);
				usleep(10000);
				continue;
			}
			munmap(p, 4096);
			atomic_fetch_add(&m->maps, 1);
		}
	}
	close(writer);
	close(reader);
	self->mapper[n] = pid;
	return pid < 0 ? -EAGAIN : 0;
}

static void start_churner(FIXTURE_DATA(detach) * self)
{
	pid_t pid = begin_child(self);

	if (pid) {
		self->churner = pid;
		return;
	}
	for (;;) {
		int link;

		usleep(20000);
		if (!atomic_load(&self->s->churn))
			continue;
		link = bpf_raw_tracepoint_open(NULL, self->spare);
		if (link < 0)
			continue;
		usleep(20000);
		close(link);
		atomic_fetch_add(&self->s->churns, 1);
	}
}

static int end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	return gth_wait_child(pid);
}

struct progress {
	struct shared *s;
	unsigned long maps[MAPPERS], churns;
};

static void note_progress(struct progress *p, struct shared *s)
{
	p->s = s;
	for (int i = 0; i < MAPPERS; i++)
		p->maps[i] = atomic_load(&s->mapper[i].maps);
	p->churns = atomic_load(&s->churns);
}

/* Each task that was inside when progress was noted has left, and come again. */
static bool all_went_on(void *arg)
{
	struct progress *p = arg;

	for (int i = 0; i < MAPPERS; i++)
		if (atomic_load(&p->s->mapper[i].maps) < p->maps[i] + 2)
			return false;
	return !atomic_load(&p->s->churn) || atomic_load(&p->s->churns) > p->churns;
}

static bool go_on(struct shared *s)
{
	struct progress p;

	note_progress(&p, s);
	return gth_wait_until(all_went_on, &p);
}

TEST_F(detach, no_mapping_fails_while_programs_of_others_leave)
{
	gth_u64 hashes = gth_stat("hashes"), changing = gth_stat("hooks_changing"), before;
	unsigned long maps = 0;

	for (int i = 0; i < MAPPERS; i++)
		ASSERT_EQ(0, start_mapper(self, i));
	start_churner(self);
	ASSERT_LT(0, self->churner);
	before = gth_counter_runs(self->map);
	ASSERT_TRUE(go_on(self->s));
	EXPECT_LE(before + (gth_u64)MAPPERS * OTHERS, gth_counter_runs(self->map));
	for (int i = 0; i < OTHERS; i++) {
		if (i == QUIET) {
			atomic_store(&self->s->churn, true);
			ASSERT_TRUE(go_on(self->s));
		}
		close(self->link[i]);
		usleep(PAUSE);
		EXPECT_TRUE(go_on(self->s));
	}
	EXPECT_LT(0, atomic_load(&self->s->churns));
	EXPECT_EQ(-EINTR, end_child(self->churner));
	for (int i = 0; i < MAPPERS; i++) {
		struct mapper *m = &self->s->mapper[i];

		EXPECT_EQ(-EINTR, end_child(self->mapper[i]));
		EXPECT_EQ(0, atomic_load(&m->failed));
		EXPECT_EQ(0, atomic_load(&m->error));
		maps += atomic_load(&m->maps);
	}
	/* Each of them hashed. */
	EXPECT_LE(hashes + maps, gth_stat("hashes"));
	printf("# %lu mappings, %lu programs came and went, hooks_changing rose by %llu\n", maps,
	       atomic_load(&self->s->churns), gth_stat("hooks_changing") - changing);
	close(self->spare);
	EXPECT_TRUE(gth_wait_until(others_are_freed, self));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_EQ(0, gth_unload());
	EXPECT_TRUE(gth_module_goes());
}

TEST_HARNESS_MAIN
