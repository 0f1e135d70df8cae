// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * errors.c - whatever errno the module's own open or read of a listed file ends
 * with, the file does not run unless that errno says that no task can read it.
 *
 * A server in user space (FUSE) fails the module and no other reader, so what is
 * wrongly allowed does run. From such a server come the errnos of 1 to 511 only.
 */
#include "test.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuse.h"

#define ERRNO_MAX 133 /* EHWPOISON, the last of them */

enum kind { OTHER, MEDIUM, PASSING };

/* Those that are not OTHER, or have a counter of their own. */
static const struct row {
	int error;
	enum kind kind;
	const char *counter;
} rows[] = {
	{ EIO, MEDIUM, "error_eio" },
	{ ENODATA, MEDIUM, "error_enodata" },
	{ EILSEQ, MEDIUM, "error_eilseq" },
	{ ENOLINK, MEDIUM, "error_enolink" },
	{ EREMOTEIO, MEDIUM, "error_eremoteio" },
	{ ETIMEDOUT, MEDIUM, "error_etimedout" },
	{ ENXIO, MEDIUM, "error_enxio" },
	{ ENODEV, MEDIUM, "error_enodev" },
	{ ENOMEDIUM, MEDIUM, "error_enomedium" },
	{ EUCLEAN, MEDIUM, "error_euclean" },
	{ EBADMSG, MEDIUM, "error_ebadmsg" },
	{ EHWPOISON, MEDIUM, "error_ehwpoison" },
	{ ENOKEY, PASSING, "error_enokey" },
	{ ENOMEM, PASSING, "error_enomem" },
	{ EINTR, PASSING, "error_eintr" },
	{ EAGAIN, PASSING, "error_eagain" },
	{ ESTALE, PASSING, "error_estale" },
	{ ENFILE, PASSING, "error_enfile" },
	{ EMFILE, PASSING, "error_emfile" },
	{ EACCES, OTHER, "error_eacces" },
	{ EPERM, OTHER, "error_eperm" },
};

