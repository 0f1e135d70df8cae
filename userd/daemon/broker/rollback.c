// SPDX-License-Identifier: GPL-2.0-or-later
/* rollback.c - the broker's record of digests (see rollback.h). */
#include "daemon/broker/rollback.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct gth_rollback_entry {
	struct gth_name name; /* first: the tree compares it */
	bool asked;
	uint64_t issued;  /* of the newest verdict that was taken; 0: none */
	uint64_t expires; /* of the one in the kernel; 0: none */
	TAILQ_ENTRY(gth_rollback_entry) link;
};

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gth_name));
}

void gth_rollback_init(struct gth_rollback *l, size_t max)
{
	*l = (struct gth_rollback) { .max = max };
	TAILQ_INIT(&l->list);
}

static struct gth_rollback_entry *find(struct gth_rollback *l, const struct gth_name *name)
{
	struct gth_rollback_entry **at = tfind(name, &l->tree, compare);

	if (!at)
		return NULL;
	TAILQ_REMOVE(&l->list, *at, link);
	TAILQ_INSERT_TAIL(&l->list, *at, link);
	return *at;
}

static void drop_oldest(struct gth_rollback *l)
{
	struct gth_rollback_entry *e = TAILQ_FIRST(&l->list);

	tdelete(e, &l->tree, compare);
	TAILQ_REMOVE(&l->list, e, link);
	free(e);
	l->n--;
}

/* NULL: no memory. */
static struct gth_rollback_entry *get(struct gth_rollback *l, const struct gth_name *name)
{
	struct gth_rollback_entry *e = find(l, name);

	if (e)
		return e;
	if (l->n >= l->max)
		drop_oldest(l);
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	e->name = *name;
	if (!tsearch(e, &l->tree, compare)) {
		free(e);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&l->list, e, link);
	l->n++;
	return e;
}

/* gth_rollback_ask() - a task waits for it; 0 or -ENOMEM */
int gth_rollback_ask(struct gth_rollback *l, const struct gth_name *name)
{
	struct gth_rollback_entry *e = get(l, name);

	if (!e)
		return -ENOMEM;
	e->asked = true;
	return 0;
}

/* gth_rollback_asked() - is there a request that was not answered? */
bool gth_rollback_asked(struct gth_rollback *l, const struct gth_name *name)
{
	const struct gth_rollback_entry *e = find(l, name);

	return e && e->asked;
}

/* gth_rollback_known() - does the kernel have a verdict? */
bool gth_rollback_known(struct gth_rollback *l, const struct gth_name *name, uint64_t now)
{
	const struct gth_rollback_entry *e = find(l, name);

	return e && e->expires > now;
}

/**
 * gth_rollback_verdict() - a verdict that passed the check is about to be
 * written
 * @l: the remembered digests
 * @name: whose
 * @issued: Unix time
 * @expires: Unix time
 *
 * Return: 0; -ESTALE: there was one that was issued later; -ENOMEM.
 */
int gth_rollback_verdict(struct gth_rollback *l, const struct gth_name *name, uint64_t issued,
			 uint64_t expires)
{
	struct gth_rollback_entry *e = get(l, name);

	if (!e)
		return -ENOMEM;
	if (issued < e->issued)
		return -ESTALE;
	e->issued = issued;
	e->expires = expires;
	return 0;
}

/* gth_rollback_answered() - no task waits for it any more */
void gth_rollback_answered(struct gth_rollback *l, const struct gth_name *name)
{
	struct gth_rollback_entry *e = find(l, name);

	if (e)
		e->asked = false;
}

/* gth_rollback_forget() - the kernel has no verdict any more; an older one is still refused */
void gth_rollback_forget(struct gth_rollback *l, const struct gth_name *name)
{
	struct gth_rollback_entry *e = find(l, name);

	if (e) {
		e->asked = false;
		e->expires = 0;
	}
}

void gth_rollback_free(struct gth_rollback *l)
{
	while (l->n)
		drop_oldest(l);
}
