// SPDX-License-Identifier: GPL-2.0-or-later
/* changes.c - what two releases differ in (see changes.h). */
#include "sigtool/changes.h"

#include <errno.h>
#include <unistd.h>

#include "lib/util/scratch.h"
#include "sigtool/stream.h"

/* @dirfd: where all records are kept; -1: nowhere. Return: 0 or a negative errno. */
int changes_init(struct changes *c, int dirfd)
{
	int err;

	*c = (struct changes) { .fd = -1 };
	if (dirfd < 0)
		return 0;
	c->fd = gth_scratch(dirfd);
	if (c->fd < 0)
		return c->fd;
	err = gth_sha256_init(&c->hash);
	return err ? err : gth_sink_init(&c->sink, c->fd, &c->hash);
}

/* compare_bodies() calls this. Return: 0 or a negative errno. */
int changes_add(void *changes, const struct gth_delta_record *rec)
{
	struct changes *c = changes;

	c->count[rec->from][rec->to]++;
	if (c->kind[gth_delta_kind(rec)]++ < CHANGES_FIRST)
		c->first[c->firsts++] = *rec;
	return c->fd < 0 ? 0 : gth_sink_put(&c->sink, rec, sizeof(*rec));
}

/* To be called after the last one. Return: 0 or a negative errno. */
int changes_end(struct changes *c)
{
	int err;

	if (c->fd < 0)
		return 0;
	err = gth_sink_flush(&c->sink);
	return err ? err : gth_sha256_final(&c->hash, c->digest);
}

static int list_all(const struct changes *c,
		    int (*take)(void *ctx, const struct gth_delta_record *rec), void *ctx)
{
	struct stream s;
	const void *raw;
	int err;

	if (lseek(c->fd, 0, SEEK_SET) < 0)
		return -errno;
	err = stream_open(&s, c->fd, sizeof(struct gth_delta_record));
	while (!err) {
		int more = stream_next(&s, &raw);

		if (more <= 0) {
			err = more;
			break;
		}
		err = take(ctx, raw);
	}
	stream_close(&s);
	return err;
}

/*
 * Gives to @take the first records of each kind, or @all that were kept, in order.
 * Return: 0, what @take returned, or a negative errno.
 */
int changes_list(const struct changes *c, bool all,
		 int (*take)(void *ctx, const struct gth_delta_record *rec), void *ctx)
{
	int err = 0;

	if (all)
		return list_all(c, take, ctx);
	for (unsigned int i = 0; i < c->firsts && !err; i++)
		err = take(ctx, &c->first[i]);
	return err;
}

void changes_free(struct changes *c)
{
	gth_sink_free(&c->sink);
	gth_sha256_free(&c->hash);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
