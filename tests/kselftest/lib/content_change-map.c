// SPDX-License-Identifier: GPL-2.0-or-later
/* content_change-map.c - changes through a mapping, by its owner and by others (see
 * content_change.h). */
#include "content_change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where a change is; in the second page, as all of them. */
#define AT (EDIT_PAGE + 64)

static void unmap(struct edit *e)
{
	munmap(e->map, EDIT_SIZE);
	e->map = NULL;
}

int edit_map_store(struct edit *e)
{
	e->map[AT] = '!';
	return 0;
}

int edit_map_early(struct edit *e)
{
	return edit_map(e, PROT_READ | PROT_WRITE);
}

int edit_map_kept(struct edit *e)
{
	int ret = edit_map_early(e);

	return ret ? ret : edit_map_store(e);
}

int edit_map_gone(struct edit *e)
{
	int ret = edit_map_kept(e);

	if (!ret)
		unmap(e);
	return ret;
}

int edit_map_synced(struct edit *e)
{
	int ret = edit_map_kept(e);

	if (!ret && msync(e->map, EDIT_SIZE, MS_SYNC))
		ret = -errno;
	if (e->map)
		unmap(e);
	return ret;
}

/* A mapping for reading of a descriptor for writing may be made writable at any time. */
int edit_map_early_for_reading(struct edit *e)
{
	return edit_map(e, PROT_READ);
}

int edit_map_upgrade(struct edit *e)
{
	if (mprotect(e->map, EDIT_SIZE, PROT_READ | PROT_WRITE))
		return -errno;
	edit_map_store(e);
	unmap(e);
	return 0;
}

/* Frees pages of the file itself. */
int edit_map_remove(struct edit *e)
{
	int ret = edit_map_early(e);

	if (!ret && madvise(e->map + EDIT_PAGE, EDIT_PAGE, MADV_REMOVE))
		ret = -errno;
	return ret;
}

int edit_process_write(struct edit *e)
{
	struct iovec from = { (void *)"written", 7 }, to;
	int ret = edit_map_early(e);

	if (ret)
		return ret;
	to = (struct iovec) { e->map + AT, 7 };
	if (process_vm_writev(getpid(), &from, 1, &to, 1, 0) != 7)
		ret = -errno;
	unmap(e);
	return ret;
}

static int poke(pid_t pid, char *at)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return -ECHILD;
	return ptrace(PTRACE_POKEDATA, pid, at, 0x2121212121212121) ? -errno : 0;
}

/* edit_poke() - a debugger's store into a mapping of this kind */
int edit_poke(struct edit *e, int prot, int flags)
{
	int fd = gth_open_fd(e->file.path,
			     flags == MAP_SHARED && prot & PROT_WRITE ? O_RDWR : O_RDONLY);
	char *p;
	pid_t pid;
	int ret;

	if (fd < 0)
		return fd;
	p = mmap(NULL, EDIT_SIZE, prot, flags, fd, 0);
	close(fd);
	if (p == MAP_FAILED)
		return -errno;
	pid = fork();
	if (!pid) {
		if (!ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			raise(SIGSTOP);
		_exit(1);
	}
	ret = pid < 0 ? -EAGAIN : poke(pid, p + AT);
	kill(pid, SIGKILL);
	gth_wait_child(pid);
	munmap(p, EDIT_SIZE);
	return ret;
}

int edit_poke_shared(struct edit *e)
{
	return edit_poke(e, PROT_READ | PROT_WRITE, MAP_SHARED);
}

/* Into a hole, on tmpfs: edit_punch_hole() makes it beforehand. */
int edit_fault_copy(struct edit *e)
{
	static char page[EDIT_PAGE] __attribute__((aligned(EDIT_PAGE))) = "copied";
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_copy copy = { .src = (unsigned long)page, .len = EDIT_PAGE };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC), ret;

	if (fd < 0)
		return errno == ENOSYS ? -EOPNOTSUPP : -errno;
	ret = edit_map_early(e);
	if (!ret) {
		copy.dst = (unsigned long)e->map + EDIT_PAGE;
		range.range.start = copy.dst;
		range.range.len = EDIT_PAGE;
		if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &range) ||
		    ioctl(fd, UFFDIO_COPY, &copy))
			ret = -errno;
		unmap(e);
	}
	close(fd);
	return ret;
}
