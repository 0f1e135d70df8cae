// SPDX-License-Identifier: GPL-2.0-or-later
/* hooks.c - each operation on a listed file is denied, and nothing else is. */
#include "access_paths.h"

#include <ftw.h>
#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#define XFS_MAGIC 0x58465342

GTH_FIXTURE_ACCESS_PATHS(hooks)

static int openat2_readonly(const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC };
	long fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	if (fd < 0)
		return -errno;
	close((int)fd);
	return 0;
}

TEST_F(hooks, denies_listed_open_in_enforce)
{
	gth_u64 denied = gth_stat("denied");

	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDWR));
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY | O_NONBLOCK | O_NOATIME));
	EXPECT_EQ(-EPERM, openat2_readonly(self->listed.path));
	EXPECT_EQ(denied + 4, gth_stat("denied"));
}

TEST_F(hooks, denies_reopening_through_proc)
{
	char path[64];
	int fd = gth_open_fd(self->listed.path, O_PATH);

	ASSERT_LE(0, fd);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	EXPECT_EQ(-EPERM, gth_open(path, O_RDONLY));
	EXPECT_EQ(0, unlink(self->listed.path));
	EXPECT_EQ(-EPERM, gth_open(path, O_RDONLY));
}

TEST_F(hooks, allows_listed_open_in_monitor)
{
	gth_u64 denied, would;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	denied = gth_stat("denied");
	would = gth_stat("would_deny");
	EXPECT_EQ(0, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(would + 1, gth_stat("would_deny"));
	EXPECT_EQ(0, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(would + 2, gth_stat("would_deny"));
	EXPECT_EQ(7, gth_exec(self->listed.path));
	EXPECT_LT(would + 2, gth_stat("would_deny"));
	EXPECT_EQ(denied, gth_stat("denied"));
}

TEST_F(hooks, allows_everything_when_off)
{
	gth_u64 would, hashes;

	ASSERT_EQ(0, gth_set("mode", "off"));
	would = gth_stat("would_deny");
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(self->listed.path, O_RDONLY));
	EXPECT_EQ(7, gth_exec(self->listed.path));
	EXPECT_EQ(would, gth_stat("would_deny"));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
}

TEST_F(hooks, allows_unlisted)
{
	gth_u64 hashes = gth_stat("hashes");
	int fd = gth_open_fd(self->other.path, O_RDONLY);

	ASSERT_LE(0, fd);
	EXPECT_LT(hashes, gth_stat("hashes"));
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	EXPECT_EQ(7, gth_exec_fd(fd));
	EXPECT_EQ(7, gth_exec(self->other.path));
	EXPECT_EQ(0, gth_open(self->other.path, O_RDWR));
}

TEST_F(hooks, leaves_opens_that_read_nothing_free)
{
	struct statfs st;
	gth_u64 hashes;

	EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDONLY));
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, gth_open(self->listed.path, O_WRONLY));
	EXPECT_EQ(0, gth_open(self->listed.path, O_WRONLY | O_APPEND));
	EXPECT_EQ(0, gth_open(self->listed.path, O_PATH));
	/* The fourth access mode: neither reads nor writes, for ioctls. */
	EXPECT_EQ(0, gth_open(self->listed.path, O_ACCMODE));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	/* xfs has an open that takes O_TRUNC and truncates nothing. */
	ASSERT_EQ(0, statfs(self->listed.path, &st));
	if (st.f_type == XFS_MAGIC) {
		EXPECT_EQ(-EPERM, gth_open(self->listed.path, O_RDWR | O_TRUNC));
		EXPECT_EQ(0, gth_open(self->listed.path, O_WRONLY | O_TRUNC));
	} else {
		EXPECT_EQ(0, gth_open(self->listed.path, O_RDWR | O_TRUNC));
		EXPECT_EQ(hashes, gth_stat("hashes"));
	}
	/* It is empty now. */
	EXPECT_EQ(0, gth_open(self->listed.path, O_RDONLY));
}

TEST_F(hooks, denies_listed_exec)
{
	int fd = gth_open_fd(self->listed.path, O_PATH);
	gth_u64 denied = gth_stat("denied");

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, gth_exec(self->listed.path));
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
	EXPECT_EQ(denied + 2, gth_stat("denied"));
}

TEST_F(hooks, denies_exec_of_a_descriptor_opened_before)
{
	int fd;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	fd = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, fd);
	EXPECT_EQ(7, gth_exec_fd(fd));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
}

