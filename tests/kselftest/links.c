// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * links.c - the module keeps the hooks that it was given, whatever becomes of
 * their pins, until it is told otherwise.
 */
#include "links.h"

GTH_FIXTURE_LINKS(links)

/* All of them: what was removed meanwhile has its name again. */
static bool are_pinned(void *arg)
{
	(void)arg;
	return !access(GTH_PINS "/prog_gth_kernel_read_file", F_OK);
}

static bool so_many_kept(void *n)
{
	return gth_read_number(GTH_ROOT "health/hooks") == *(unsigned int *)n;
}

static bool log_says(void *words)
{
	return log_has(words);
}

static int bpf(int command, union bpf_attr *attr)
{
	int ret = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

	return ret < 0 ? -errno : ret;
}

static int attach(int program)
{
	union bpf_attr attr = { .raw_tracepoint.prog_fd = (__u32)program };

	return bpf(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

/* Descriptors of the programs that are pinned; how many, at most HOOKS, or -errno */
static int get_programs(int program[HOOKS])
{
	DIR *d = opendir(GTH_PINS);
	struct dirent *entry;
	char path[320];
	int n = 0;

	if (!d)
		return -errno;
	while (n < HOOKS && (entry = readdir(d))) {
		if (strncmp(entry->d_name, "prog_", 5))
			continue;
		snprintf(path, sizeof(path), GTH_PINS "/%s", entry->d_name);
		program[n] = get_pin(path);
		if (program[n] < 0)
			break;
		n++;
	}
	closedir(d);
	return n;
}

/* A program names one link: the module finds its links by their programs. */
TEST_F(links, program_is_attached_once_and_to_its_own_hook)
{
	int link = get_pin(GTH_PINS "/link_gth_file_open");
	int program = get_pin(GTH_PINS "/prog_gth_file_open");
	int other = get_pin(GTH_PINS "/prog_gth_mmap_file");
	union bpf_attr create = { .link_create = { .prog_fd = (__u32)program,
						   .attach_type = BPF_LSM_MAC } };
	union bpf_attr target = { .link_create = { .prog_fd = (__u32)program,
						   .target_fd = (__u32)other,
						   .attach_type = BPF_LSM_MAC,
						   .target_btf_id = 1 } };
	union bpf_attr detach = { .link_detach.link_fd = (__u32)link };
	union bpf_attr update = { .link_update = { .link_fd = (__u32)link,
						   .new_prog_fd = (__u32)other } };

	ASSERT_LE(0, link);
	ASSERT_LE(0, program);
	ASSERT_LE(0, other);
	EXPECT_EQ(-EBUSY, attach(program));
	EXPECT_EQ(-EBUSY, bpf(BPF_LINK_CREATE, &create));
	EXPECT_EQ(-EINVAL, bpf(BPF_LINK_CREATE, &target));
	EXPECT_EQ(-EOPNOTSUPP, bpf(BPF_LINK_DETACH, &detach));
	EXPECT_EQ(-EINVAL, bpf(BPF_LINK_UPDATE, &update));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
}

/* Links that were given up go a little later; until then their programs cannot be attached. */
struct attachment {
	int program, link;
};

static bool attaches(void *arg)
{
	struct attachment *a = arg;

	a->link = attach(a->program);
	return a->link != -EBUSY;
}

/* Tasks then find the new links, and wait outside of the programs as before. */
TEST_F(links, programs_that_are_attached_again_have_new_links_that_are_found)
{
	struct gth_hooks none = { .size = sizeof(none) }, again = { .size = sizeof(again) };
	gth_u64 hashes, inside, changing;
	int program[HOOKS];
	struct gth_file g;

	ASSERT_EQ(0, gth_make_program(&g, &self->place, "g", NULL, 6));
	ASSERT_EQ(HOOKS, get_programs(program));
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	ASSERT_LE(2 * HOOKS, remove_pins());
	ASSERT_EQ(0, keep(&none));
	ASSERT_TRUE(gth_wait_until(opens, self->f.path));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
	for (; again.n < HOOKS; again.n++) {
		struct attachment a = { .program = program[again.n] };

		ASSERT_TRUE(gth_wait_until(attaches, &a));
		ASSERT_LE(0, a.link);
		again.fd[again.n] = a.link;
	}
	ASSERT_EQ(0, keep(&again));
	for (int i = 0; i < HOOKS; i++) {
		close(again.fd[i]);
		close(program[i]);
	}
	hashes = gth_stat("hashes");
	inside = gth_stat("waits_inside");
	changing = gth_stat("hooks_changing");
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(6, gth_exec(g.path));
	EXPECT_LT(hashes, gth_stat("hashes"));
	EXPECT_EQ(inside, gth_stat("waits_inside"));
	EXPECT_EQ(changing, gth_stat("hooks_changing"));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

/* Without a daemon that would put them back. */
TEST_F(links, outlive_their_pins)
{
	const char *needles[] = { "\"type\":\"decision\"", self->f.path, NULL };
	off_t from = gth_events_fence(), to;
	char mode[16];

	ASSERT_LE(0, from);
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	ASSERT_LE(2 * HOOKS, remove_pins());
	ASSERT_NE(0, access(GTH_PINS, F_OK));
	/* Programs that are detached go a little later. */
	usleep(500000);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
	snprintf(mode, sizeof(mode), "%s", gth_get("mode"));
	EXPECT_STREQ("enforce", mode);
	EXPECT_STREQ("attached, seen at work", status());
	/* The ring buffer has no name any more, and is found. */
	ASSERT_TRUE(gth_start_daemon());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(2, gth_events_count(from, to, needles, NULL, 0));
}

TEST_F(links, removed_pins_are_put_back_within_seconds)
{
	const char *needles[] = { "\"type\":\"hooks\"", "\"old\":\"8\"", "\"new\":\"8\"", NULL };
	off_t from = gth_events_fence(), to;
	unsigned int hooks = HOOKS;

	ASSERT_LE(0, from);
	ASSERT_LE(2 * HOOKS, remove_pins());
	EXPECT_TRUE(gth_wait_until(are_pinned, NULL));
	EXPECT_TRUE(gth_wait_until(log_says, "their pins were removed"));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_TRUE(gth_wait_until(so_many, &hooks));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	/* More than one if the daemon looked while some were there still. */
	EXPECT_LE(1, gth_events_count(from, to, needles, NULL, 0));
}

TEST_F(links, detached_ones_are_attached_again_within_seconds)
{
	const char *gone[] = { "\"type\":\"hooks\"", "\"new\":\"0\"", "\"comm\":\"links\"", NULL };
	const char *back[] = { "\"type\":\"hooks\"", "\"new\":\"8\"", "\"comm\":\"gotthardd\"",
			       NULL };
	const char *denied[] = { "\"type\":\"decision\"", self->f.path, NULL };
	struct gth_hooks none = { .size = sizeof(none) };
	unsigned int hooks = HOOKS;
	off_t from = gth_events_fence(), to;
	pid_t daemon = gth_daemon();

	ASSERT_LE(0, from);
	/* Neither names nor the module hold them now, unless the daemon is faster. */
	ASSERT_LE(0, remove_pins());
	ASSERT_EQ(0, keep(&none));
	EXPECT_TRUE(gth_wait_until(so_many_kept, &hooks));
	EXPECT_TRUE(gth_wait_until(are_pinned, NULL));
	EXPECT_TRUE(gth_wait_until(so_many, &hooks));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->f.path));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(from, to, gone, NULL, 0));
	EXPECT_LE(1, gth_events_count(from, to, back, NULL, 0));
	EXPECT_LE(2, gth_events_count(from, to, denied, NULL, 0));
	EXPECT_EQ(daemon, gth_daemon());
	EXPECT_STREQ("attached, seen at work", status());
}

