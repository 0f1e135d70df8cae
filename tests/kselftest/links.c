// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * links.c - the module keeps the hooks that it was given, whatever becomes of
 * their pins, until it is told otherwise.
 *
 * The tests follow one another: each leaves a daemon running, as it found one.
 */
#include "test.h"

#include <dirent.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BPFFS "/sys/fs/bpf"
#define HOOKS 8
#define STATUS "/tmp/status"

FIXTURE(links)
{
	struct gth_place place;
	struct gth_file f;
	bool covered;
};

/* Module and daemon are there, whatever a test before has left undone. */
static int start_over(void)
{
	if (access(GTH_DEVICE, F_OK) && gth_modprobe(NULL))
		return -ENODEV;
	if (!gth_daemon() && !gth_start_daemon())
		return -ESRCH;
	return 0;
}

static int protect(const struct gth_file *f)
{
	int ret = gth_list(f, GTH_CLASS_MALICIOUS);

	return ret ? ret : gth_set("mode", "enforce");
}

static bool so_many(void *n)
{
	return gth_bpf_programs() == *(unsigned int *)n;
}

FIXTURE_SETUP(links)
{
	unsigned int hooks = HOOKS;

	ASSERT_EQ(0, start_over());
	ASSERT_EQ(0, gth_begin(&self->place, MNT));
	ASSERT_EQ(0, gth_make_program(&self->f, &self->place, "f", NULL, 5));
	ASSERT_EQ(0, protect(&self->f));
	ASSERT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	/* Those that a test before has replaced go a little later. */
	ASSERT_TRUE(gth_wait_until(so_many, &hooks));
}

FIXTURE_TEARDOWN_PARENT(links)
{
	if (self->covered) {
		/* The next test attaches anew, with pins in the first bpffs. */
		gth_end_daemon(SIGKILL);
		gth_unload();
		umount2(BPFFS, MNT_DETACH);
		gth_unload();
	}
	gth_end(&self->place);
}

/* Removes all pins, as `rm -r` does; how many there were, or -errno */
static int remove_pins(void)
{
	DIR *d = opendir(GTH_PINS);
	struct dirent *entry;
	int n = 0;

	if (!d)
		return -errno;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			n += !unlinkat(dirfd(d), entry->d_name, 0);
	closedir(d);
	return rmdir(GTH_PINS) ? -errno : n;
}

/* The word of gotthardctl status on the hooks; stands until the next call */
static const char *status(void)
{
	const char *const argv[] = { "/usr/bin/gotthardctl", "status", NULL };
	static char line[256];
	FILE *f;

	/* Its exit status tells of other things, too. */
	gth_run(argv, STATUS);
	f = fopen(STATUS, "re");
	if (!f)
		return "?";
	while (fgets(line, sizeof(line), f) && strncmp(line, "hooks ", 6))
		;
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return strncmp(line, "hooks ", 6) ? "?" : line + strspn(line + 6, " ") + 6;
}

static bool none_left(void *arg)
{
	(void)arg;
	return !gth_bpf_programs();
}

static bool opens(void *path)
{
	return !gth_open(path, O_RDONLY);
}

/* --unload takes all programs away. */
#define EXPECT_UNLOADS()                                                                           \
	do {                                                                                       \
		EXPECT_EQ(0, gth_unload());                                                        \
		EXPECT_EQ(1, gth_lines_with(GTH_LOG, "hooks detached"));                           \
		EXPECT_EQ(0, gth_read_number(GTH_ROOT "health/hooks"));                            \
		ASSERT_TRUE(gth_wait_until(none_left, NULL))                                       \
		{                                                                                  \
			TH_LOG("%u programs are left", gth_bpf_programs());                        \
		}                                                                                  \
		EXPECT_TRUE(gth_wait_until(opens, self->f.path));                                  \
	} while (0)

#define EXPECT_MODULE_GOES()                                                                       \
	do {                                                                                       \
		EXPECT_TRUE(gth_module_goes());                                                    \
		ASSERT_EQ(0, gth_modprobe(NULL));                                                  \
		ASSERT_TRUE(gth_start_daemon());                                                   \
		ASSERT_EQ(0, protect(&self->f));                                                   \
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));                               \
	} while (0)

