// SPDX-License-Identifier: GPL-2.0-or-later
/* exec.c - a listed program, script or library is not run, whichever program is asked to run it. */
#include "access_paths.h"

#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

GTH_FIXTURE_ACCESS_PATHS(exec)

/* A way to run something that exits with 7; that it was refused tells the counter. */
static int run(const char *const argv[])
{
	gth_u64 denied = gth_stat("denied");
	int status = gth_run(argv, "/dev/null");

	if (status == 7)
		return 0;
	return gth_stat("denied") > denied ? -EPERM : -EIO;
}

static int by_shell(const char *path)
{
	const char *const argv[] = { "/bin/sh", path, NULL };

	return run(argv);
}

static int make_script(struct gth_file *f, const struct gth_place *place, const char *name,
		       const char *beginning, mode_t mode)
{
	char text[128];
	uint32_t salt;

	gth_salt(&salt, sizeof(salt));
	snprintf(text, sizeof(text), "%s\nexit 7 # %08x\n", beginning, salt);
	return gth_make(f, place, name, mode, text, strlen(text));
}

TEST_F(exec, script_that_a_shell_reads_is_denied)
{
	static const struct {
		const char *beginning;
		mode_t mode;
	} kinds[] = { { "#!/bin/sh", 0755 }, { "#!/bin/sh", 0644 }, { "# no interpreter", 0755 } };

	for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char name[16];
		struct gth_file script;

		snprintf(name, sizeof(name), "script%u", i);
		ASSERT_EQ(0, make_script(&script, &self->place, name, kinds[i].beginning,
					 kinds[i].mode));
		EXPECT_EQ(0, by_shell(script.path));
		ASSERT_EQ(0, gth_list(&script, GTH_CLASS_MALICIOUS));
		EXPECT_EQ(-EPERM, by_shell(script.path));
	}
}

/* A shared object with some bytes more: no other file has its digest. */
static int make_object(struct gth_file *f, const struct gth_place *place, const char *name,
		       const char *from)
{
	int fd = gth_open_fd(from, O_RDONLY), ret = -EIO;
	struct stat st;
	char *data;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	data = malloc((size_t)st.st_size + 16);
	if (data && read(fd, data, (size_t)st.st_size) == st.st_size) {
		gth_salt(data + st.st_size, 16);
		ret = gth_make(f, place, name, 0755, data, (size_t)st.st_size + 16);
	}
	free(data);
	close(fd);
	return ret;
}

static int by_loader(const char *path)
{
	const char *const argv[] = { "/lib64/ld-linux-x86-64.so.2", path, "-c", "exit 7", NULL };

	return run(argv);
}

