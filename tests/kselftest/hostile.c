// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hostile.c - whatever is thrown at the device, at sysfs and at the module's
 * parameters, the module goes on, knows what it knew and takes only what is
 * legal. lib/hostile_input.c and lib/call.c throw. The last test leaves the module without
 * hooks.
 */
#include "test.h"

#include <ftw.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"
#include "hostile_input.h"

#define ACTORS 4
#define LOADS 40
#define HOOKS 8

FIXTURE(hostile)
{
	struct gth_place place;
	struct gth_file listed, clean;
};

FIXTURE_SETUP(hostile)
{
	if (access(GTH_DEVICE, F_OK))
		ASSERT_EQ(0, gth_modprobe(NULL));
	if (!gth_daemon())
		ASSERT_TRUE(gth_start_daemon());
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 5));
	ASSERT_EQ(0, gth_make_program(&self->clean, &self->place, "clean", NULL, 6));
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(hostile)
{
	gth_end(&self->place);
}

/* Memory that the actors share. */
struct siege {
	struct gth_stress *stress;
	const struct gth_place *place;
	const struct gth_file *listed, *clean;
	struct gth_hostile_loads *loads;
	int device; /* opened by root */
	bool user;
	unsigned int taken, refused;
};

/* The errors that each call may give besides success; ends with 0. */
static const int ioctl_errors[] = { EINVAL, EBADF,  ESTALE,  EOPNOTSUPP, ENOSPC, ENODATA,
				    EFBIG,  EPROTO, EBADMSG, EBUSY,	 ENOENT, EUSERS,
				    EISDIR, EFAULT, ENOTTY,  0 };
static const int write_errors[] = { EINVAL, E2BIG, ENOSPC, EFAULT, ESPIPE, 0 };
static const int read_errors[] = { EINVAL, ENOTCONN, EAGAIN, EFAULT, EMFILE, ESPIPE, ENODEV, 0 };
/* A file that has no way to be written cannot be opened for it: root is told so, others may not. */
static const int sysfs_errors[] = { EINVAL, EFAULT, EACCES, 0 };

/* Another user gets: not permitted, or the kernel's own error before it asks the module. */
static const int user_errors[] = { EPERM, EACCES, EFAULT, ESPIPE, ENODEV, EINVAL, 0 };

static const struct {
	const char *name;
	int (*call)(struct gth_hostile *o);
	const int *errors;
	bool anybody; /* may do a part of it */
} calls[] = {
	{ "ioctl", gth_hostile_ioctl, ioctl_errors, false },
	{ "write", gth_hostile_write, write_errors, false },
	{ "read", gth_hostile_read, read_errors, false },
	{ "sysfs", gth_hostile_sysfs, sysfs_errors, true },
};

static bool expected(const int *errors, int error)
{
	while (*errors && *errors != error)
		errors++;
	return *errors;
}

static void throw(void *arg)
{
	static struct gth_hostile odd;
	struct siege *s = arg;
	unsigned int i = (unsigned int)gth_random(ARRAY_SIZE(calls));
	int ret;

	if (!odd.page) {
		if ((s->user && gth_become_user()) ||
		    gth_hostile_start(&odd, s->user ? s->device : gth_device(), s->place, s->loads))
			gth_stress_fault(s->stress, "cannot start: %d", errno);
	}
	ret = calls[i].call(&odd);
	if (ret >= 0 && (!s->user || calls[i].anybody))
		__atomic_fetch_add(&s->taken, 1, __ATOMIC_SEQ_CST);
	else if (expected(s->user ? user_errors : calls[i].errors, -ret))
		__atomic_fetch_add(&s->refused, 1, __ATOMIC_SEQ_CST);
	else
		gth_stress_fault(s->stress, "%s gives %d", calls[i].name, ret);
}

static void watch(void *arg)
{
	struct siege *s = arg;
	int listed = gth_open(s->listed->path, O_RDONLY), clean = gth_exec(s->clean->path);

	if (listed != -EPERM || clean != 6)
		gth_stress_fault(s->stress, "listed gives %d, clean gives %d", listed, clean);
	gth_pause(20000);
}