static int get_pin(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };
	int fd = (int)syscall(SYS_bpf, BPF_OBJ_GET, &attr, sizeof(attr));

	return fd < 0 ? -errno : fd;
}

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
	return gth_lines_with(GTH_LOG, words) > 0;
}

static int keep(const struct gth_hooks *hooks)
{
	return gth_device_call(GTH_IOC_HOOKS, (void *)hooks);
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

/* What makes a program name one link: the module finds its links by their programs. */
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
	EXPECT_TRUE(gth_wait_until(log_says, "the module was told to keep others"));
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

TEST_F(links, without_pins_are_detached_by_unload)
{
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_LE(2 * HOOKS, remove_pins());
	EXPECT_UNLOADS();
	EXPECT_STREQ("not attached", status());
	EXPECT_MODULE_GOES();
}

TEST_F(links, half_pinned_are_detached_by_unload)
{
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, unlink(GTH_PINS "/link_gth_mmap_file"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_UNLOADS();
	EXPECT_MODULE_GOES();
}

/* The pins are in the first one still, where no path leads any more. */
TEST_F(links, pinned_where_another_bpffs_is_mounted_are_detached_by_unload)
{
	unsigned int hooks = HOOKS;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	ASSERT_EQ(0, mount("bpf", BPFFS, "bpf", 0, NULL));
	self->covered = true;
	ASSERT_NE(0, access(GTH_PINS, F_OK));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "took over the hooks"));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	/* One set: what the loaded programs were compared with has gone again. */
	EXPECT_TRUE(gth_wait_until(so_many, &hooks));
	EXPECT_EQ(0, access(GTH_PINS "/link_gth_file_open", F_OK));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_UNLOADS();
}

/* Where --unload cannot reach: it must not say that they are gone. */
TEST_F(links, pinned_elsewhere_are_not_said_to_be_detached)
{
	int pin = -1;

	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	pin = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, pin);
	EXPECT_EQ(1, gth_unload());
	EXPECT_EQ(1, gth_lines_with(GTH_LOG, "hooks stay attached"));
	EXPECT_EQ(0, gth_lines_with(GTH_LOG, "not protected"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	close(pin);
	EXPECT_TRUE(gth_wait_until(none_left, NULL));
	EXPECT_TRUE(gth_wait_until(opens, self->f.path));
	EXPECT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_start_daemon());
}

/* Events */

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

/* The call */

#define EXPECT_KEPT()                                                                              \
	do {                                                                                       \
		EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));                        \
		EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));                               \
		EXPECT_EQ(HOOKS, gth_bpf_programs());                                              \
	} while (0)

TEST_F(links, malformed_record_is_refused_and_the_kept_ones_stay)
{
	struct gth_hooks hooks = { .size = sizeof(hooks), .n = 1 };
	static const unsigned int sizes[] = { 0, sizeof(hooks) - 1, sizeof(hooks) + 1, ~0U };
	static const unsigned int numbers[] = { GTH_LINKS_MAX + 1, 1000, ~0U };

	hooks.fd[0] = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, hooks.fd[0]);
	for (unsigned int i = 0; i < ARRAY_SIZE(sizes); i++) {
		hooks.size = sizes[i];
		EXPECT_EQ(-EINVAL, keep(&hooks));
	}
	hooks.size = sizeof(hooks);
	for (unsigned int i = 0; i < ARRAY_SIZE(numbers); i++) {
		hooks.n = numbers[i];
		EXPECT_EQ(-EINVAL, keep(&hooks));
	}
	EXPECT_EQ(-EFAULT, keep(NULL));
	EXPECT_KEPT();
}

