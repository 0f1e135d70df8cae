// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * waits.c - tasks that wait inside the module hold up no other task.
 *
 * Each deed of a bystander is timed without waiters and beside them. A deed that they
 * hold up takes as long as they wait, and they wait until they are killed after a limit,
 * so ALLOWANCE can be generous to a slow machine. One that was slow is done again: waiters
 * hold it up each time, another guest on the machine does not.
 */
#include "test.h"

#include <bpf/libbpf.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "bpf_counter.h"
#include "stress.h"
#include "hold_helpers.h"
#include "waits.h"

#define ALLOWANCE (GTH_SLOW > 1 ? 10000 : 5000) /* ms */
#define AS_LONG_AS(without) (2 * (without) + ALLOWANCE)
#define TRIES 3
/* s; the waiters are killed then, before their waits end by themselves. */
#define LIMIT_VERDICT 20 /* each wait ends after hold_timeout_ms, 30000 at most */
#define LIMIT_LEASE 40	 /* the kernel breaks a lease after 45 s */
#define LIMIT (60 * GTH_SLOW)
#define STARVED "starving tasks hold this up without the module too"

#define HELD 200
#define HELD_FILES 8
#define HASHING 50
#define FOLLOWING 10
#define LEASED 20
/* Of a hole: it takes no room, and hashing it does not end. */
#define HUGE (16LL << 30)

enum wait {
	WAIT_VERDICT,
	WAIT_HASH,
	WAIT_SCAN,
	WAIT_LEASE,
};

FIXTURE(waits)
{
	struct gth_place place;
	struct gth_waiters w;
	struct gth_file f[HASHING];
	struct gth_lease lease;
	int server;
};

FIXTURE_VARIANT(waits)
{
	const char *name;
	enum wait wait;
	unsigned int limit;
	bool starved;
};

FIXTURE_VARIANT_ADD(waits, held) {
	.name = "held",
	.wait = WAIT_VERDICT,
	.limit = LIMIT_VERDICT,
};
FIXTURE_VARIANT_ADD(waits, hashing) {
	.name = "hashing",
	.wait = WAIT_HASH,
	.limit = LIMIT,
	.starved = true,
};
FIXTURE_VARIANT_ADD(waits, behind_a_scan) {
	.name = "behind_a_scan",
	.wait = WAIT_SCAN,
	.limit = LIMIT,
	.starved = true,
};
FIXTURE_VARIANT_ADD(waits, behind_a_lease) {
	.name = "behind_a_lease",
	.wait = WAIT_LEASE,
	.limit = LIMIT_LEASE,
};

static int make_files(FIXTURE_DATA(waits) * self, enum wait wait)
{
	int n = wait == WAIT_VERDICT ? HELD_FILES : wait == WAIT_HASH ? HASHING : 1;
	char name[16];
	int ret = 0;

	for (int i = 0; i < n && !ret; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		ret = gth_make_code(&self->f[i], &self->place, name);
		if (!ret && (wait == WAIT_HASH || wait == WAIT_SCAN) &&
		    truncate(self->f[i].path, HUGE))
			ret = -errno;
	}
	return ret;
}

/* The test serves, and never answers. */
static int set_policy(FIXTURE_DATA(waits) * self, enum wait wait)
{
	int ret = 0;

	if (wait == WAIT_VERDICT) {
		self->server = gth_serve();
		if (self->server < 0)
			return self->server;
		if (ioctl(self->server, GTH_IOC_EXEMPT))
			return -errno;
		ret = gth_set("hold_timeout_ms", "30000");
		ret = ret ? ret : gth_set("open_unknown", "hold");
	}
	ret = ret ? ret : gth_set("max_hash_bytes", "68719476736");
	return ret ? ret : gth_set("mode", "enforce");
}

static void start_waiters(FIXTURE_DATA(waits) * self, enum wait wait)
{
	gth_waiters_init(&self->w);
	if (wait == WAIT_VERDICT)
		for (int i = 0; i < HELD; i++)
			gth_waiter_opens(&self->w, self->f[i % HELD_FILES].path);
	if (wait == WAIT_HASH)
		for (int i = 0; i < HASHING; i++)
			gth_waiter_starves(&self->w, self->f[i].path);
	if (wait == WAIT_SCAN)
		gth_waiter_starves(&self->w, self->f[0].path);
	if (wait == WAIT_LEASE) {
		self->w.inside = "__break_lease";
		if (gth_lease_begin(&self->lease, self->f[0].path))
			return;
		for (int i = 0; i < LEASED; i++)
			gth_waiter_opens(&self->w, self->f[0].path);
	}
}

/* Return: all wait, and those that are to starve do. */
static bool settle_waiters(FIXTURE_DATA(waits) * self, enum wait wait)
{
	gth_u64 waits = gth_stat("hash_waits");

	if (!gth_waiters_wait(&self->w))
		return false;
	if (wait == WAIT_SCAN) {
		for (int i = 0; i < FOLLOWING; i++)
			gth_waiter_opens_briefly(&self->w, self->f[0].path);
		if (!gth_waiters_wait(&self->w) || gth_stat("hash_waits") < waits + FOLLOWING)
			return false;
	}
	if (wait == WAIT_HASH || wait == WAIT_SCAN)
		gth_waiters_hog(&self->w);
	return true;
}

