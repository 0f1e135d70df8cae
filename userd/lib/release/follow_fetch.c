// SPDX-License-Identifier: GPL-2.0-or-later
/* follow_fetch.c - the files of a log, as far as they are needed (see follow_work.h). */
#include <errno.h>
#include <stdlib.h>

#include "lib/log/checkpoint.h"
#include "lib/log/note_lines.h"
#include "lib/log/tile.h"
#include "lib/release/follow_work.h"

/* gth_follow_done() - the state is known */
int gth_follow_done(struct gth_follow_work *w, enum gth_follow_state state)
{
	w->state = state;
	return GTH_FOLLOW_DONE;
}

/* A file that every log has. */
static int fetch(struct gth_follow_work *w, const char *path, uint64_t max)
{
	int err = w->f->fetch(w->f->arg, path, max);

	if (err == -ENOMEM)
		return err;
	return err ? gth_follow_done(w,
				     err == -ENOENT ? GTH_FOLLOW_WITHHELD : GTH_FOLLOW_UNREACHABLE)
		   : 0;
}

/*
 * The number of entries that the log has now, as it says: 0 if that is not known. Only a hint, for
 * the names of tiles.
 */
static uint64_t size_now(struct gth_follow_work *w)
{
	size_t len = 0, text_len, signatures;
	struct gth_checkpoint c = { .size = 0 };
	uint8_t *data = NULL;

	if (w->size_now || w->f->fetch(w->f->arg, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX) ||
	    gth_tile_read_file(w->f->work, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX, &data, &len))
		return w->size_now;
	if (!gth_note_split((const char *)data, len, &text_len, &signatures) &&
	    !gth_checkpoint_parse(&c, (const char *)data, text_len))
		w->size_now = c.size;
	free(data);
	return w->size_now;
}

/*
 * A partial tile is replaced by a wider one when the log grows, which holds the same at its
 * beginning: @t as it was then, and else the tile as it is now.
 */
static int fetch_partial(struct gth_follow_work *w, struct gth_tile t, uint64_t max)
{
	char path[GTH_TILE_PATH_SIZE];
	struct gth_tile now;
	int err;

	gth_tile_path(&t, path);
	err = w->f->fetch(w->f->arg, path, max);
	if (err != -ENOENT)
		return err == -ENOMEM ? err : err ? gth_follow_done(w, GTH_FOLLOW_UNREACHABLE) : 0;
	now = gth_tile_edge(size_now(w), t.level);
	t.width = now.n == t.n && now.width > t.width ? now.width : GTH_TILE_FULL;
	gth_tile_path(&t, path);
	return fetch(w, path, max);
}

/* gth_follow_tile() - number @n of @level of the log of the checkpoint; nothing, if it has none */
int gth_follow_tile(struct gth_follow_work *w, int level, uint64_t n)
{
	struct gth_tile t = gth_tile_edge(w->r->checkpoint.size, level);
	uint64_t max = level == GTH_TILE_ENTRIES ? GTH_TILE_SIZE_MAX
						 : (uint64_t)GTH_TILE_FULL * GTH_MERKLE_HASH;
	char path[GTH_TILE_PATH_SIZE];

	if (n > t.n || (n == t.n && !t.width))
		return 0;
	if (n == t.n)
		return fetch_partial(w, t, max);
	t.n = n;
	t.width = GTH_TILE_FULL;
	gth_tile_path(&t, path);
	return fetch(w, path, max);
}

/* gth_follow_way() - all hashes beside the way from an entry to the root are in these tiles, and in
 * those of gth_follow_edge() */
int gth_follow_way(struct gth_follow_work *w, uint64_t index)
{
	int ret = 0;

	for (int level = 0; level < GTH_MERKLE_LEVELS && !ret; level++)
		ret = gth_follow_tile(w, level, index >> (8 * level) >> 8);
	return ret;
}

/* gth_follow_edge() - the last tiles, by which the root is computed */
int gth_follow_edge(struct gth_follow_work *w)
{
	int ret = 0;

	for (int level = 0; level < GTH_MERKLE_LEVELS && !ret; level++)
		ret = gth_follow_tile(w, level, gth_tile_edge(w->r->checkpoint.size, level).n);
	return ret;
}