TEST_F(links, descriptor_of_something_else_is_refused_and_the_kept_ones_stay)
{
	struct gth_hooks hooks = { .size = sizeof(hooks), .n = 2 };
	int other[] = { get_pin(GTH_PINS "/prog_gth_file_open"), get_pin(GTH_PINS "/events"),
			gth_open_fd("/dev/null", O_RDONLY), gth_device(),
			gth_open_fd(self->place.dir, O_RDONLY | O_DIRECTORY) };

	/* The first one is good. */
	hooks.fd[0] = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, hooks.fd[0]);
	for (unsigned int i = 0; i < ARRAY_SIZE(other); i++) {
		ASSERT_LE(0, other[i]);
		hooks.fd[1] = other[i];
		EXPECT_EQ(-EINVAL, keep(&hooks))
		{
			TH_LOG("descriptor %u", i);
		}
	}
	hooks.fd[1] = -1;
	EXPECT_EQ(-EBADF, keep(&hooks));
	hooks.n = GTH_LINKS_MAX;
	for (unsigned int i = 1; i < GTH_LINKS_MAX; i++)
		hooks.fd[i] = hooks.fd[0];
	hooks.fd[GTH_LINKS_MAX - 1] = 1 << 20;
	EXPECT_EQ(-EBADF, keep(&hooks));
	EXPECT_KEPT();
}

static int give_up_sys_admin(void)
{
	struct __user_cap_header_struct h = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct d[2];

	if (syscall(SYS_capget, &h, d))
		return -errno;
	d[0].effective &= ~(1U << CAP_SYS_ADMIN);
	d[0].permitted &= ~(1U << CAP_SYS_ADMIN);
	return syscall(SYS_capset, &h, d) ? -errno : 0;
}

/* A child without privilege has a descriptor of the device that root opened; what it gets */
static int keep_without(int device, const struct gth_hooks *hooks, bool user)
{
	pid_t pid = fork();

	if (!pid) {
		if (user ? setgid(GTH_USER) || setuid(GTH_USER) : give_up_sys_admin())
			_exit(255);
		_exit(ioctl(device, GTH_IOC_HOOKS, hooks) ? errno : 0);
	}
	return -gth_wait_child(pid);
}

TEST_F(links, descriptor_of_the_device_that_was_passed_on_is_not_enough)
{
	struct gth_hooks none = { .size = sizeof(none) }, one = { .size = sizeof(one), .n = 1 };
	int device = gth_device();

	ASSERT_LE(0, device);
	one.fd[0] = get_pin(GTH_PINS "/link_gth_file_open");
	ASSERT_LE(0, one.fd[0]);
	for (int user = 0; user < 2; user++) {
		EXPECT_EQ(-EPERM, keep_without(device, &none, user));
		EXPECT_EQ(-EPERM, keep_without(device, &one, user));
	}
	EXPECT_KEPT();
}

/* Pins keep the programs that the module gives up. */
TEST_F(links, kept_are_those_of_the_last_call)
{
	struct gth_hooks hooks = { .size = sizeof(hooks) };
	unsigned int all = HOOKS;

	/* It would put them back. */
	ASSERT_TRUE(gth_end_daemon(SIGTERM));
	EXPECT_EQ(0, keep(&hooks));
	EXPECT_EQ(0, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	EXPECT_EQ(HOOKS, gth_bpf_programs());
	/* The same link several times counts as often. */
	hooks.n = GTH_LINKS_MAX;
	for (unsigned int i = 0; i < GTH_LINKS_MAX; i++)
		hooks.fd[i] = get_pin(GTH_PINS "/link_gth_file_open");
	EXPECT_EQ(0, keep(&hooks));
	EXPECT_EQ(GTH_LINKS_MAX, gth_read_number(GTH_ROOT "health/hooks"));
	for (unsigned int i = 0; i < GTH_LINKS_MAX; i++)
		close(hooks.fd[i]);
	/* Without pins and descriptors only this one stays. */
	ASSERT_LE(2 * HOOKS, remove_pins());
	all = 1;
	EXPECT_TRUE(gth_wait_until(so_many, &all));
	EXPECT_EQ(-EPERM, gth_open(self->f.path, O_RDONLY));
	ASSERT_TRUE(gth_start_daemon());
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	all = HOOKS;
	EXPECT_TRUE(gth_wait_until(so_many, &all));
}

TEST_HARNESS_MAIN