static bool is_legal(const struct gth_knob *k)
{
	const char *value = gth_get(k->name);
	char text[32];

	for (unsigned int i = 0; k->words && k->words[i]; i++)
		if (!strcmp(k->words[i], value))
			return true;
	snprintf(text, sizeof(text), "%llu", strtoull(value, NULL, 10));
	return !k->words && !strcmp(text, value) && strtoull(value, NULL, 10) >= k->min &&
	       strtoull(value, NULL, 10) <= k->max;
}

static int illegal_knobs(void)
{
	int n = 0;

	for (unsigned int i = 0; i < gth_knob_count; i++) {
		if (is_legal(&gth_knobs[i]))
			continue;
		printf("# %s is %s\n", gth_knobs[i].name, gth_get(gth_knobs[i].name));
		n++;
	}
	return n;
}

static bool was_loaded(const struct gth_hostile_loads *loads, const struct gth_info *info)
{
	if (!info->table_version)
		return loads->dropped;
	for (unsigned int i = 0; i < loads->n && i < GTH_HOSTILE_LOADS; i++)
		if (loads->load[i].version == info->table_version &&
		    loads->load[i].entries == info->entries)
			return true;
	return false;
}

static bool start(struct siege *s, unsigned int rounds)
{
	s->stress = gth_stress();
	for (int i = 0; i < ACTORS; i++)
		if (gth_stress_add(s->stress, "thrower", rounds, throw, s))
			return false;
	return true;
}

static bool no_verdicts(void *arg)
{
	(void)arg;
	return !gth_table("verdicts");
}

/* Also with a descriptor that root opened. */
TEST_F(hostile, another_user_changes_nothing)
{
	struct siege *s = gth_shared(sizeof(*s));
	struct gth_info before, after;

	*s = (struct siege) { .place = &self->place,
			      .listed = &self->listed,
			      .clean = &self->clean,
			      .device = gth_device(),
			      .user = true };
	s->loads = gth_shared(sizeof(*s->loads));
	ASSERT_LE(0, s->device);
	/* None that expires meanwhile. */
	ASSERT_TRUE(gth_wait_until(no_verdicts, NULL));
	ASSERT_EQ(0, gth_info(&before));
	ASSERT_TRUE(start(s, 2000));
	ASSERT_EQ(0, gth_stress_add(s->stress, "watcher", 20, watch, s));
	gth_stress_wait(s->stress);
	EXPECT_EQ(0, gth_stress_end(s->stress));
	printf("# %u taken, %u refused\n", s->taken, s->refused);
	EXPECT_STREQ("", s->stress->fault);
	EXPECT_LT(0, s->refused);
	ASSERT_EQ(0, gth_info(&after));
	EXPECT_EQ(HOOKS, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_EQ(0, s->loads->n);
	EXPECT_EQ(0, s->loads->dropped);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(after)));
	for (unsigned int i = 1; i < gth_knob_count; i++)
		EXPECT_STREQ(gth_knobs[i].initial, gth_get(gth_knobs[i].name));
	EXPECT_STREQ("enforce", gth_get("mode"));
}

