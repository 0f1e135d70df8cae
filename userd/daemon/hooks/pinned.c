// SPDX-License-Identifier: GPL-2.0-or-later
/* pinned.c - the hooks' pins in the BPF filesystem (see pinned.h). */
#include "daemon/hooks/pinned.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define GTH_BPFFS "/sys/fs/bpf"

/**
 * gth_pinned_lock() - lock out other processes that attach or detach
 * @wait: for another one that does
 *
 * Return: a descriptor, which is the lock; -EWOULDBLOCK; or another errno.
 */
int gth_pinned_lock(bool wait)
{
	int fd = open(GTH_BPFFS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB))) {
		if (errno != EINTR) {
			int err = -errno;

			close(fd);
			return err;
		}
	}
	return fd;
}

/*
 * Removes a directory of pins with all entries, also those of other versions of
 * this program. A missing directory is not an error.
 */
static int remove_pins(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	int ret = 0;

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.' && unlinkat(dirfd(d), entry->d_name, 0) &&
		    unlinkat(dirfd(d), entry->d_name, AT_REMOVEDIR))
			ret = -errno;
	closedir(d);
	if (rmdir(dir))
		ret = -errno;
	return ret;
}

/* The kinds of pins, by the functions that open an object by its id. */
typedef int open_by_id(__u32 id);

typedef int with_pin(const char *path, __u32 id, open_by_id *open_id);

/* Calls @deed for each pin of a set in a directory. Return: 0, or its first other result. */
static int each(const struct gth_hook_set *set, const char *dir, with_pin *deed)
{
	char path[PATH_MAX];
	int ret = gth_pin_path(path, sizeof(path), dir, "", GTH_PIN_EVENTS);

	if (!ret)
		ret = deed(path, set->events, bpf_map_get_fd_by_id);
	for (int i = 0; !ret && i < GTH_HOOKS; i++) {
		const char *name = gth_hook_programs[i];

		ret = gth_pin_path(path, sizeof(path), dir, GTH_PIN_LINK, name);
		if (!ret)
			ret = deed(path, set->link[i], bpf_link_get_fd_by_id);
		if (!ret)
			ret = gth_pin_path(path, sizeof(path), dir, GTH_PIN_PROGRAM, name);
		if (!ret)
			ret = deed(path, set->program[i], bpf_prog_get_fd_by_id);
	}
	return ret;
}

/* The kernel's info structs of links, programs and maps all begin with type and id. */
static __u32 id_of(int fd)
{
	struct {
		__u32 type, id;
	} info = { 0 };
	__u32 len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) ? 0 : info.id;
}

static int compare(const char *path, __u32 id, open_by_id *open_id)
{
	int fd = bpf_obj_get(path), ret;

	(void)open_id;
	if (fd < 0)
		return -ENOENT;
	ret = id_of(fd) == id ? 0 : -ESTALE;
	close(fd);
	return ret;
}

static bool is_empty(const char *dir)
{
	struct dirent *entry;
	bool empty = true;
	DIR *d = opendir(dir);

	if (!d)
		return errno == ENOENT;
	while ((entry = readdir(d)))
		if (entry->d_name[0] != '.')
			empty = false;
	closedir(d);
	return empty;
}

/* gth_pinned_state() - the state of the pins in GTH_PINS */
enum gth_pinned gth_pinned_state(const struct gth_hook_set *set)
{
	if (!each(set, GTH_PINS, compare))
		return GTH_PINNED_SET;
	return is_empty(GTH_PINS) ? GTH_PINNED_NOT : GTH_PINNED_OTHER;
}

static int pin(const char *path, __u32 id, open_by_id *open_id)
{
	int fd = open_id(id), ret;

	if (fd < 0)
		return -errno;
	ret = bpf_obj_pin(fd, path) ? -errno : 0;
	close(fd);
	return ret;
}

/**
 * gth_pinned_write() - pin the set, in place of another
 * @set: attached
 *
 * The old pins are removed only after the new ones are complete.
 *
 * Return: 0 or -errno.
 */
int gth_pinned_write(const struct gth_hook_set *set)
{
	int err;

	remove_pins(GTH_PINS_NEW);
	remove_pins(GTH_PINS_OLD);
	if (mkdir(GTH_PINS_NEW, 0700))
		return -errno;
	err = each(set, GTH_PINS_NEW, pin);
	if (!err && rename(GTH_PINS, GTH_PINS_OLD) && errno != ENOENT)
		err = -errno;
	if (!err && rename(GTH_PINS_NEW, GTH_PINS))
		err = -errno;
	if (err) {
		remove_pins(GTH_PINS_NEW);
		return err;
	}
	return remove_pins(GTH_PINS_OLD);
}

static const char *const pin_dirs[] = { GTH_PINS, GTH_PINS_NEW, GTH_PINS_OLD };

/* gth_pinned_remove() - remove all pins. 0; -ENOENT: there were none; or -errno. */
int gth_pinned_remove(void)
{
	int ret = -ENOENT;

	for (size_t i = 0; i < sizeof(pin_dirs) / sizeof(*pin_dirs); i++) {
		int err;

		if (access(pin_dirs[i], F_OK))
			continue;
		err = remove_pins(pin_dirs[i]);
		if (err || ret == -ENOENT)
			ret = err;
	}
	return ret;
}

/*
 * gth_pinned_remove_covered() - remove pins that other mounts cover
 *
 * No path leads there: a child unmounts those mounts in a mount namespace of its own.
 * Return: 0 or -errno.
 */
int gth_pinned_remove_covered(void)
{
	struct statfs fs;
	int status, ret;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
			_exit(errno);
		while (!umount2(GTH_BPFFS, MNT_DETACH) && !statfs(GTH_BPFFS, &fs) &&
		       fs.f_type == BPF_FS_MAGIC) {
			ret = gth_pinned_remove();
			if (ret && ret != -ENOENT)
				_exit(-ret);
		}
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}
