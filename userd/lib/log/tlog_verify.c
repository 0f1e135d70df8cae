// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tlog_verify.c - every entry, every tile and the root of a log (see tlog.h).
 *
 * From the root down, so that what is named is what is wrong: the right edge must
 * hash to the root, each tile to its hash in the tile above, each entry to its
 * hash in the lowest tile. Only when the edge does not, it is not known which of
 * its tiles is wrong: then it is the one that what is below contradicts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/checkpoint.h"
#include "lib/log/merkle.h"
#include "lib/log/tile.h"
#include "lib/log/tlog.h"

#define BAD 64

struct verify {
	int dirfd;
	bool torn_edge; /* it does not hash to the root */
	bool outdated;	/* a tile has become wider: the checkpoint must be a new one by now */
	char wider[BAD];
	char *bad;
	int (*each)(uint64_t index, const void *entry, size_t len, void *arg);
	void *arg;
};

static int blame(struct verify *v, const struct gth_tile *t)
{
	char path[GTH_TILE_PATH_SIZE];

	gth_tile_path(t, path);
	snprintf(v->bad, BAD, "%s", path);
	return -EBADMSG;
}

/* Partial tiles that were left when a wider one came must say the same. */
static int check_partials(struct verify *v, const struct gth_tile *t, const uint8_t *data,
			  size_t len)
{
	struct gth_tile old = *t;
	bool has[GTH_TILE_FULL], same;
	uint8_t *old_data;
	size_t old_len;
	int err = gth_tile_partials(v->dirfd, t, has);

	for (old.width = 1; !err && old.width < t->width; old.width++) {
		if (!has[old.width])
			continue;
		err = gth_tile_load(v->dirfd, &old, &old_data, &old_len);
		if (err == -ENOENT) {
			err = 0;
			continue;
		}
		if (err)
			return err == -EBADMSG ? blame(v, &old) : err;
		same = old_len == gth_tile_span(t->level, data, len, old.width) &&
		       !memcmp(old_data, data, old_len);
		free(old_data);
		if (!same)
			return blame(v, &old);
	}
	return err;
}

static int find(struct verify *v, const struct gth_tile *t, uint8_t **data, size_t *len)
{
	int err = gth_tile_find(v->dirfd, t, data, len);

	if (err == -ENOENT || err == -EBADMSG)
		return blame(v, t);
	if (err > 0 && !v->outdated) {
		v->outdated = true;
		gth_tile_path(t, v->wider);
	}
	if (err < 0)
		return err;
	err = check_partials(v, t, *data, *len);
	if (err)
		free(*data);
	return err;
}

/* The entries below a tile of level 0. */
static int check_entries(struct verify *v, const struct gth_tile *row,
			 const uint8_t (*hash)[GTH_MERKLE_HASH])
{
	struct gth_tile t = { GTH_TILE_ENTRIES, row->n, row->width };
	uint64_t index = row->n * GTH_TILE_FULL;
	uint8_t leaf[GTH_MERKLE_HASH];
	size_t at = 0, len, entry_len;
	const uint8_t *entry;
	uint8_t *data;
	int err = find(v, &t, &data, &len);

	if (err)
		return err;
	for (; !err && gth_tile_entry(data, len, &at, &entry, &entry_len) > 0; hash++, index++) {
		err = gth_merkle_leaf(entry, entry_len, leaf);
		if (!err && memcmp(leaf, *hash, sizeof(leaf)) != 0) {
			snprintf(v->bad, BAD, "entry %llu", (unsigned long long)index);
			err = -EBADMSG;
		}
		if (!err && v->each && !v->torn_edge)
			err = v->each(index, entry, entry_len, v->arg);
	}
	free(data);
	return err;
}

static int check_below(struct verify *v, const struct gth_tile *t,
		       const uint8_t (*hash)[GTH_MERKLE_HASH]);

