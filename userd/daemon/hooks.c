// SPDX-License-Identifier: GPL-2.0-or-later
/* hooks.c - load, attach, pin, take over and detach the BPF programs (see hooks.h). */
#include "hooks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "gotthard.skel.h"
#include "lib/device.h"
#include "lib/pins.h"
#include "lib/say.h"
#include "lib/sysfs.h"

#define GTH_BPFFS "/sys/fs/bpf"

static int pin(const char *prefix, const char *name, int fd)
{
	char path[PATH_MAX];
	int err = gth_pin_path(path, sizeof(path), GTH_PINS_NEW, prefix, name);

	return err ? err : bpf_obj_pin(fd, path);
}

/*
 * Removes a directory of pins, whatever versions of this program left there; one
 * that is not there is fine.
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

/*
 * One at a time attaches or detaches: the lock goes with the descriptor.
 * Return: the descriptor, or -errno.
 */
static int lock_pins(void)
{
	int fd = open(GTH_BPFFS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX)) {
		if (errno != EINTR) {
			int err = -errno;

			close(fd);
			return err;
		}
	}
	return fd;
}

/*
 * A process that was killed in replace() may have left the only attached set
 * under its temporary name.
 */
static int recover(void)
{
	if (gth_pins_complete(GTH_PINS) || !gth_pins_complete(GTH_PINS_NEW))
		return 0;
	remove_pins(GTH_PINS);
	return rename(GTH_PINS_NEW, GTH_PINS) ? -errno : 0;
}

static int program_tag(int fd, unsigned char tag[BPF_TAG_SIZE])
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);
	int err = bpf_obj_get_info_by_fd(fd, &info, &len);

	if (!err)
		memcpy(tag, info.tag, BPF_TAG_SIZE);
	return err;
}

/* Is every hook pinned, with the very instructions of the programs just loaded? */
static bool same_pinned(struct gotthard_bpf *skel)
{
	if (!gth_pins_complete(GTH_PINS))
		return false;
	for (int i = 0; i < GTH_HOOKS; i++) {
		struct bpf_program *prog =
			bpf_object__find_program_by_name(skel->obj, gth_hook_programs[i]);
		unsigned char ours[BPF_TAG_SIZE], theirs[BPF_TAG_SIZE];
		char path[PATH_MAX];
		bool same;
		int fd;

		if (!prog || gth_pin_path(path, sizeof(path), GTH_PINS, GTH_PIN_PROGRAM,
					  gth_hook_programs[i]))
			return false;
		fd = bpf_obj_get(path);
		if (fd < 0)
			return false;
		same = !program_tag(bpf_program__fd(prog), ours) && !program_tag(fd, theirs) &&
		       !memcmp(ours, theirs, BPF_TAG_SIZE);
		close(fd);
		if (!same)
			return false;
	}
	return true;
}

/* Attaches every program and pins it below GTH_PINS_NEW. */
static int attach_all(struct gotthard_bpf *skel)
{
	int err = pin("", GTH_PIN_EVENTS, bpf_map__fd(skel->maps.events));

	for (int i = 0; !err && i < GTH_HOOKS; i++) {
		const char *name = gth_hook_programs[i];
		struct bpf_program *prog = bpf_object__find_program_by_name(skel->obj, name);
		struct bpf_link *link = prog ? bpf_program__attach(prog) : NULL;

		if (!link) {
			err = prog ? -errno : -ENOENT;
			gth_say("cannot attach %s: %s", name, strerror(-err));
			break;
		}
		err = pin(GTH_PIN_LINK, name, bpf_link__fd(link));
		if (!err)
			err = pin(GTH_PIN_PROGRAM, name, bpf_program__fd(prog));
		if (err)
			gth_say("cannot pin %s: %s", name, strerror(-err));
		/* The pin keeps it attached; without a pin it goes again. */
		bpf_link__destroy(link);
	}
	return err;
}

/*
 * The old set goes only when the new one is attached and has its name: in
 * between both decide. What cannot be removed then is told of, and no error.
 */
static int replace(struct gotthard_bpf *skel)
{
	int err;

	remove_pins(GTH_PINS_NEW);
	remove_pins(GTH_PINS_OLD);
	if (mkdir(GTH_PINS_NEW, 0700))
		return -errno;
	err = attach_all(skel);
	if (!err && rename(GTH_PINS, GTH_PINS_OLD) && errno != ENOENT)
		err = -errno;
	if (!err && rename(GTH_PINS_NEW, GTH_PINS))
		err = -errno;
	if (err) {
		remove_pins(GTH_PINS_NEW);
		return err;
	}
	err = remove_pins(GTH_PINS_OLD);
	if (err)
		gth_say("cannot clear %s: %s", GTH_PINS_OLD, strerror(-err));
	return 0;
}

