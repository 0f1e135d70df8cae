/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * content_change.h - the ways to change what a file's path shows.
 *
 * Each way does it to any file that edit_begin() made, and to two files of the
 * same content it does the same: so what a way makes of a content is learned
 * from a twin. A way gives 0 or -errno; -EOPNOTSUPP: this file system has it not.
 */
#ifndef GTH_TEST_CONTENT_CHANGE_H
#define GTH_TEST_CONTENT_CHANGE_H

#include "gth.h"

#define EDIT_PAGE 4096
#define EDIT_SIZE (4 * EDIT_PAGE)

/* A program, and another one that differs in every page. */
struct edit_content {
	uint8_t file[EDIT_SIZE], other[EDIT_SIZE];
};

/* A file, and what a way keeps of it until edit_end(). */
struct edit {
	struct gth_file file, other;
	const char *dir;
	int other_fd; /* open for reading */
	int fd;
	char *map; /* EDIT_SIZE bytes */
	pid_t child;
};

/* File systems, as a set. */
#define EDIT_ON_EXT4 1U
#define EDIT_ON_XFS 2U
#define EDIT_ON_BTRFS 4U
#define EDIT_ON_TMPFS 8U
#define EDIT_ON_OVERLAY 16U

unsigned int edit_file_system(const char *dir);
void edit_content(struct edit_content *c);
int edit_begin(struct edit *e, const struct gth_place *place, const char *name,
	       const struct edit_content *c);
void edit_end(struct edit *e);
int edit_digest(const struct edit *e, uint8_t digest[GTH_DIGEST_SIZE]);
int edit_shows(const char *path, const uint8_t content[EDIT_SIZE]);
int edit_once(const struct edit *e, int flags, int (*change)(int fd));
int edit_map(struct edit *e, int prot);

/* lib/content_change-write.c: through a descriptor */
int edit_write(struct edit *e);
int edit_write_dsync(struct edit *e);
int edit_write_append(struct edit *e);
int edit_write_direct(struct edit *e);
int edit_truncate(struct edit *e);
int edit_ftruncate(struct edit *e);
int edit_open_truncating(struct edit *e);
int edit_with_old_times(struct edit *e);
int edit_open_early(struct edit *e);
int edit_write_late(struct edit *e);
int edit_by_living_process(struct edit *e);

/* lib/content_change-map.c: through a mapping */
int edit_map_synced(struct edit *e);
int edit_map_kept(struct edit *e);
int edit_map_gone(struct edit *e);
int edit_map_early(struct edit *e);
int edit_map_store(struct edit *e);
int edit_map_early_for_reading(struct edit *e);
int edit_map_upgrade(struct edit *e);
int edit_map_remove(struct edit *e);
int edit_process_write(struct edit *e);
int edit_poke(struct edit *e, int prot, int flags); /* -EIO: not by this mapping */
int edit_poke_shared(struct edit *e);
int edit_fault_copy(struct edit *e);

/* lib/content_change-range.c: ranges of a file at once */
int edit_punch_hole(struct edit *e);
int edit_zero_range(struct edit *e);
int edit_collapse_range(struct edit *e);
int edit_insert_range(struct edit *e);
int edit_move_extents(struct edit *e);
int edit_extend(struct edit *e);
int edit_copy_range(struct edit *e);
int edit_clone(struct edit *e);
int edit_clone_range(struct edit *e);

/* lib/content_change-queue.c: from a pipe, from another file, by a queue of requests */
int edit_splice(struct edit *e);
int edit_vmsplice(struct edit *e);
int edit_sendfile(struct edit *e);
int edit_aio(struct edit *e);
int edit_ring(struct edit *e);

/* lib/content_change-name.c: by another name, or the name itself */
int edit_by_link(struct edit *e);
int edit_by_mount(struct edit *e);
int edit_by_proc(struct edit *e);
int edit_rename(struct edit *e);
int edit_exchange(struct edit *e);

#endif /* GTH_TEST_CONTENT_CHANGE_H */