/* A full tile, whose hash the tile above tells. */
static int check_tile(struct verify *v, int level, uint64_t n, const uint8_t want[GTH_MERKLE_HASH])
{
	struct gth_tile t = { level, n, GTH_TILE_FULL };
	uint8_t root[GTH_MERKLE_HASH];
	uint8_t *data;
	size_t len;
	int err = find(v, &t, &data, &len);

	if (err)
		return err;
	err = gth_merkle_row((const uint8_t(*)[GTH_MERKLE_HASH])data, GTH_TILE_FULL, root);
	if (!err && memcmp(root, want, sizeof(root)) != 0)
		err = blame(v, &t);
	if (!err)
		err = check_below(v, &t, (const uint8_t(*)[GTH_MERKLE_HASH])data);
	free(data);
	return err;
}

static int check_below(struct verify *v, const struct gth_tile *t,
		       const uint8_t (*hash)[GTH_MERKLE_HASH])
{
	int err = 0;

	if (!t->level)
		return check_entries(v, t, hash);
	for (unsigned int i = 0; i < t->width && !err; i++)
		err = check_tile(v, t->level - 1, t->n * GTH_TILE_FULL + i, hash[i]);
	return err;
}

/* From the highest level down is from the first entry on. */
static int check_edge(struct verify *v, struct gth_merkle *m)
{
	struct gth_tile t;
	int err = 0;

	for (int level = GTH_MERKLE_LEVELS - 1; level >= 0 && !err; level--) {
		t = gth_tile_edge(m->size, level);
		if (!t.width)
			continue;
		err = check_below(v, &t, (const uint8_t(*)[GTH_MERKLE_HASH])m->hash[level]);
		if (err == -EBADMSG && v->torn_edge)
			blame(v, &t);
	}
	return err;
}

static int load_edge(struct verify *v, struct gth_merkle *m)
{
	uint8_t *data;
	size_t len;
	int err;

	for (int level = 0; level < GTH_MERKLE_LEVELS; level++) {
		struct gth_tile t = gth_tile_edge(m->size, level);

		if (!t.width)
			continue;
		err = find(v, &t, &data, &len);
		if (err)
			return err;
		memcpy(m->hash[level], data, len);
		free(data);
	}
	return 0;
}

/* A tile that the checkpoint does not cover must be younger than the checkpoint. */
static int check_beyond(struct verify *v, uint64_t size, const struct gth_verifier *key)
{
	struct gth_checkpoint now;
	int err = 0;

	for (int level = GTH_TILE_ENTRIES; level < GTH_MERKLE_LEVELS && !err; level++)
		err = gth_tile_beyond(v->dirfd, size, level, v->wider);
	if (err < 0)
		return err;
	if (!err && !v->outdated)
		return 0;
	err = gth_tlog_checkpoint(v->dirfd, key, &now);
	if (err)
		return err;
	if (now.size > size)
		return 0;
	memcpy(v->bad, v->wider, BAD);
	return -EBADMSG;
}

int gth_tlog_verify(int dirfd, const struct gth_verifier *key,
		    int (*each)(uint64_t index, const void *entry, size_t len, void *arg),
		    void *arg, struct gth_checkpoint *c, char bad[BAD])
{
	struct verify v = { .dirfd = dirfd, .bad = bad, .each = each, .arg = arg };
	uint8_t root[GTH_MERKLE_HASH];
	struct gth_merkle *m;
	int err;

	snprintf(bad, BAD, "checkpoint");
	err = gth_tlog_checkpoint(dirfd, key, c);
	if (err)
		return err;
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->size = c->size;
	err = load_edge(&v, m);
	if (!err)
		err = gth_merkle_root(m, c->size, root);
	v.torn_edge = !err && memcmp(root, c->root, sizeof(root)) != 0;
	if (!err)
		err = check_edge(&v, m);
	free(m);
	if (!err && v.torn_edge)
		err = -EBADMSG;
	if (!err)
		err = check_beyond(&v, c->size, key);
	if (!err)
		*bad = '\0';
	return err;
}
