/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reserve.h - room on the filesystem of the state directory. Spooling leaves a
 * part of it free. A file without content, state/reserve, holds blocks for the
 * database and the journal in case other programs fill the filesystem, so that
 * waiting files can be sent and then removed on a full disk too.
 */
#ifndef GTH_DAEMON_STORE_RESERVE_H
#define GTH_DAEMON_STORE_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

#define GTH_RESERVE_FILE "reserve"
#define GTH_RESERVE_PART (1ULL << 20) /* bytes that are given at a time */
#define GTH_RESERVE_SIZE (16 * GTH_RESERVE_PART)

struct gth_reserve {
	int dirfd, fd; /* of the state directory: the caller's; of the file, -1: there is none */
	uint64_t size; /* bytes of the file */
	uint64_t keep; /* bytes that stay free */
	unsigned int percent; /* … and of the whole, at least */
};

int gth_reserve_open(struct gth_reserve *r, int state_dir, uint64_t keep, unsigned int percent);
void gth_reserve_close(struct gth_reserve *r);
bool gth_reserve_give(struct gth_reserve *r);
void gth_reserve_fill(struct gth_reserve *r);
uint64_t gth_reserve_kept(const struct gth_reserve *r, uint64_t *available);
bool gth_reserve_leaves(const struct gth_reserve *r, uint64_t need);

#endif /* GTH_DAEMON_STORE_RESERVE_H */
