// SPDX-License-Identifier: GPL-2.0-or-later
/* retention.c - deletes ciphertext, and signs that it did (see retention.h). */
#include "retention.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/say.h"
#include "region/submissions.h"
#include "region/verdicts.h"

#define TICK_MS 1000
#define PRUNE_S 60
#define STATISTICS_DAYS 400
#define VERDICTS_KEPT (90 * 86400ULL) /* seconds after they expired */

/* First it goes, for good; then it is said. */
static int delete (struct region *r, int incoming, const struct region_submission *sub)
{
	struct gth_deletion d = { .deleted = region_now() };
	char *text, *note;
	int err;

	if (unlinkat(incoming, sub->id, 0) && errno != ENOENT)
		return -errno;
	if (fsync(incoming))
		return -errno;
	memcpy(d.region, r->trust.region, sizeof(d.region));
	memcpy(d.id, sub->id, sizeof(d.id));
	memcpy(d.cipher_digest, sub->cipher_digest, sizeof(d.cipher_digest));
	err = gth_deletion_format(&d, &text);
	if (err)
		return err;
	err = gth_note_sign(text, &r->region_key, &note);
	free(text);
	if (err)
		return err;
	err = region_submission_deleted(&r->state, sub->id, note);
	free(note);
	return err;
}

/* region_delete_ended() - the files of all submissions that have ended; 0 or an errno */
int region_delete_ended(struct region *r, int incoming)
{
	struct region_submission sub;
	int err;

	while (!(err = region_submission_undeleted(&r->state, &sub))) {
		err = delete (r, incoming, &sub);
		region_submission_free(&sub);
		if (err)
			return err;
	}
	return err == -ENOENT ? 0 : err;
}

/* region_sweep() - at start: files that no submission has; 0 or an errno */
int region_sweep(struct region *r, int incoming)
{
	int fd = openat(incoming, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (entry = readdir(dir))) {
		struct region_submission sub;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		err = region_submission_get(&r->state, entry->d_name, &sub);
		if (err == -ENOENT || (!err && sub.deletion))
			unlinkat(incoming, entry->d_name, 0);
		if (!err)
			region_submission_free(&sub);
		else if (err == -ENOENT)
			err = 0;
	}
	closedir(dir);
	return err;
}

static int prune(struct region_keeper *k, uint64_t now)
{
	struct region_state *s = &k->region->state;
	int err = region_submission_prune(s, now > k->records ? now - k->records : 0);

	if (!err)
		err = region_verdict_prune(s, now > VERDICTS_KEPT ? now - VERDICTS_KEPT : 0);
	return err ? err : region_statistic_prune(s, now, STATISTICS_DAYS);
}

static int keep(struct region_keeper *k, uint64_t *pruned)
{
	const struct gth_statement *st = &k->region->statement;
	uint64_t now = region_now();
	int err = region_submission_expire(&k->region->state, now);

	if (!err)
		err = region_delete_ended(k->region, k->incoming);
	/* Half of its time before it expires. */
	if (!err && k->statement && now >= st->issued + (st->expires - st->issued) / 2)
		err = region_issue(k->region, k->statement, now);
	if (!err && now >= *pruned + PRUNE_S) {
		*pruned = now;
		err = prune(k, now);
	}
	return err;
}

void *region_keep(void *keeper)
{
	struct region_keeper *k = keeper;
	struct region_state *s = &k->region->state;
	uint64_t pruned = 0;
	int before = 0;

	while (!s->stopping) {
		uint64_t until = region_clock() + TICK_MS, now;
		int err = keep(k, &pruned);

		if (err && err != before)
			gth_say("%s: %s", k->region->path, strerror(-err));
		before = err;
		pthread_mutex_lock(&s->lock);
		while (!s->stopping && (now = region_clock()) < until)
			region_wait(s, until - now);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}
