// SPDX-License-Identifier: GPL-2.0-or-later
/* found.c - the hooks that the kernel has (see found.h). */
#include "daemon/hooks/found.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define MAPS_MAX 16

/* The kernel keeps the first 15 bytes of a program's name. Return: its number, or -1. */
static int hook_of(const struct bpf_prog_info *info)
{
	for (int i = 0; i < GTH_HOOKS; i++) {
		bool event = !strcmp(gth_hook_programs[i], "gth_event");

		if (!strncmp(info->name, gth_hook_programs[i], sizeof(info->name) - 1) &&
		    info->type == (event ? BPF_PROG_TYPE_TRACING : BPF_PROG_TYPE_LSM))
			return i;
	}
	return -1;
}

static void note_map(struct gth_found_link *l, __u32 id)
{
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);

	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &len)) {
		if (info.type == BPF_MAP_TYPE_RINGBUF)
			l->events = id;
		else if (info.type == BPF_MAP_TYPE_INODE_STORAGE)
			l->inodes = id;
	}
	close(fd);
}

/* Notes the link's program. Return: is it one of ours? */
static bool note_program(struct gth_found_link *l)
{
	__u32 maps[MAPS_MAX], len = sizeof(struct bpf_prog_info);
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)maps };
	int fd = bpf_prog_get_fd_by_id(l->program), err;

	if (fd < 0)
		return false;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	if (err)
		return false;
	l->hook = hook_of(&info);
	if (l->hook < 0)
		return false;
	memcpy(l->tag, info.tag, sizeof(l->tag));
	for (__u32 i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++)
		note_map(l, maps[i]);
	return true;
}

static bool note_link(struct gth_found_link *l, __u32 id)
{
	struct bpf_link_info info = { 0 };
	__u32 len = sizeof(info);

	*l = (struct gth_found_link) { .fd = bpf_link_get_fd_by_id(id), .id = id };
	if (l->fd < 0)
		return false;
	/* The link of a tracepoint's program has a type of its own. */
	if (!bpf_obj_get_info_by_fd(l->fd, &info, &len) &&
	    (info.type == BPF_LINK_TYPE_TRACING || info.type == BPF_LINK_TYPE_RAW_TRACEPOINT)) {
		l->program = info.prog_id;
		if (note_program(l))
			return true;
	}
	close(l->fd);
	return false;
}

/**
 * gth_found_scan() - all links of programs with our names
 * @f: set; to be closed by gth_found_close(), also after an error
 *
 * A link that is destroyed meanwhile is left out.
 *
 * Return: 0; -E2BIG: there are more than GTH_FOUND_MAX; or another errno.
 */
int gth_found_scan(struct gth_found *f)
{
	__u32 id = 0;

	f->n = 0;
	while (!bpf_link_get_next_id(id, &id)) {
		struct gth_found_link l;

		if (!note_link(&l, id))
			continue;
		if (f->n == GTH_FOUND_MAX) {
			close(l.fd);
			return -E2BIG;
		}
		f->link[f->n++] = l;
	}
	return errno == ENOENT ? 0 : -errno;
}

void gth_found_close(struct gth_found *f)
{
	while (f->n)
		close(f->link[--f->n].fd);
}

/* gth_found_count() - the number of links; ~0U: unknown */
unsigned int gth_found_count(void)
{
	struct gth_found f;
	int err = gth_found_scan(&f);
	unsigned int n = err ? ~0U : f.n;

	gth_found_close(&f);
	return n;
}
