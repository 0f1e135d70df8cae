/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tile.h - the files of a log in a directory (C2SP tlog-tiles).
 *
 * A tile is up to 256 hashes of one level, or up to 256 entries, each with its
 * length before it (16 bits, big-endian). A full tile never changes. A partial
 * one does not either: one that is wider takes its place, under another name.
 */
#ifndef GTH_LIB_LOG_TILE_H
#define GTH_LIB_LOG_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/log/merkle.h"
#include "lib/log/tlog.h"

#define GTH_TILE_ENTRIES (-1) /* the level of tiles of entries */
#define GTH_TILE_FULL GTH_MERKLE_WIDTH
#define GTH_TILE_PATH_SIZE 64
#define GTH_TILE_SIZE_MAX ((size_t)GTH_TILE_FULL * (2 + GTH_TLOG_ENTRY_MAX))

struct gth_tile {
	int level; /* from GTH_TILE_ENTRIES to GTH_MERKLE_LEVELS - 1 */
	uint64_t n;
	unsigned int width; /* hashes or entries: up to GTH_TILE_FULL */
};

struct gth_tile gth_tile_edge(uint64_t size, int level);
void gth_tile_path(const struct gth_tile *t, char path[GTH_TILE_PATH_SIZE]);

size_t gth_tile_span(int level, const uint8_t *data, size_t len, unsigned int width);
int gth_tile_entry(const uint8_t *data, size_t len, size_t *at, const uint8_t **entry,
		   size_t *entry_len);

int gth_tile_read_file(int dirfd, const char *path, size_t max, uint8_t **data, size_t *len);
int gth_tile_load(int dirfd, const struct gth_tile *t, uint8_t **data, size_t *len);
int gth_tile_find(int dirfd, const struct gth_tile *t, uint8_t **data, size_t *len);
int gth_tile_partials(int dirfd, const struct gth_tile *t, bool has[GTH_TILE_FULL]);
int gth_tile_beyond(int dirfd, uint64_t size, int level, char path[GTH_TILE_PATH_SIZE]);

int gth_tile_make_dirs(int dirfd, const char *path, mode_t mode, bool sync);
int gth_tile_write(int dirfd, const struct gth_tile *t, const uint8_t *data, size_t len,
		   mode_t mode);
void gth_tile_supersede(int dirfd, const struct gth_tile *t, unsigned int before);
void gth_tile_clean(int dirfd, uint64_t size, int level);

#endif /* GTH_LIB_LOG_TILE_H */
