// SPDX-License-Identifier: GPL-2.0-or-later
/* retention.c - deletes ciphertext, and signs that it did (see retention.h). */
#include "retention.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "region/room.h"
#include "region/submissions.h"
#include "region/verdicts.h"

#define TICK_MS 1000
#define PRUNE_S 60
#define STATISTICS_DAYS 400
#define VERDICTS_KEPT (90 * 86400ULL) /* seconds after they expired */

/* Removes a file durably. A missing file is not an error. */
static int remove_file(int incoming, const char *id)
{
	if (unlinkat(incoming, id, 0) && errno != ENOENT)
		return -errno;
	return fsync(incoming) ? -errno : 0;
}

/* Removes the file durably first, and signs the deletion then. */
static int delete (struct region *r, int incoming, const struct region_submission *sub)
{
	struct gth_deletion d = { .deleted = region_now() };
	char *text, *note;
	int err = remove_file(incoming, sub->id);

	if (err)
		return err;
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

/**
 * region_delete_ended() - the files of all submissions that have ended
 * @stuck: set to the files that could not be deleted
 *
 * A file that cannot be deleted is left for the next call, and the others are
 * deleted.
 *
 * Return: 0; or an errno of the database.
 */
int region_delete_ended(struct region *r, int incoming, struct region_stuck *stuck)
{
	char after[GTH_UUID_SIZE] = "";
	struct region_submission sub;
	int err;

	*stuck = (struct region_stuck) { 0 };
	while (!(err = region_submission_undeleted(&r->state, after, &sub))) {
		err = delete (r, incoming, &sub);
		memcpy(after, sub.id, sizeof(after));
		region_submission_free(&sub);
		if (err && !stuck->n++) {
			stuck->err = err;
			memcpy(stuck->id, after, sizeof(after));
		}
	}
	return err == -ENOENT ? 0 : err;
}

/*
 * Removes the files whose time is over before anything is written about them,
 * so that this works on a full disk and makes room there.
 */
static void remove_overdue(struct region *r, int incoming, uint64_t now)
{
	char id[GTH_UUID_SIZE] = "";

	/* A file that cannot be removed is tried again once its submission is marked as ended. */
	while (!region_submission_overdue(&r->state, now, id, id))
		remove_file(incoming, id);
}

/* region_sweep() - at start: remove files without a submission; 0 or an errno */
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

/*
 * Writes the ends of submissions, and deletes their files. Return: 0 or an errno of the database.
 */
static int end(struct region_keeper *k, uint64_t now)
{
	struct region_state *s = &k->region->state;
	int err = k->recovered ? 0 : region_submission_recover(s);

	if (!err) {
		k->recovered = true;
		err = region_submission_expire(s, now);
	}
	return err ? err : region_delete_ended(k->region, k->incoming, &k->stuck);
}

static bool is_full(int err)
{
	return err == -ENOSPC || err == -EDQUOT || err == -EIO;
}

/*
 * The clock may have been accepted by another process, or have jumped. Return: 0 or an errno of the
 * database.
 */
static int look_at_clock(struct region_keeper *k)
{
	char machine_text[GTH_UTC_SIZE], region_text[GTH_UTC_SIZE];
	int err = region_clock_load(&k->region->state);
	uint64_t machine, region;
	bool doubt = region_clock_doubt(&machine, &region);

	gth_utc_format(machine_text, machine);
	gth_utc_format(region_text, region);
	if (doubt && !k->doubt)
		gth_say("this machine's clock says %s, but by the time seen last it should be "
			"%s; the region uses that time, so that nothing is deleted or signed too "
			"early. If the clock is right: gotthard-region clock --accept %s",
			machine_text, region_text, k->region->path);
	else if (!doubt && k->doubt)
		gth_say("this machine's clock is believed again: %s", machine_text);
	k->doubt = doubt;
	return err;
}

/**
 * region_keep_once() - do what is due: remove files first, then write about
 * them
 *
 * On a full disk the reserve is given back for it. Work that fails is tried
 * again the next time, and does not stop the rest.
 *
 * Return: 0; or the first errno.
 */
int region_keep_once(struct region_keeper *k)
{
	const struct gth_statement *st = &k->region->statement;
	uint64_t now;
	int err, last;

	err = look_at_clock(k);
	now = region_now();
	last = err;

	remove_overdue(k->region, k->incoming, now);
	err = end(k, now);
	if (!err)
		err = last;
	/* A deletion that could not be stored also means that the disk is full. */
	if ((is_full(err) || (!err && k->stuck.n && is_full(k->stuck.err))) &&
	    region_reserve_use(k->region->dirfd)) {
		gth_say("%s: the disk is full; its reserve is used for deletions", k->region->path);
		err = end(k, now);
	} else if (!err && region_room(k->incoming, k->spare)) {
		err = region_reserve_make(k->region->dirfd);
	}
	/*
	 * Issues a statement when half of the time of the present one is over, or if that is from
	 * the future.
	 */
	if (k->statement && (now >= st->issued + (st->expires - st->issued) / 2 ||
			     st->issued > now + REGION_CLOCK_SLACK)) {
		last = region_issue(k->region, k->statement, now);
		err = err ? err : last;
	}
	if (now >= k->pruned + PRUNE_S || now < k->pruned) {
		k->pruned = now;
		last = prune(k, now);
		if (!last)
			last = region_clock_store(&k->region->state);
		err = err ? err : last;
	}
	return err;
}

/* Logs each change once, because the condition may last until the operator corrects it. */
static void say_stuck(const struct region_keeper *k, struct region_stuck *before)
{
	const struct region_stuck *now = &k->stuck;

	if (now->n == before->n && now->err == before->err && !strcmp(now->id, before->id))
		return;
	if (now->n)
		gth_say("%s/incoming/%s: cannot be deleted: %s (%llu such files)", k->region->path,
			now->id, strerror(-now->err), (unsigned long long)now->n);
	else
		gth_say("%s: all files that are due are deleted again", k->region->path);
	*before = *now;
}

void *region_keep(void *keeper)
{
	struct region_keeper *k = keeper;
	struct region_state *s = &k->region->state;
	struct region_stuck stuck = { 0 };
	int before = 0;

	while (!s->stopping) {
		uint64_t until = gth_monotonic_ms() + TICK_MS, now;
		int err = region_keep_once(k);

		if (err && err != before)
			gth_say("%s: %s", k->region->path, strerror(-err));
		before = err;
		say_stuck(k, &stuck);
		pthread_mutex_lock(&s->lock);
		while (!s->stopping && (now = gth_monotonic_ms()) < until)
			region_wait(s, until - now);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}