TEST_F(hooks, denies_listed_script)
{
	struct gth_file script;

	ASSERT_EQ(0, gth_make_script(&script, &self->place, "script", self->other.path));
	EXPECT_EQ(7, gth_exec(script.path));
	ASSERT_EQ(0, gth_list(&script, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, gth_exec(script.path));
}

TEST_F(hooks, denies_script_with_listed_interpreter)
{
	struct gth_file script;

	ASSERT_EQ(0, gth_make_script(&script, &self->place, "script", self->listed.path));
	EXPECT_EQ(-EPERM, gth_exec(script.path));
	ASSERT_EQ(0, gth_set("malicious", "allow"));
	EXPECT_EQ(7, gth_exec(script.path));
}

TEST_F(hooks, denies_program_with_listed_elf_interpreter)
{
	struct gth_file program;

	ASSERT_EQ(0, gth_make_program(&program, &self->place, "program", self->listed.path, 8));
	EXPECT_EQ(-EPERM, gth_exec(program.path));
	ASSERT_EQ(0, gth_set("malicious", "allow"));
	EXPECT_EQ(7, gth_exec(program.path));
}

TEST_F(hooks, denies_listed_mapping_as_code)
{
	gth_u64 denied;
	int fd;

	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	fd = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, fd);
	denied = gth_stat("denied");
	EXPECT_EQ(0, gth_map(fd, PROT_READ));
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_EXEC));
	EXPECT_EQ(denied + 2, gth_stat("denied"));
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
}

TEST_F(hooks, allows_anonymous_code)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		       -1, 0);

	ASSERT_NE(MAP_FAILED, p);
	EXPECT_EQ(0, mprotect(p, 4096, PROT_READ));
	EXPECT_EQ(0, mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

TEST_F(hooks, mprotect_goes_by_the_kept_digest)
{
	gth_u64 hashes;
	int listed, other;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	listed = gth_open_fd(self->listed.path, O_RDONLY);
	other = gth_open_fd(self->other.path, O_RDONLY);
	ASSERT_LE(0, listed);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_map_gains_exec(listed));
	EXPECT_EQ(0, gth_map_gains_exec(other));
	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	EXPECT_EQ(-EPERM, gth_map_gains_exec(other));
	EXPECT_EQ(hashes, gth_stat("hashes"));
}

TEST_F(hooks, mprotect_refuses_what_was_never_hashed)
{
	gth_u64 hashes, would;
	int fd;

	ASSERT_EQ(0, gth_set("hooks/open", "0"));
	fd = gth_open_fd(self->other.path, O_RDONLY);
	ASSERT_LE(0, fd);
	hashes = gth_stat("hashes");
	EXPECT_EQ(-EPERM, gth_map_gains_exec(fd));
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	would = gth_stat("would_deny");
	EXPECT_EQ(0, gth_map_gains_exec(fd));
	EXPECT_EQ(would + 1, gth_stat("would_deny"));
	EXPECT_EQ(hashes, gth_stat("hashes"));
	/* A mapping as code hashes, and then it is known. */
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
	EXPECT_EQ(0, gth_map_gains_exec(fd));
}

static char module_path[256];

static int is_dummy(const char *path, const struct stat *st, int type)
{
	(void)st;
	if (type != FTW_F || strcmp(gth_bare_name(path), "dummy.ko"))
		return 0;
	snprintf(module_path, sizeof(module_path), "%s", path);
	return 1;
}

static int find_module(void)
{
	char dir[256];
	struct utsname u;

	uname(&u);
	snprintf(dir, sizeof(dir), "/lib/modules/%s", u.release);
	return ftw(dir, is_dummy, 16) == 1 ? 0 : -ENOENT;
}

static int load_module(int fd)
{
	if (syscall(SYS_finit_module, fd, "numdummies=0", 0))
		return -errno;
	return syscall(SYS_delete_module, "dummy", O_NONBLOCK) ? -errno : 0;
}