static const struct row *row_of(int error)
{
	static const struct row other = { 0, OTHER, "error_other" };

	for (unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return &rows[i];
	return &other;
}

FIXTURE(errors)
{
	struct gth_place place;
	struct gth_fuse_mount m;
	struct gth_fuse *server;
	int listed_fd, plain_fd;
};

FIXTURE_VARIANT(errors)
{
	bool at_open; /* or at a read */
};

FIXTURE_VARIANT_ADD(errors, open) { .at_open = true };

FIXTURE_VARIANT_ADD(errors, read) { .at_open = false };

FIXTURE_SETUP(errors)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	self->server = gth_fuse_mount(&self->m, &self->place);
	ASSERT_NE(NULL, self->server)
	{
		TH_LOG("no FUSE: %m");
	}
	self->listed_fd = gth_open_fd(self->m.listed.path, O_RDONLY);
	self->plain_fd = gth_open_fd(self->m.plain.path, O_RDONLY);
	ASSERT_LE(0, self->listed_fd);
	ASSERT_LE(0, self->plain_fd);
	ASSERT_EQ(0, gth_list(&self->m.listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("fuse", "hash"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
}

FIXTURE_TEARDOWN_PARENT(errors)
{
	gth_fuse_unmount(&self->m);
	gth_end(&self->place);
}

/* Deeds: 0 or -errno */

static int open_it(const char *path, int fd)
{
	(void)fd;
	return gth_open(path, O_RDONLY);
}

static int exec_it(const char *path, int fd)
{
	int ret = gth_exec(path);

	(void)fd;
	return ret == 7 ? 0 : ret < 0 ? ret : -EIO;
}

static int map_it(const char *path, int fd)
{
	(void)path;
	return gth_map(fd, PROT_READ | PROT_EXEC);
}

/* The kernel reads it and finds that it is not a module. */
static int load_it(const char *path, int fd)
{
	int ret = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;

	(void)path;
	return ret == -ENOEXEC ? 0 : ret;
}

static const struct deed {
	const char *name;
	int (*run)(const char *path, int fd);
} deeds[] = { { "open", open_it }, { "exec", exec_it }, { "map", map_it }, { "load", load_it } };

#define DEEDS (sizeof(deeds) / sizeof(deeds[0]))
#define DEED_OPEN 0

/* One deed with the listed file while the module gets this errno; the counter rises, and only then.
 */
static void attempt(struct __test_metadata *_metadata, FIXTURE_DATA(errors) * self,
		    const struct deed *deed, int error, int wanted)
{
	const struct row *row = row_of(error);
	unsigned int failed = self->server->failed;
	gth_u64 count = gth_stat(row->counter);
	int got = deed->run(self->m.listed.path, self->listed_fd);

	EXPECT_EQ(wanted, got)
	{
		TH_LOG("%s, %s (%d): %d in place of %d", deed->name, strerrorname_np(error), error,
		       got, wanted);
	}
	EXPECT_LT(failed, self->server->failed);
	EXPECT_LT(count, gth_stat(row->counter))
	{
		TH_LOG("%s, %d: %s did not rise", deed->name, error, row->counter);
	}
}

static void fail_with(struct gth_fuse *server, bool at_open, int error)
{
	server->open_error = at_open ? error : 0;
	server->read_error = at_open ? 0 : error;
}

/* That there is no key is what the open would have ended with by itself. */
static int denial(int error)
{
	return error == ENOKEY ? -ENOKEY : -EPERM;
}

/* To an open, ENOSYS means that there is no need to ask: no error ever comes of it. */
#define EACH_ERROR(e)                                                                              \
	for (int e = 1; e <= ERRNO_MAX; e++)                                                       \
		if (!variant->at_open || e != ENOSYS)

TEST_F(errors, without_one_listed_is_denied_and_plain_is_not)
{
	for (unsigned int i = 0; i < DEEDS; i++) {
		EXPECT_EQ(-EPERM, deeds[i].run(self->m.listed.path, self->listed_fd));
		EXPECT_EQ(0, deeds[i].run(self->m.plain.path, self->plain_fd));
	}
}

TEST_F(errors, file_is_unknown_only_where_nobody_can_read_it)
{
	EACH_ERROR(e)
	{
		enum kind kind = row_of(e)->kind;

		fail_with(self->server, variant->at_open, e);
		for (unsigned int i = 0; i < DEEDS; i++) {
			bool allowed = kind == MEDIUM || (kind == OTHER && i == DEED_OPEN);

			attempt(_metadata, self, &deeds[i], e, allowed ? 0 : denial(e));
		}
	}
}

TEST_F(errors, nothing_unread_is_allowed_where_unknown_files_are_denied)
{
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	ASSERT_EQ(0, gth_set("kernel_unknown", "deny"));
	EACH_ERROR(e)
	{
		fail_with(self->server, variant->at_open, e);
		for (unsigned int i = 0; i < DEEDS; i++)
			attempt(_metadata, self, &deeds[i], e, denial(e));
	}
}

TEST_F(errors, nothing_of_them_is_kept)
{
	fail_with(self->server, variant->at_open, EIO);
	for (unsigned int i = 0; i < DEEDS; i++)
		attempt(_metadata, self, &deeds[i], EIO, 0);
	fail_with(self->server, variant->at_open, EXDEV);
	for (unsigned int i = 0; i < DEEDS; i++)
		attempt(_metadata, self, &deeds[i], EXDEV, i == DEED_OPEN ? 0 : -EPERM);
	fail_with(self->server, variant->at_open, 0);
	for (unsigned int i = 0; i < DEEDS; i++) {
		EXPECT_EQ(-EPERM, deeds[i].run(self->m.listed.path, self->listed_fd));
		EXPECT_EQ(0, deeds[i].run(self->m.plain.path, self->plain_fd));
	}
}

TEST_F(errors, open_that_does_not_wait_is_told_to_try_again)
{
	gth_u64 deferred = gth_stat("deferred");

	fail_with(self->server, variant->at_open, EAGAIN);
	EXPECT_EQ(-EAGAIN, gth_open(self->m.listed.path, O_RDONLY | O_NONBLOCK));
	EXPECT_EQ(deferred + 1, gth_stat("deferred"));
	EXPECT_EQ(-EPERM, gth_open(self->m.listed.path, O_RDONLY));
	fail_with(self->server, variant->at_open, ENOMEM);
	EXPECT_EQ(-EPERM, gth_open(self->m.listed.path, O_RDONLY | O_NONBLOCK));
	EXPECT_EQ(deferred + 1, gth_stat("deferred"));
}

/* A signal while the module waits for the server; its handler lets the module succeed. */

static struct gth_fuse *signalled;
static volatile int signals;

static void on_signal(int signal)
{
	(void)signal;
	signals++;
	fail_with(signalled, false, 0);
	signalled->signal = 0;
}

static int open_with_signal(struct gth_fuse *server, bool at_open, const char *path, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };
	int ret;

	signalled = server;
	signals = 0;
	sigaction(SIGUSR1, &action, NULL);
	server->signal = SIGUSR1;
	fail_with(server, at_open, EINTR);
	ret = gth_open(path, O_RDONLY);
	return signals ? ret : -EDOM;
}

TEST_F(errors, open_that_a_signal_ends_is_told_so_and_starts_again_if_it_is_to)
{
	const char *listed = self->m.listed.path, *plain = self->m.plain.path;
	gth_u64 deferred = gth_stat("deferred");
	bool at_open = variant->at_open;

	EXPECT_EQ(-EINTR, open_with_signal(self->server, at_open, listed, 0));
	EXPECT_EQ(-EINTR, open_with_signal(self->server, at_open, plain, 0));
	EXPECT_EQ(deferred + 2, gth_stat("deferred"));
	EXPECT_EQ(-EPERM, open_with_signal(self->server, at_open, listed, SA_RESTART));
	EXPECT_EQ(0, open_with_signal(self->server, at_open, plain, SA_RESTART));
	EXPECT_EQ(deferred + 4, gth_stat("deferred"));
}

/*
 * The server takes O_TRUNC for done and goes on showing what was there, as the plain
 * file proves: such an open is one for reading.
 */
TEST_F(errors, truncation_by_a_server_is_not_believed)
{
	static const int flags[] = { O_RDONLY | O_TRUNC, O_RDWR | O_TRUNC };
	uint8_t image[GTH_PROGRAM_SIZE];
	unsigned int asked;
	int fd;

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		asked = self->server->truncations;
		fd = gth_open_fd(self->m.plain.path, flags[i]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(asked + 1, self->server->truncations);
		EXPECT_EQ(GTH_PROGRAM_SIZE, read(fd, image, sizeof(image)));
		EXPECT_EQ(0, memcmp(image, self->server->image[1], sizeof(image)));
		close(fd);
		EXPECT_EQ(-EPERM, gth_open(self->m.listed.path, flags[i]));
		EXPECT_EQ(asked + 1, self->server->truncations);
	}
	ASSERT_EQ(0, gth_set("fuse", "unknown"));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(-EPERM, gth_open(self->m.plain.path, flags[i]));
	EXPECT_EQ(0, gth_open(self->m.plain.path, O_WRONLY | O_TRUNC));
}

TEST_HARNESS_MAIN
