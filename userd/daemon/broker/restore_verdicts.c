// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * restore_verdicts.c - brings root's kept verdicts into force again (see restore.h).
 *
 * A verdict expires by the wall clock, which may be wrong when a machine starts. Its line stays in
 * the file whatever the clock says. A verdict that trusts a file does not come into force while the
 * clock is certainly wrong.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/broker/restore.h"
#include "lib/host/device.h"
#include "lib/host/verdict_file.h"
#include "lib/util/say.h"

/* Seconds. A clock may be adjusted by a little, and the module rounds the time of expiry. */
#define CLOCK_SLACK 300

struct restoring {
	struct gth_restore *result;
	const struct gth_restore_device *device;
	const char *etc;
	struct gth_verdict_file file;
	struct gth_verdict *held; /* by the module already */
	size_t n_held;
	struct gth_verdict *record; /* the verdicts to write */
	unsigned int *line;	    /* the line of each in the file */
	unsigned int n;
};

static void say_wrong_line(void *ctx, unsigned int line, const char *text)
{
	const struct restoring *r = ctx;

	if (line)
		gth_restore_problem(r->result, "%s/" GTH_VERDICT_FILE ":%u: %s", r->etc, line,
				    text);
	else
		gth_restore_problem(r->result, "%s/" GTH_VERDICT_FILE ": %s", r->etc, text);
}

static bool same_end(uint64_t a, uint64_t b)
{
	if (!a || !b)
		return a == b;
	return (a > b ? a - b : b - a) <= CLOCK_SLACK;
}

/* A verdict that is in force already is not written again, because that would make an event. */
static bool is_held(const struct restoring *r, const struct gth_verdict *v)
{
	for (size_t i = 0; i < r->n_held; i++) {
		const struct gth_verdict *h = &r->held[i];

		if (h->source == GTH_SOURCE_ROOT && h->domain == v->domain &&
		    !memcmp(h->digest, v->digest, sizeof(h->digest)))
			return h->class == v->class && same_end(h->expires, v->expires);
	}
	return false;
}

/* Chooses the verdicts to write. */
static void choose(struct restoring *r, uint64_t now)
{
	unsigned int expired = 0;

	for (size_t i = 0; i < r->file.n; i++) {
		const struct gth_kept_verdict *k = &r->file.at[i];

		if (k->v.expires && k->v.expires <= now) {
			expired++;
			continue;
		}
		if (k->v.class == GTH_CLASS_TRUSTED && k->v.expires &&
		    now + CLOCK_SLACK < k->when) {
			say_wrong_line(r, k->line,
				       "is not in force: it expires, and the clock is before the "
				       "time when it was set");
			continue;
		}
		if (is_held(r, &k->v))
			continue;
		r->record[r->n] = k->v;
		r->line[r->n++] = k->line;
	}
	if (expired)
		gth_say("%s/" GTH_VERDICT_FILE ": verdicts that have expired: %u", r->etc, expired);
}

static const char *reason(int err)
{
	return err == -ENOSPC ? "the module holds as many verdicts as it may" : strerror(-err);
}

/*
 * The module takes all records or none. If it takes none, each is written by itself. Return: how
 * many are in force.
 */
static unsigned int write_some(struct restoring *r, unsigned int first, unsigned int n)
{
	const struct gth_restore_device *d = r->device;
	unsigned int taken = 0;

	if (!d->write(d->arg, r->record + first, n))
		return n;
	for (unsigned int i = first; i < first + n; i++) {
		int err = d->write(d->arg, r->record + i, 1);

		if (err)
			say_wrong_line(r, r->line[i], reason(err));
		else
			taken++;
	}
	return taken;
}

static void write_all(struct restoring *r)
{
	unsigned int taken = 0;

	for (unsigned int i = 0; i < r->n; i += GTH_VERDICTS_PER_WRITE) {
		unsigned int left = r->n - i;

		taken += write_some(r, i,
				    left < GTH_VERDICTS_PER_WRITE ? left : GTH_VERDICTS_PER_WRITE);
	}
	if (taken)
		gth_say("%s/" GTH_VERDICT_FILE ": verdicts that came into force: %u", r->etc,
			taken);
}

/**
 * gth_restore_verdicts() - root's, as they were kept
 * @result: the verdicts that do not come into force are added
 * @device: the module
 * @etc: the directory of the kept state
 * @now: Unix time
 */
void gth_restore_verdicts(struct gth_restore *result, const struct gth_restore_device *device,
			  const char *etc, uint64_t now)
{
	struct restoring r = { .result = result, .device = device, .etc = etc };

	gth_verdict_file_load(&r.file, etc, say_wrong_line, &r);
	if (!r.file.n)
		return;
	r.record = calloc(r.file.n, sizeof(*r.record));
	r.line = calloc(r.file.n, sizeof(*r.line));
	/* If they are not known, all are written, which does no harm. */
	if (device->verdicts(device->arg, &r.held, &r.n_held))
		r.n_held = 0;
	if (r.record && r.line) {
		choose(&r, now);
		write_all(&r);
	} else {
		say_wrong_line(&r, 0, strerror(ENOMEM));
	}
	free(r.held);
	free(r.record);
	free(r.line);
	gth_verdict_file_free(&r.file);
}