TEST_F(hooks, denies_listed_module)
{
	struct gth_file module;
	gth_u64 checks;
	int fd;

	if (find_module())
		SKIP(return, "no module dummy in this guest");
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	ASSERT_EQ(0, gth_copy(&module, &self->place, "dummy.ko", module_path));
	fd = gth_open_fd(module.path, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	checks = gth_stat("checks_kernel_read");
	EXPECT_EQ(0, load_module(fd));
	ASSERT_EQ(0, gth_list(&module, GTH_CLASS_MALICIOUS));
	EXPECT_EQ(-EPERM, load_module(fd));
	ASSERT_EQ(0, gth_set("hooks/kernel_read", "0"));
	EXPECT_EQ(0, load_module(fd));
	ASSERT_EQ(0, gth_set("hooks/kernel_read", "1"));
	EXPECT_EQ(-EPERM, load_module(fd));
	EXPECT_EQ(checks + 4, gth_stat("checks_kernel_read"));
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	EXPECT_EQ(0, load_module(fd));
}

static int load_kexec(int fd)
{
	return syscall(SYS_kexec_file_load, fd, -1, 1UL, "", 4UL /* no initramfs */) ? -errno : 0;
}

TEST_F(hooks, denies_listed_kexec_image)
{
	int listed, other, err;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	listed = gth_open_fd(self->listed.path, O_RDONLY);
	other = gth_open_fd(self->other.path, O_RDONLY);
	ASSERT_LE(0, listed);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	err = load_kexec(other);
	if (err == -ENOSYS || err == -EPERM)
		SKIP(return, "this kernel takes no kexec images from files");
	/* Let through, it is not a kernel. */
	EXPECT_EQ(-ENOEXEC, err);
	EXPECT_EQ(-EPERM, load_kexec(listed));
}

TEST_F(hooks, denies_listed_memfd)
{
	uint8_t image[GTH_PROGRAM_SIZE], digest[GTH_DIGEST_SIZE];
	int fd;

	gth_program(image, NULL, 0x400000, 9);
	fd = gth_memory_file(image, sizeof(image));
	ASSERT_LE(0, fd);
	EXPECT_EQ(9, gth_exec_fd(fd));
	EXPECT_EQ(0, gth_map(fd, PROT_READ | PROT_EXEC));
	gth_sha256(image, sizeof(image), digest);
	ASSERT_EQ(0, gth_verdict(digest, GTH_CLASS_MALICIOUS, 0));
	EXPECT_EQ(-EPERM, gth_exec_fd(fd));
	EXPECT_EQ(-EPERM, gth_map(fd, PROT_READ | PROT_EXEC));
}

TEST_F(hooks, passes_what_is_no_regular_file)
{
	char fifo[160];
	int sockets[2], fd;

	/* From here on every file that is judged is denied. */
	ASSERT_EQ(0, gth_set("open_scope", "all"));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	EXPECT_EQ(-EPERM, gth_open(self->other.path, O_RDONLY));

	EXPECT_EQ(0, gth_open(self->place.dir, O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(0, gth_open("/dev/null", O_RDONLY));
	EXPECT_EQ(0, gth_open("/proc/self/status", O_RDONLY));
	EXPECT_EQ(0, gth_open("/proc/cmdline", O_RDONLY));
	EXPECT_EQ(0, gth_open("/sys/kernel/uevent_seqnum", O_RDONLY));
	EXPECT_EQ(0, gth_open("/sys/kernel/security/lsm", O_RDONLY));
	EXPECT_EQ(0, gth_open("/sys/kernel/tracing/current_tracer", O_RDONLY));
	EXPECT_EQ(0, gth_open("/sys/fs/cgroup/cgroup.procs", O_RDONLY));
	snprintf(fifo, sizeof(fifo), "%s/fifo", self->place.dir);
	ASSERT_EQ(0, mkfifo(fifo, 0600));
	fd = gth_open_fd(fifo, O_RDWR);
	EXPECT_LE(0, fd);
	close(fd);
	EXPECT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
}

TEST_F(hooks, new_empty_file_can_be_made_and_read)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/new", self->place.dir);
	EXPECT_EQ(0, gth_open(path, O_RDWR | O_CREAT));
	EXPECT_EQ(0, gth_open(path, O_RDONLY));
	ASSERT_EQ(0, gth_set("open_scope", "all"));
	ASSERT_EQ(0, gth_set("open_unknown", "deny"));
	/* Nothing can be read from it, so there is nothing unknown. */
	EXPECT_EQ(0, gth_open(path, O_RDONLY));
}

TEST_F(hooks, deny_of_unknown_reaches_everybody_but_init)
{
	struct gth_explain x;

	ASSERT_EQ(0, gth_set("exec_unknown", "deny"));
	EXPECT_EQ(-EPERM, gth_exec(self->other.path));
	ASSERT_EQ(0, gth_explain(self->other.path, GTH_OP_EXEC, &x));
	EXPECT_EQ(GTH_ACTION_DENY, x.action);
}

TEST_HARNESS_MAIN