FIXTURE_SETUP(waits)
{
	/* A test before may have left without them. */
	if (access(GTH_DEVICE, F_OK))
		gth_modprobe(NULL);
	if (!gth_daemon())
		gth_start_daemon();
	ASSERT_NE(0, gth_daemon());
	self->server = -1;
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_cgroups_make());
	ASSERT_EQ(0, make_files(self, variant->wait));
	ASSERT_EQ(0, set_policy(self, variant->wait));
}

FIXTURE_TEARDOWN_PARENT(waits)
{
	gth_cgroups_remove();
	gth_end(&self->place);
}

/* Times a deed without waiters, but beside their hog, whose share of the time is not theirs. */
static long alone(FIXTURE_DATA(waits) * self, const FIXTURE_VARIANT(waits) * variant,
		  gth_bystanding deed)
{
	long took;

	gth_waiters_init(&self->w);
	if (variant->starved)
		gth_waiters_hog(&self->w);
	took = deed(&self->w);
	if (variant->starved)
		gth_waiters_end(&self->w);
	return took;
}

/* Times a deed without waiters and beside them; they wait on, and go when they are killed. */
static void stand_by(struct __test_metadata *_metadata, FIXTURE_DATA(waits) * self,
		     const FIXTURE_VARIANT(waits) * variant, gth_bystanding deed)
{
	long without = alone(self, variant, deed), beside = LONG_MAX;

	if (without == -EOPNOTSUPP)
		SKIP(return, "this kernel has no such thing");
	ASSERT_LE(0, without);
	start_waiters(self, variant->wait);
	ASSERT_TRUE(settle_waiters(self, variant->wait));
	for (int i = 0; i < TRIES && beside > AS_LONG_AS(without); i++) {
		pid_t limit = gth_limit_begin(&self->w, variant->limit);
		long took = deed(&self->w);

		printf("# %s, %s: without %ld ms, beside %ld ms\n", _metadata->name, variant->name,
		       without, took);
		ASSERT_FALSE(gth_limit_end(limit));
		ASSERT_LE(0, took);
		ASSERT_TRUE(gth_waiters_wait(&self->w));
		beside = took < beside ? took : beside;
	}
	EXPECT_LE(beside, AS_LONG_AS(without));
	EXPECT_LE(gth_waiters_end(&self->w), 2 * ALLOWANCE);
}

/* One test for each deed, with each kind of waiters. */
#define STAND_BY(name, deed)                                                                       \
	TEST_F(waits, name)                                                                        \
	{                                                                                          \
		stand_by(_metadata, self, variant, deed);                                          \
	}

STAND_BY(cgroup_is_made_and_removed, gth_deed_cgroup)
STAND_BY(cpuset_of_their_cgroup_is_written, gth_deed_cpuset)
STAND_BY(cgroup_is_made_while_their_cpuset_is_written, gth_deed_cgroup_beside_cpuset)
STAND_BY(task_is_moved_to_another_cgroup, gth_deed_move)
STAND_BY(cgroup_of_others_is_frozen_and_thawed, gth_deed_cgroup_freeze)
STAND_BY(affinity_of_a_waiter_is_set, gth_deed_affinity)
STAND_BY(processor_goes_offline_and_online, gth_deed_processor)
STAND_BY(function_tracer_is_set_and_unset, gth_deed_tracer)

TEST_F(waits, function_tracer_of_an_instance_is_set_and_unset)
{
	/* The kernel waits here until each task that is ready to run has run. */
	if (variant->starved)
		SKIP(return, STARVED);
	stand_by(_metadata, self, variant, gth_deed_tracer_of_instance);
}

STAND_BY(kprobe_is_made_and_removed, gth_deed_kprobe)
STAND_BY(user_space_is_frozen_and_thawed, gth_deed_freeze)

/* A BPF program that is not the module's, on a hook in which they wait */

static int btf_id, map_fd, program_fd;
static uint32_t map_id, program_id;

/* Return: 0, with the ids by which the end of program and map is seen; or -errno. */
static int make_program(void)
{
	struct bpf_prog_info program = { .type = 0 };
	struct bpf_map_info map = { .type = 0 };
	uint32_t program_len = sizeof(program), map_len = sizeof(map);

	map_fd = gth_counter_map("bystander");
	if (map_fd < 0)
		return map_fd;
	program_fd = gth_counter_load("bystander", map_fd, btf_id, BPF_F_SLEEPABLE);
	if (program_fd < 0)
		return program_fd;
	if (bpf_obj_get_info_by_fd(program_fd, &program, &program_len) ||
	    bpf_obj_get_info_by_fd(map_fd, &map, &map_len))
		return -errno;
	program_id = program.id;
	map_id = map.id;
	return 0;
}