TEST_F(hostile, root_is_refused_what_is_illegal_and_breaks_nothing)
{
	struct siege *s = gth_shared(sizeof(*s));
	struct gth_explain x;
	struct gth_info info;

	*s = (struct siege) { .place = &self->place };
	s->loads = gth_shared(sizeof(*s->loads));
	s->loads->n = 1;
	s->loads->load[0].version = gth_table("version");
	s->loads->load[0].entries = 1;
	ASSERT_TRUE(start(s, 2000));
	gth_stress_wait(s->stress);
	EXPECT_EQ(0, gth_stress_end(s->stress));
	printf("# %u taken, %u refused, %u tables loaded, %u dropped\n", s->taken, s->refused,
	       s->loads->n - 1, s->loads->dropped);
	EXPECT_STREQ("", s->stress->fault);
	EXPECT_LT(0, s->taken);
	EXPECT_LT(0, s->refused);
	EXPECT_LT(1, s->loads->n);
	EXPECT_GE(GTH_HOSTILE_LOADS, s->loads->n);

	EXPECT_EQ(0, illegal_knobs());
	ASSERT_EQ(0, gth_info(&info));
	EXPECT_EQ(GTH_ABI_VERSION, info.abi_version);
	EXPECT_GT(GTH_MODE_MAX, info.mode);
	EXPECT_EQ(gth_table("version"), info.table_version);
	EXPECT_EQ(gth_table("entries"), info.entries);
	EXPECT_EQ(gth_table("malicious") + gth_table("suspicious") + gth_table("trusted"),
		  info.entries);
	EXPECT_TRUE(was_loaded(s->loads, &info));

	/* Some links or none: the pins have kept all of them. */
	EXPECT_GE(GTH_LINKS_MAX, gth_read_number(GTH_ROOT "health/hooks"));
	EXPECT_EQ(HOOKS, gth_bpf_programs());

	for (unsigned int i = 0; i < gth_knob_count; i++)
		EXPECT_EQ(0, gth_set(gth_knobs[i].name, gth_knobs[i].initial));
	EXPECT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(0, gth_open(self->clean.path, O_RDONLY));
	EXPECT_EQ(6, gth_exec(self->clean.path));
	EXPECT_EQ(0, gth_explain(self->listed.path, GTH_OP_OPEN, &x));
	EXPECT_EQ(GTH_CLASS_MALICIOUS, x.class);
}

/* Parameters */

static char module_path[256];

static int find_module(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type != FTW_F || strncmp(path + ftw->base, "gotthard.ko", 11))
		return 0;
	snprintf(module_path, sizeof(module_path), "%s", path);
	return 1;
}

/* One or a few, mostly knobs with values that are legal or nearly so. */
static void odd_parameters(char *text, size_t size)
{
	unsigned int n = 1 + (unsigned int)gth_random(3);
	size_t len = 0;

	while (n-- && len + 128 < size) {
		const struct gth_knob *k = &gth_knobs[gth_random(gth_knob_count)];
		bool hook = !strncmp(k->name, "hooks/", 6);

		len += (size_t)snprintf(text + len, size - len, "%s%s%s", hook ? "hook_" : "",
					hook ? k->name + 6 : k->name, gth_random(8) ? "=" : "");
		len += gth_hostile_word(text + len, 40, k);
		text[len++] = ' ';
	}
	text[len] = '\0';
}

TEST_F(hostile, parameters_are_legal_or_refused)
{
	unsigned int loaded = 0, refused = 0;
	char text[1024];
	int fd;

	gth_random_start();
	ASSERT_TRUE(gth_end_daemon(SIGKILL));
	ASSERT_EQ(0, gth_unload());
	ASSERT_TRUE(gth_module_goes());
	ASSERT_EQ(1, nftw("/usr/lib/modules", find_module, 16, FTW_PHYS));
	fd = gth_open_fd(module_path, O_RDONLY);
	ASSERT_LE(0, fd);
	for (int i = 0; i < LOADS; i++) {
		odd_parameters(text, sizeof(text));
		if (syscall(SYS_finit_module, fd, text, 0)) {
			EXPECT_TRUE(errno == EINVAL || errno == ENOENT)
			{
				TH_LOG("%d: %s", errno, text);
			}
			refused++;
		} else {
			loaded++;
			EXPECT_EQ(0, illegal_knobs())
			{
				TH_LOG("%s", text);
			}
			ASSERT_TRUE(gth_module_goes());
		}
		EXPECT_NE(0, access("/sys/kernel/gotthard", F_OK));
	}
	printf("# %u loaded, %u refused\n", loaded, refused);
	EXPECT_LT(0, loaded);
	EXPECT_LT(0, refused);
	EXPECT_EQ(-1, syscall(SYS_finit_module, fd, (void *)1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, gth_modprobe(NULL));
	for (unsigned int i = 0; i < gth_knob_count; i++)
		EXPECT_STREQ(gth_knobs[i].initial, gth_get(gth_knobs[i].name));
}

TEST_HARNESS_MAIN
