// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hooks.c - load, attach, take over and detach the BPF programs (see hooks.h).
 *
 * Hooks are found by their programs, not by their pins: a BPF filesystem that is emptied, or
 * covered by another mount, neither hides a set nor leads to a second one.
 */
#include "daemon/hooks/hooks.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "daemon/hooks/found.h"
#include "gotthard.skel.h"
#include "daemon/hooks/pinned.h"
#include "lib/host/device.h"
#include "lib/host/sysfs.h"
#include "lib/util/say.h"

/* The set that this process has attached or taken over. */
static struct gth_hook_set current;

static int program_info(int fd, struct bpf_prog_info *info)
{
	__u32 len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return bpf_obj_get_info_by_fd(fd, info, &len);
}

static struct bpf_program *program(struct gotthard_bpf *skel, int hook)
{
	return bpf_object__find_program_by_name(skel->obj, gth_hook_programs[hook]);
}

/* Is it the hook's very program, by its instructions? */
static bool same_program(struct gotthard_bpf *skel, const struct gth_found_link *l)
{
	struct bpf_program *ours = program(skel, l->hook);
	struct bpf_prog_info info;

	return ours && !program_info(bpf_program__fd(ours), &info) &&
	       !memcmp(info.tag, l->tag, sizeof(l->tag));
}

/*
 * Are the found links one whole set, of the programs just loaded, which share their maps? Two sets
 * would both decide, and a mixed one would keep digests in two places.
 */
static bool is_one_set(struct gotthard_bpf *skel, const struct gth_found *f,
		       struct gth_hook_set *set)
{
	__u32 inodes = 0;

	memset(set, 0, sizeof(*set));
	if (f->n != GTH_HOOKS)
		return false;
	for (unsigned int i = 0; i < f->n; i++) {
		const struct gth_found_link *l = &f->link[i];

		if (set->link[l->hook] || !same_program(skel, l) ||
		    (l->inodes && inodes && l->inodes != inodes))
			return false;
		set->link[l->hook] = l->id;
		set->program[l->hook] = l->program;
		if (l->inodes)
			inodes = l->inodes;
		if (l->events)
			set->events = l->events;
	}
	return set->events;
}

static int link_id(int fd, __u32 *id)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);
	int err = bpf_obj_get_info_by_fd(fd, &info, &len);

	*id = info.id;
	return err;
}

static int map_id(int fd, __u32 *id)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);
	int err = bpf_obj_get_info_by_fd(fd, &info, &len);

	*id = info.id;
	return err;
}

/* Attaches every program; each link lives as long as its descriptor. */
static int attach_all(struct gotthard_bpf *skel, struct bpf_link *link[GTH_HOOKS],
		      struct gth_hook_set *set)
{
	int err = map_id(bpf_map__fd(skel->maps.events), &set->events);

	for (int i = 0; !err && i < GTH_HOOKS; i++) {
		struct bpf_program *prog = program(skel, i);
		struct bpf_prog_info info;

		link[i] = prog ? bpf_program__attach(prog) : NULL;
		if (!link[i]) {
			err = prog ? -errno : -ENOENT;
			gth_say("cannot attach %s: %s", gth_hook_programs[i], strerror(-err));
			break;
		}
		err = link_id(bpf_link__fd(link[i]), &set->link[i]);
		if (!err)
			err = program_info(bpf_program__fd(prog), &info);
		set->program[i] = info.id;
	}
	return err;
}

/* Does the LSM hook inode_setattr begin with an idmap (Linux 6.9)? -errno: unknown. */
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

/* Return: NULL on error, with errno set; libbpf has printed the kernel's reasons. */
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