TEST_F(exec, program_that_the_dynamic_loader_runs_is_denied)
{
	struct gth_file shell;

	ASSERT_EQ(0, make_object(&shell, &self->place, "shell", "/bin/sh"));
	EXPECT_EQ(0, by_loader(shell.path));
	ASSERT_EQ(0, gth_list(&shell, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, by_loader(shell.path));
	/* It may open it, it may not map it. */
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	EXPECT_EQ(-EPERM, by_loader(shell.path));
	ASSERT_EQ(0, gth_set("hooks/mmap", "0"));
	EXPECT_EQ(0, by_loader(shell.path));
}

static int load_library(const char *path)
{
	gth_u64 denied = gth_stat("denied");

	if (dlopen(path, RTLD_NOW | RTLD_LOCAL))
		return 0;
	return gth_stat("denied") > denied ? -EPERM : -EIO;
}

static int by_dlopen(const char *path)
{
	return in_child(load_library, path);
}

TEST_F(exec, library_is_denied)
{
	struct gth_file library;
	struct link_map *map;
	void *some = dlopen("libgcc_s.so.1", RTLD_NOW);

	ASSERT_NE(NULL, some);
	ASSERT_EQ(0, dlinfo(some, RTLD_DI_LINKMAP, &map));
	ASSERT_EQ(0, make_object(&library, &self->place, "library.so", map->l_name));
	EXPECT_EQ(0, by_dlopen(library.path));
	ASSERT_EQ(0, gth_list(&library, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, by_dlopen(library.path));
	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	EXPECT_EQ(-EPERM, by_dlopen(library.path));
	ASSERT_EQ(0, gth_set("hooks/mmap", "0"));
	EXPECT_EQ(0, by_dlopen(library.path));
}

/* Programs of 32 bits have it, and any program may call the kernel as if it were one. */
static int call_uselib(const char *path)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	long ret = 86;

	if (low == MAP_FAILED)
		return -errno;
	strcpy(low, path);
	__asm__ volatile("int $0x80" : "+a"(ret) : "b"(low) : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

static int by_uselib(const char *path)
{
	return in_child(call_uselib, path);
}

TEST_F(exec, uselib_is_denied)
{
	int err = by_uselib(self->other.path);

	/* A kernel without calls of 32 bits sends a signal. */
	if (err == -ENOSYS || err == -EINTR)
		SKIP(return, "no uselib");
	DENIES(by_uselib);
}

/* The program that the kernel runs to take a core dump. */
static int by_core_dump(const char *path)
{
	static const char pattern[] = "/proc/sys/kernel/core_pattern";
	gth_u64 denied = gth_stat("denied");
	char old[130], ours[130], mark[200];
	pid_t pid;
	int ret;

	snprintf(ours, sizeof(ours), "|%s", path);
	snprintf(mark, sizeof(mark), "%s.ran", path);
	ret = gth_read_line(pattern, old, sizeof(old));
	ret = ret ? ret : gth_write_file(pattern, ours, strlen(ours));
	if (ret)
		return ret;
	pid = fork();
	if (!pid)
		abort();
	/* The dump ends when the helper does. */
	gth_wait_child(pid);
	ret = gth_write_file(pattern, old, strlen(old));
	if (ret || !access(mark, F_OK))
		return ret;
	return gth_stat("denied") > denied ? -EPERM : -EIO;
}

TEST_F(exec, helper_that_the_kernel_starts_is_denied)
{
	struct gth_file listed, other;

	ASSERT_EQ(0, make_script(&listed, &self->place, "a", "#!/bin/sh\n: >$0.ran", 0755));
	ASSERT_EQ(0, make_script(&other, &self->place, "b", "#!/bin/sh\n: >$0.ran", 0755));
	ASSERT_EQ(0, gth_list(&listed, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(0, by_core_dump(other.path));
	EXPECT_EQ(-EPERM, by_core_dump(listed.path));
}

/* Interpreters by the name's ending (binfmt_misc) */

FIXTURE(handler)
{
	struct gth_place place;
	struct gth_file listed, other, target;
	char misc[80];
	bool missing;
};

FIXTURE_VARIANT(handler)
{
	const char *flags;
};

FIXTURE_VARIANT_ADD(handler, plain) { .flags = "" };

FIXTURE_VARIANT_ADD(handler, by_descriptor) { .flags = "O" };

FIXTURE_VARIANT_ADD(handler, with_its_rights) { .flags = "C" };

FIXTURE_VARIANT_ADD(handler, opened_before) { .flags = "F" };

FIXTURE_SETUP(handler)
{
	ASSERT_EQ(0, gth_begin(&self->place, TMPFS));
	ASSERT_EQ(0, gth_make_program(&self->listed, &self->place, "listed", NULL, 7));
	ASSERT_EQ(0, gth_make_program(&self->other, &self->place, "other", NULL, 7));
	ASSERT_EQ(0, make_script(&self->target, &self->place, "target.gth", "text", 0755));
	snprintf(self->misc, sizeof(self->misc), "%s/misc", self->place.dir);
	ASSERT_EQ(0, mkdir(self->misc, 0755));
	self->missing = mount("misc", self->misc, "binfmt_misc", 0, NULL) && errno == ENODEV;
}

static int tell_misc(const char *misc, const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", misc, file);
	return gth_write_file(path, text, strlen(text));
}

FIXTURE_TEARDOWN_PARENT(handler)
{
	tell_misc(self->misc, "gth", "-1");
	umount2(self->misc, MNT_DETACH);
	gth_end(&self->place);
}

/* For files whose name ends in .gth, instead of the one before */
static int handle_by(const char *misc, const char *interpreter, const char *flags)
{
	char text[256];

	tell_misc(misc, "gth", "-1");
	snprintf(text, sizeof(text), ":gth:E::gth::%s:%s", interpreter, flags);
	return tell_misc(misc, "register", text);
}

TEST_F(handler, listed_one_is_denied)
{
	if (self->missing)
		SKIP(return, "no binfmt_misc");
	ASSERT_EQ(0, gth_list(&self->listed, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, handle_by(self->misc, self->other.path, variant->flags));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(7, gth_exec(self->target.path));
	/* Known to the kernel before it is denied */
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ASSERT_EQ(0, handle_by(self->misc, self->listed.path, variant->flags));
	EXPECT_EQ(7, gth_exec(self->target.path));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_exec(self->target.path));
	/* and after. F opens it at once. */
	EXPECT_EQ(*variant->flags == 'F' ? -EPERM : 0,
		  handle_by(self->misc, self->listed.path, variant->flags));
	if (*variant->flags != 'F')
		EXPECT_EQ(-EPERM, gth_exec(self->target.path));
}

TEST_F(handler, listed_target_is_denied)
{
	if (self->missing)
		SKIP(return, "no binfmt_misc");
	ASSERT_EQ(0, handle_by(self->misc, self->other.path, variant->flags));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(7, gth_exec(self->target.path));
	ASSERT_EQ(0, gth_list(&self->target, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_exec(self->target.path));
}

TEST_HARNESS_MAIN
