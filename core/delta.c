// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * delta.c - what one release changes in another (see delta.h).
 *
 * One delta for two releases: a record has the class before as well, so there
 * is nothing to choose, and a delta on the wrong base is found at its first
 * record that differs.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "core/cursor.h"
#include "core/delta.h"
#include "core/limits.h"

/* A record is bytes only, so one may be seen at any address. */
static_assert(sizeof(struct gth_delta_record) == 35);
static_assert(__alignof__(struct gth_delta_record) == 1);
static_assert(offsetof(struct gth_delta_record, from) == GTH_RECORD_KEY);

/* No base has more records to lose, and no result more to gain, than a release can have. */
static int check_counts(const struct gth_delta *d)
{
	const u64 *n = d->count;
	u64 most = GTH_ENTRIES_MAX;

	if (n[GTH_DELTA_REMOVED] > most || n[GTH_DELTA_CHANGED] > most - n[GTH_DELTA_REMOVED] ||
	    n[GTH_DELTA_ADDED] > most || n[GTH_DELTA_CHANGED] > most - n[GTH_DELTA_ADDED])
		return -EFBIG;
	return 0;
}

static int parse(struct gth_cursor *c, struct gth_delta *d)
{
	return gth_cursor_take(c, "gotthard-delta 1\n") ?:
	       gth_cursor_name(c, d->name) ?:
	       gth_cursor_number(c, "from-version: ", 1, &d->from_version) ?:
	       gth_cursor_digest(c, "from-manifest: ", d->from) ?:
	       gth_cursor_digest(c, "to-manifest: ", d->to) ?:
	       gth_cursor_number(c, "removed: ", 0, &d->count[GTH_DELTA_REMOVED]) ?:
	       gth_cursor_number(c, "changed: ", 0, &d->count[GTH_DELTA_CHANGED]) ?:
	       gth_cursor_number(c, "added: ", 0, &d->count[GTH_DELTA_ADDED]) ?:
	       gth_cursor_digest(c, "records-sha256: ", d->digest);
}

/**
 * gth_delta_parse() - parse the head of a delta
 * @d: filled in; undefined after an error
 * @text: untrusted bytes, the first ones of the file
 * @len: how many; GTH_DELTA_HEAD_MAX are enough for every head
 * @at: the length of the head; after an error, offset in @text of what was refused
 *
 * Return: 0; -EINVAL: malformed, in whatever way; -EFBIG: well-formed, but
 * more records than two releases can differ in.
 */
int gth_delta_parse(struct gth_delta *d, const char *text, size_t len, size_t *at)
{
	struct gth_cursor c = { .at = text, .end = text + len };
	int err;

	*d = (struct gth_delta){ };
	err = parse(&c, d);
	*at = (size_t)(c.at - text);
	return err ?: check_counts(d);
}

/* gth_delta_records() - how many records follow the head */
u64 gth_delta_records(const struct gth_delta *d)
{
	return d->count[GTH_DELTA_REMOVED] + d->count[GTH_DELTA_CHANGED] +
	       d->count[GTH_DELTA_ADDED];
}

/* gth_delta_kind() - what a record does, if gth_delta_check() accepted it */
enum gth_delta_kind gth_delta_kind(const struct gth_delta_record *rec)
{
	if (rec->to == GTH_CLASS_UNKNOWN)
		return GTH_DELTA_REMOVED;
	return rec->from == GTH_CLASS_UNKNOWN ? GTH_DELTA_ADDED : GTH_DELTA_CHANGED;
}

void gth_delta_check_init(struct gth_delta_check *c)
{
	*c = (struct gth_delta_check){ };
}

/**
 * gth_delta_check() - check the next record of a delta
 * @c: the state, from gth_delta_check_init()
 * @rec: untrusted bytes
 *
 * After an error the state is that before @rec.
 *
 * Return: 0; -EPROTO: the record is out of order or a duplicate, its domain or
 * a class is unknown, or its classes are equal.
 */
int gth_delta_check(struct gth_delta_check *c, const struct gth_delta_record *rec)
{
	if (rec->domain == GTH_DOMAIN_NONE || rec->domain >= GTH_DOMAIN_MAX)
		return -EPROTO;
	if (rec->from >= GTH_CLASS_MAX || rec->to >= GTH_CLASS_MAX || rec->from == rec->to)
		return -EPROTO;
	if (c->any && memcmp(c->last, rec, GTH_RECORD_KEY) >= 0)
		return -EPROTO;
	memcpy(c->last, rec, GTH_RECORD_KEY);
	c->any = true;
	c->count[gth_delta_kind(rec)]++;
	return 0;
}

/**
 * gth_delta_check_end() - compare the records with what the head promises
 * @c: the state after the last record
 * @d: the head
 *
 * Return: 0; -ENODATA: there are fewer records; -EPROTO: the counts differ.
 */
int gth_delta_check_end(const struct gth_delta_check *c, const struct gth_delta *d)
{
	u64 records = 0;
	unsigned int i;

	for (i = 0; i < GTH_DELTA_KINDS; i++)
		records += c->count[i];
	if (records < gth_delta_records(d))
		return -ENODATA;
	for (i = 0; i < GTH_DELTA_KINDS; i++)
		if (c->count[i] != d->count[i])
			return -EPROTO;
	return 0;
}

/* Which comes first; a list that is at its end comes last. */
static int compare(const void *base, const void *delta)
{
	if (!base || !delta)
		return delta ? 1 : -1;
	return memcmp(base, delta, GTH_RECORD_KEY);
}

/**
 * gth_delta_step() - merge the next record of a base and of a delta
 * @base: the next record of the base, or NULL at its end
 * @delta: the next record of the delta, checked, or NULL at its end; one of both is there
 * @out: filled in when there is a record for the result
 *
 * To be called until both are at their end. A record costs one comparison, and
 * nothing but the two records need be in memory.
 *
 * Return: GTH_DELTA_… bits; -ENOENT: the delta removes or changes what the base
 * does not have; -EEXIST: it adds what the base has; -ESTALE: the base has the
 * record in another class than the delta says.
 */
int gth_delta_step(const struct gth_record *base, const struct gth_delta_record *delta,
		   struct gth_record *out)
{
	int order = compare(base, delta);

	if (order < 0) {
		*out = *base;
		return GTH_DELTA_USED_BASE | GTH_DELTA_MADE;
	}
	if (order && delta->from != GTH_CLASS_UNKNOWN)
		return -ENOENT;
	if (!order && delta->from == GTH_CLASS_UNKNOWN)
		return -EEXIST;
	if (!order && delta->from != base->class)
		return -ESTALE;
	memcpy(out, delta, GTH_RECORD_KEY);
	out->class = delta->to;
	return GTH_DELTA_USED_DELTA | (order ? 0 : GTH_DELTA_USED_BASE) |
	       (delta->to == GTH_CLASS_UNKNOWN ? 0 : GTH_DELTA_MADE);
}