/* Does the LSM hook inode_setattr begin with an idmap (Linux 6.9)? -errno: cannot tell. */
static int setattr_has_idmap(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *t;
	int id, ret = -ENOENT;

	if (!btf)
		return -errno;
	id = btf__find_by_name_kind(btf, "bpf_lsm_inode_setattr", BTF_KIND_FUNC);
	if (id > 0) {
		t = btf__type_by_id(btf, btf__type_by_id(btf, (__u32)id)->type);
		ret = btf_vlen(t) == 3;
	}
	btf__free(btf);
	return ret;
}

/* NULL, with errno set: the kernel's reasons were printed by libbpf. */
static struct gotthard_bpf *load(void)
{
	struct gotthard_bpf *skel = gotthard_bpf__open();
	int err = skel ? setattr_has_idmap() : -errno;

	if (err >= 0) {
		skel->rodata->setattr_has_idmap = err;
		err = gotthard_bpf__load(skel);
	}
	if (!err)
		return skel;
	gotthard_bpf__destroy(skel);
	errno = -err;
	return NULL;
}

/* Has the module keep the pinned links, and no others. */
static int keep(int device)
{
	int links[GTH_HOOKS], n = 0, err = 0;
	char path[PATH_MAX];

	while (n < GTH_HOOKS && !err) {
		err = gth_pin_path(path, sizeof(path), GTH_PINS, GTH_PIN_LINK,
				   gth_hook_programs[n]);
		if (err)
			break;
		links[n] = bpf_obj_get(path);
		if (links[n] < 0)
			err = -errno;
		else
			n++;
	}
	if (!err)
		err = gth_device_hooks(device, links, (unsigned int)n);
	while (n)
		close(links[--n]);
	return err;
}

/**
 * gth_hooks_attach() - see to it that the current programs are attached
 * @device: the module's
 * @result: what was done
 *
 * Return: 0 or -errno; the kernel's reasons were printed by libbpf.
 */
int gth_hooks_attach(int device, enum gth_hooks_result *result)
{
	struct gotthard_bpf *skel = load();
	int lock, err;

	if (!skel)
		return errno ? -errno : -EINVAL;
	lock = lock_pins();
	err = lock < 0 ? lock : recover();
	if (!err && same_pinned(skel)) {
		*result = GTH_HOOKS_TAKEN_OVER;
	} else if (!err) {
		*result = access(GTH_PINS, F_OK) ? GTH_HOOKS_ATTACHED : GTH_HOOKS_REPLACED;
		err = replace(skel);
	}
	if (!err)
		err = keep(device);
	if (lock >= 0)
		close(lock);
	gotthard_bpf__destroy(skel);
	return err;
}

static const char *const pin_dirs[] = { GTH_PINS, GTH_PINS_NEW, GTH_PINS_OLD };

/* Removes all that is pinned. 0; -ENOENT: nothing was; or -errno. */
static int remove_all_pins(void)
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
 * Removes what is pinned below other mounts on the same place, where no path leads
 * to: a child looks there in a mount namespace of its own, without them.
 */
static int remove_covered_pins(void)
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
			ret = remove_all_pins();
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

/*
 * gth_hooks_detach() - 0; -ENOENT: nothing was attached; or -errno
 *
 * @device: the module's, which may keep links that are pinned nowhere
 */
int gth_hooks_detach(int device)
{
	int lock = lock_pins(), ret = -ENOENT, err;
	unsigned long long kept = 0;

	if (lock < 0)
		return lock;
	/* First, so that the event of it still finds its way. */
	gth_sysfs_read_u64("health/hooks", &kept);
	if (kept)
		ret = gth_device_hooks(device, NULL, 0);
	if (!ret || ret == -ENOENT) {
		err = remove_all_pins();
		if (err != -ENOENT)
			ret = err;
	}
	if (!ret)
		ret = remove_covered_pins();
	close(lock);
	return ret;
}

/* gth_hooks_events() - a descriptor of the pinned ring buffer, or -errno */
int gth_hooks_events(void)
{
	char path[PATH_MAX];
	int fd;

	if (gth_pin_path(path, sizeof(path), GTH_PINS, "", GTH_PIN_EVENTS))
		return -ENAMETOOLONG;
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}