/* Names alone hold them. */
TEST_F(links, that_the_module_was_told_to_forget_are_kept_again)
{
	struct gth_hooks none = { .size = sizeof(none) };
	unsigned int hooks = HOOKS;

	ASSERT_EQ(0, keep(&none));
	EXPECT_TRUE(gth_wait_until(so_many_kept, &hooks));
	EXPECT_TRUE(gth_wait_until(log_says, "the module was set to keep others"));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
}

TEST_F(links, without_pins_are_taken_over_by_a_daemon_that_starts)
{
	const char *needles[] = { "\"type\":\"decision\"", self->f.path, NULL };
	unsigned int hooks = HOOKS;
	off_t from, to;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_LE(2 * HOOKS, remove_pins());
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "took over the hooks"));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_TRUE(gth_wait_until(so_many, &hooks));
	EXPECT_EQ(0, access(GTH_PINS "/link_gth_file_open", F_OK));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(from, to, needles, NULL, 0));
	EXPECT_STREQ("attached, seen at work", status());
}

static unsigned int changes(off_t from, off_t to, const char *old, const char *new, const char *pid)
{
	const char *needles[] = { "\"type\":\"hooks\"",	    old, new, "\"uid\":0", pid,
				  "\"comm\":\"gotthardd\"", NULL };

	return gth_events_count(from, to, needles, NULL, 0);
}

TEST_F(links, change_is_one_event_that_names_old_new_and_who)
{
	const char *any[] = { "\"type\":\"hooks\"", NULL };
	const char *const argv[] = { "/usr/sbin/gotthardd", "--unload", NULL };
	off_t from = gth_events_fence(), to;
	char who[32];
	pid_t pid;

	ASSERT_LE(0, from);
	/* A daemon takes over from another. */
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_TRUE(gth_start_daemon());
	snprintf(who, sizeof(who), "\"pid\":%d,", gth_daemon());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, gth_events_count(from, to, any, NULL, 0));
	EXPECT_EQ(1, changes(from, to, "\"old\":\"8\"", "\"new\":\"8\"", who));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));

	/* The running daemon has the ring buffer open, writes the event of the end, and ends. */
	from = to;
	pid = gth_spawn(argv, STATUS);
	ASSERT_EQ(0, gth_wait_child(pid));
	snprintf(who, sizeof(who), "\"pid\":%d,", pid);
	EXPECT_EQ(0, gth_read_number(GTH_ROOT "health/hooks"));
	ASSERT_EQ(0, gth_daemon());
	ASSERT_TRUE(gth_start_daemon());
	to = gth_events_fence();
	ASSERT_LE(0, to);
	EXPECT_EQ(1, changes(from, to, "\"old\":\"8\"", "\"new\":\"0\"", who));
	snprintf(who, sizeof(who), "\"pid\":%d,", gth_daemon());
	EXPECT_EQ(1, changes(from, to, "\"old\":\"0\"", "\"new\":\"8\"", who));
	EXPECT_EQ(2, gth_events_count(from, to, any, NULL, 0));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
}

TEST_HARNESS_MAIN