/* A program keeps its map until it is freed. */
static bool is_freed(void *arg)
{
	uint32_t id;

	(void)arg;
	return (bpf_prog_get_next_id(program_id - 1, &id) || id != program_id) &&
	       (bpf_map_get_next_id(map_id - 1, &id) || id != map_id);
}

/* The kernel frees a program when no task can be inside it any more. */
static long use_bpf(const struct gth_waiters *w)
{
	int ret, link;
	long start;

	(void)w;
	ret = make_program();
	if (ret)
		return ret;
	start = gth_ms();
	link = bpf_raw_tracepoint_open(NULL, program_fd);
	if (link < 0)
		return link;
	if (gth_open("/proc/self/exe", O_RDONLY) || !gth_counter_runs(map_fd))
		return -EIO;
	close(link);
	close(program_fd);
	close(map_fd);
	return gth_wait_until(is_freed, NULL) ? gth_ms() - start : -ETIME;
}

TEST_F(waits, bpf_program_is_attached_detached_and_freed)
{
	btf_id = libbpf_find_vmlinux_btf_id("file_open", BPF_LSM_MAC);
	ASSERT_LT(0, btf_id);
	stand_by(_metadata, self, variant, use_bpf);
}

/* The hooks are taken away beside waiters, and the module when they are gone */

/* The daemon's program and its libraries are not held. */
static int trust_daemon(void)
{
	char path[64], line[512], last[512] = "";
	FILE *maps;
	int ret = 0;

	snprintf(path, sizeof(path), "/proc/%d/maps", gth_daemon());
	maps = fopen(path, "re");
	if (!maps)
		return -errno;
	while (!ret && fgets(line, sizeof(line), maps)) {
		const char *file = strchr(line, '/');
		uint8_t digest[GTH_DIGEST_SIZE];
		ssize_t n;
		char *data;
		int fd;

		line[strcspn(line, "\n")] = '\0';
		if (!file || !strcmp(file, last))
			continue;
		strcpy(last, file);
		fd = gth_open_fd(file, O_RDONLY);
		if (fd < 0)
			continue;
		data = malloc(32 << 20);
		n = data ? read(fd, data, 32 << 20) : -1;
		if (n > 0) {
			gth_sha256(data, (size_t)n, digest);
			ret = gth_verdict(digest, GTH_CLASS_TRUSTED, 0);
		}
		free(data);
		close(fd);
	}
	fclose(maps);
	return ret;
}

static long unload(const struct gth_waiters *w)
{
	long start = gth_ms();
	int ret = gth_unload();

	(void)w;
	return ret ? -EIO : gth_ms() - start;
}

static long remove_module(void)
{
	long start = gth_ms();

	return gth_module_goes() ? gth_ms() - start : -ETIME;
}

TEST_F(waits, hooks_are_unloaded_and_the_module_goes_after_them)
{
	long unloaded, removed, beside, ended, gone;
	int in_use = -1;
	pid_t limit;

	/* As above, where the kernel frees what it called a hook's last program through. */
	if (variant->starved)
		SKIP(return, STARVED);
	in_use = gth_device();
	/* gotthardd waits 5 s for the module to be free, and shall do so both times. */
	ASSERT_LE(0, in_use);
	ASSERT_EQ(0, trust_daemon());
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	unloaded = alone(self, variant, unload);
	ASSERT_LE(0, unloaded);
	close(in_use);
	if (self->server >= 0)
		close(self->server);
	removed = remove_module();
	ASSERT_LE(0, removed);

	ASSERT_EQ(0, gth_modprobe(NULL));
	ASSERT_TRUE(gth_start_daemon());
	ASSERT_EQ(0, set_policy(self, variant->wait));
	ASSERT_EQ(0, trust_daemon());
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	start_waiters(self, variant->wait);
	ASSERT_TRUE(settle_waiters(self, variant->wait));
	limit = gth_limit_begin(&self->w, variant->limit);
	beside = unload(&self->w);
	printf("# unload, %s: without %ld ms, beside %ld ms\n", variant->name, unloaded, beside);
	EXPECT_LE(0, beside);
	EXPECT_LE(beside, AS_LONG_AS(unloaded));
	EXPECT_FALSE(gth_limit_end(limit));
	EXPECT_TRUE(gth_waiters_wait(&self->w));
	/* The wait for a lease may be the kernel's own. */
	if (variant->wait != WAIT_LEASE)
		EXPECT_NE(0, gth_remove_module());
	ended = gth_waiters_end(&self->w);
	if (self->server >= 0)
		close(self->server);
	gone = remove_module();
	printf("# rmmod, %s: without %ld ms, after them %ld + %ld ms\n", variant->name, removed,
	       ended, gone);
	EXPECT_LE(ended, 2 * ALLOWANCE);
	EXPECT_LE(0, gone);
	EXPECT_LE(gone, AS_LONG_AS(removed));
}

TEST_HARNESS_MAIN