/* Makes the module keep these links and no others. */
static int keep(int device, const struct gth_hook_set *set)
{
	int links[GTH_HOOKS], n = 0, err = 0;

	while (n < GTH_HOOKS && !err) {
		links[n] = bpf_link_get_fd_by_id(set->link[n]);
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

/*
 * A failure is only logged: the module keeps hooks without pins attached, and the next daemon finds
 * them.
 */
static void give_names(const struct gth_hook_set *set)
{
	int err = gth_pinned_write(set);

	if (err)
		gth_say("cannot pin the hooks below %s: %s; the module alone keeps them", GTH_PINS,
			strerror(-err));
}

/*
 * The old set is detached only after the module keeps the new one; in between both decide, so that
 * no open goes unjudged. Old hooks that cannot be removed are not an error here.
 */
static int replace(int device, struct gotthard_bpf *skel, bool others)
{
	struct bpf_link *link[GTH_HOOKS] = { NULL };
	struct gth_hook_set set = { .events = 0 };
	int err = attach_all(skel, link, &set);

	if (!err)
		err = keep(device, &set);
	if (!err) {
		current = set;
		give_names(&set);
	}
	/* On success the module keeps the programs attached; after an error this detaches them. */
	for (int i = 0; i < GTH_HOOKS; i++)
		bpf_link__destroy(link[i]);
	if (!err && others)
		gth_pinned_remove_covered();
	return err;
}

/* The kernel frees detached links a little later. Return: are all gone? */
static bool wait_until_gone(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };

	for (int i = 0; i < 100; i++) {
		if (!gth_found_count())
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* The caller holds the lock. */
static int attach(int device, struct gotthard_bpf *skel, enum gth_hooks_result *result)
{
	enum gth_pinned pinned = GTH_PINNED_OTHER;
	struct gth_hook_set set;
	struct gth_found found;
	int err = gth_found_scan(&found);
	bool one = !err && is_one_set(skel, &found, &set);
	bool others = err || found.n;

	if (one)
		pinned = gth_pinned_state(&set);
	if (pinned == GTH_PINNED_OTHER) {
		*result = others ? GTH_HOOKS_REPLACED : GTH_HOOKS_ATTACHED;
		gth_found_close(&found);
		return replace(device, skel, others);
	}
	*result = GTH_HOOKS_TAKEN_OVER;
	err = keep(device, &set);
	if (!err) {
		current = set;
		if (pinned == GTH_PINNED_NOT)
			give_names(&set);
	}
	gth_found_close(&found);
	return err;
}

/**
 * gth_hooks_attach() - make sure that the current programs are attached, once
 * @device: the module's
 * @result: set on success
 *
 * Return: 0 or -errno; the kernel's reasons were printed by libbpf.
 */
int gth_hooks_attach(int device, enum gth_hooks_result *result)
{
	struct gotthard_bpf *skel = load();
	int lock, err;

	if (!skel)
		return errno ? -errno : -EINVAL;
	lock = gth_pinned_lock(true);
	err = lock < 0 ? lock : attach(device, skel, result);
	if (lock >= 0)
		close(lock);
	gotthard_bpf__destroy(skel);
	return err;
}

/* gth_hooks_check() - are the hooks of gth_hooks_attach() as it left them? */
enum gth_hooks_state gth_hooks_check(void)
{
	unsigned long long kept = 0;

	for (int i = 0; i < GTH_HOOKS; i++) {
		int fd = bpf_link_get_fd_by_id(current.link[i]);

		if (fd < 0)
			return GTH_HOOKS_GONE;
		close(fd);
	}
	if (gth_sysfs_read_u64("health/hooks", &kept) || kept != GTH_HOOKS)
		return GTH_HOOKS_NOT_KEPT;
	return gth_pinned_state(&current) == GTH_PINNED_SET ? GTH_HOOKS_WHOLE
							    : GTH_HOOKS_NOT_PINNED;
}

/**
 * gth_hooks_restore() - put back the hooks or pins that are missing
 * @device: the module's
 * @state: of gth_hooks_check()
 * @result: GTH_HOOKS_TAKEN_OVER: the same hooks stay; else others were attached
 *
 * Return: 0; -EWOULDBLOCK: another process attaches or detaches hooks; or another errno.
 */
int gth_hooks_restore(int device, enum gth_hooks_state state, enum gth_hooks_result *result)
{
	struct gotthard_bpf *skel = NULL;
	int lock = gth_pinned_lock(false), err = 0;

	if (lock < 0)
		return lock;
	*result = GTH_HOOKS_TAKEN_OVER;
	if (state == GTH_HOOKS_GONE) {
		skel = load();
		err = skel ? attach(device, skel, result) : errno ? -errno : -EINVAL;
		gotthard_bpf__destroy(skel);
	} else {
		/* Also if only the pins are gone: each restoration makes an event. */
		err = keep(device, &current);
		if (!err)
			err = gth_pinned_write(&current);
	}
	close(lock);
	return err;
}

/*
 * gth_hooks_detach() - 0; -ENOENT: nothing was attached; -EBUSY: some stay attached, pinned where
 * no path leads from here; or another errno
 *
 * @device: the module's, which may keep links that are pinned nowhere
 */
int gth_hooks_detach(int device)
{
	int lock = gth_pinned_lock(true), ret = 0, err;
	unsigned long long kept = 0;
	bool any;

	if (lock < 0)
		return lock == -ENOENT ? -ENODEV : lock;
	any = gth_found_count();
	/* Before the pins, while the hook that carries the event is still attached. */
	gth_sysfs_read_u64("health/hooks", &kept);
	if (kept)
		ret = gth_device_hooks(device, NULL, 0);
	if (!ret) {
		err = gth_pinned_remove();
		if (err != -ENOENT)
			ret = err;
		any = any || kept || err != -ENOENT;
	}
	if (!ret && any)
		ret = gth_pinned_remove_covered();
	if (!ret && !wait_until_gone())
		ret = -EBUSY;
	close(lock);
	return ret || any ? ret : -ENOENT;
}

/* gth_hooks_events() - a descriptor of the ring buffer of the newest hooks, or -errno */
int gth_hooks_events(void)
{
	struct gth_found found;
	int err = gth_found_scan(&found), fd;
	__u32 id = 0;

	for (unsigned int i = 0; i < found.n; i++)
		if (found.link[i].events)
			id = found.link[i].events;
	gth_found_close(&found);
	if (!id)
		return err ? err : -ENOENT;
	fd = bpf_map_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}
