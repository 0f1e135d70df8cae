// SPDX-License-Identifier: GPL-2.0-or-later
/* openers.c - every open of a listed file for reading is denied. */
#include "access_paths.h"

#include <sys/fanotify.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>

GTH_FIXTURE_ACCESS_PATHS(openers)

static char name[160];

/* Through a process that executed it. */

/* Stopped before the program's first instruction. */
static pid_t hold_at_exec(const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl(path, path, NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) ? pid : -1;
}

/* Its mapping's name in map_files: the range as maps has it, without leading zeros. */
static int mapped_as(pid_t pid, const char *path)
{
	unsigned long from, to;
	char line[512];
	FILE *maps;
	int found = 0;

	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "re");
	while (maps && !found && fgets(line, sizeof(line), maps))
		found = strstr(line, path) && sscanf(line, "%lx-%lx", &from, &to) == 2;
	if (maps)
		fclose(maps);
	snprintf(name, sizeof(name), "/proc/%d/map_files/%lx-%lx", pid, from, to);
	return found ? 0 : -ENOENT;
}

static int through_program(const char *path, bool mapping)
{
	pid_t pid = hold_at_exec(path);
	int ret = -ECHILD;

	if (gth_set("mode", "enforce") || pid < 0)
		return ret;
	if (mapping) {
		ret = mapped_as(pid, path);
	} else {
		snprintf(name, sizeof(name), "/proc/%d/exe", pid);
		ret = 0;
	}
	if (!ret)
		ret = gth_open(name, O_RDONLY);
	kill(pid, SIGKILL);
	gth_wait_child(pid);
	return gth_set("mode", "monitor") ? -EIO : ret;
}

static int through_exe(const char *path)
{
	return through_program(path, false);
}

static int through_map_files(const char *path)
{
	return through_program(path, true);
}

TEST_F(openers, program_that_runs_is_denied)
{
	ASSERT_EQ(0, gth_set("mode", "monitor"));
	DENIES(through_exe);
	DENIES(through_map_files);
}

static int in_chroot(const char *path)
{
	char dir[160];

	directory_of(path, dir, sizeof(dir));
	if (chroot(dir) || chdir("/"))
		return -errno;
	return gth_open(gth_bare_name(path), O_RDONLY);
}

static int as_somebody(const char *path)
{
	if (setgid(GTH_USER) || setuid(GTH_USER))
		return -EACCES;
	return gth_open(path, O_RDONLY);
}

static int through_chroot(const char *path)
{
	return in_child(in_chroot, path);
}

static int by_somebody(const char *path)
{
	return in_child(as_somebody, path);
}

TEST_F(openers, everybody_is_denied_everywhere)
{
	DENIES(through_chroot);
	DENIES(by_somebody);
}

/* With each event a listener gets a descriptor, which the kernel opens for it. */
static int by_listener(const char *path)
{
	struct fanotify_event_metadata event;
	int listener = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY), ret;

	if (listener < 0 || fanotify_mark(listener, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, path))
		return -errno;
	ret = gth_open(path, O_WRONLY);
	if (!ret && read(listener, &event, sizeof(event)) != sizeof(event))
		ret = -errno;
	close(listener);
	return ret ? ret : closed(event.fd);
}

TEST_F(openers, listener_is_given_no_descriptor)
{
	DENIES(by_listener);
}

/* An open is judged once: who has a descriptor may read and hand it on. */
TEST_F(openers, descriptor_handed_on_stays_and_opening_it_again_is_denied)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS } };
	char byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int sockets[2], fd;
	gth_u64 denied;

	ASSERT_EQ(0, gth_set("mode", "monitor"));
	fd = gth_open_fd(self->listed.path, O_RDONLY);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	denied = gth_stat("denied");
	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	ASSERT_EQ(1, sendmsg(sockets[0], &message, 0));
	close(fd);
	ASSERT_EQ(1, recvmsg(sockets[1], &message, 0));
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	EXPECT_EQ(1, read(fd, &byte, 1));
	EXPECT_EQ(0x7f, byte);
	EXPECT_EQ(denied, gth_stat("denied"));
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	EXPECT_EQ(-EPERM, gth_open(name, O_RDONLY));
}

TEST_HARNESS_MAIN
