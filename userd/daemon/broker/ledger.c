// SPDX-License-Identifier: GPL-2.0-or-later
/* ledger.c - what the broker remembers of digests (see ledger.h). */
#include "daemon/broker/ledger.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct gth_ledger_entry {
	struct gth_name name; /* first: the tree compares it */
	bool asked;
	uint64_t issued;  /* of the newest verdict that was taken; 0: none */
	uint64_t expires; /* of the one in the kernel; 0: none */
	TAILQ_ENTRY(gth_ledger_entry) link;
};

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct gth_name));
}

void gth_ledger_init(struct gth_ledger *l, size_t max)
{
	*l = (struct gth_ledger) { .max = max };
	TAILQ_INIT(&l->list);
}

static struct gth_ledger_entry *find(struct gth_ledger *l, const struct gth_name *name)
{
	struct gth_ledger_entry **at = tfind(name, &l->tree, compare);

	if (!at)
		return NULL;
	TAILQ_REMOVE(&l->list, *at, link);
	TAILQ_INSERT_TAIL(&l->list, *at, link);
	return *at;
}

static void drop_oldest(struct gth_ledger *l)
{
	struct gth_ledger_entry *e = TAILQ_FIRST(&l->list);

	tdelete(e, &l->tree, compare);
	TAILQ_REMOVE(&l->list, e, link);
	free(e);
	l->n--;
}

/* NULL: no memory. */
static struct gth_ledger_entry *get(struct gth_ledger *l, const struct gth_name *name)
{
	struct gth_ledger_entry *e = find(l, name);

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

/* gth_ledger_ask() - somebody waits for it; 0 or -ENOMEM */
int gth_ledger_ask(struct gth_ledger *l, const struct gth_name *name)
{
	struct gth_ledger_entry *e = get(l, name);

	if (!e)
		return -ENOMEM;
	e->asked = true;
	return 0;
}

/* gth_ledger_asked() - is there a request that was not answered? */
bool gth_ledger_asked(struct gth_ledger *l, const struct gth_name *name)
{
	const struct gth_ledger_entry *e = find(l, name);

	return e && e->asked;
}

/* gth_ledger_known() - does the kernel have a verdict? */
bool gth_ledger_known(struct gth_ledger *l, const struct gth_name *name, uint64_t now)
{
	const struct gth_ledger_entry *e = find(l, name);

	return e && e->expires > now;
}

/**
 * gth_ledger_verdict() - a verdict that passed the gate is about to be written
 * @l: the ledger
 * @name: whose
 * @issued: Unix time
 * @expires: Unix time
 *
 * Return: 0; -ESTALE: there was one that was issued later; -ENOMEM.
 */
int gth_ledger_verdict(struct gth_ledger *l, const struct gth_name *name, uint64_t issued,
		       uint64_t expires)
{
	struct gth_ledger_entry *e = get(l, name);

	if (!e)
		return -ENOMEM;
	if (issued < e->issued)
		return -ESTALE;
	e->issued = issued;
	e->expires = expires;
	return 0;
}

/* gth_ledger_answered() - who waited for it waits no more */
void gth_ledger_answered(struct gth_ledger *l, const struct gth_name *name)
{
	struct gth_ledger_entry *e = find(l, name);

	if (e)
		e->asked = false;
}

/* gth_ledger_forget() - the kernel has no verdict any more; an older one still does not come back
 */
void gth_ledger_forget(struct gth_ledger *l, const struct gth_name *name)
{
	struct gth_ledger_entry *e = find(l, name);

	if (e) {
		e->asked = false;
		e->expires = 0;
	}
}

void gth_ledger_free(struct gth_ledger *l)
{
	while (l->n)
		drop_oldest(l);
}
