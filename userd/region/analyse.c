// SPDX-License-Identifier: GPL-2.0-or-later
/* analyse.c - the thread that works through the queue (see analyse.h). */
#include "analyse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/clock.h"
#include "lib/util/say.h"
#include "lib/util/scratch.h"
#include "lib/util/sha256.h"
#include "region/decrypt.h"
#include "region/probe.h"
#include "region/retention.h"
#include "region/room.h"
#include "region/submissions.h"
#include "region/unpack.h"
#include "region/verdicts.h"

#define IDLE_MS 1000
#define ATTEMPTS 5	 /* while the engine is there */
#define PROBE_MS 3600000 /* again and again, because clamd's configuration can be changed */
#define UNFIT_MS 60000

/* Signs a verdict and stores it for all endpoints. Return: 0, @note is to be freed; or an errno. */
int region_verdict_issue(struct region *r, const uint8_t digest[GTH_DIGEST_SIZE],
			 const struct region_finding *f, const struct region_engine *e,
			 uint64_t valid, uint64_t now, char **note)
{
	struct gth_region_verdict v = { .finding = f->finding, .issued = now };
	char *text;
	int err;

	v.expires = now + valid;
	memcpy(v.region, r->trust.region, sizeof(v.region));
	memcpy(v.digest, digest, sizeof(v.digest));
	memcpy(v.name, f->name, sizeof(v.name));
	memcpy(v.engine, e->engine, sizeof(v.engine));
	memcpy(v.database, e->database, sizeof(v.database));
	err = gth_region_verdict_format(&v, &text);
	if (err)
		return err;
	err = gth_note_sign(text, &r->region_key, note);
	free(text);
	if (err)
		return err;
	err = region_verdict_put(&r->state, &v, *note);
	if (err) {
		free(*note);
		*note = NULL;
	}
	return err;
}

/* Is it the file that the submission names? Return: 0, -ESTALE, or an errno. */
static int check(int plain, const struct region_submission *sub)
{
	uint8_t digest[GTH_DIGEST_SIZE];
	struct stat st;
	int err;

	if (fstat(plain, &st) || lseek(plain, 0, SEEK_SET) < 0)
		return -errno;
	if ((uint64_t)st.st_size != sub->size)
		return -ESTALE;
	err = gth_sha256_fd(plain, digest);
	if (err)
		return err;
	return memcmp(digest, sub->digest, sizeof(digest)) ? -ESTALE : 0;
}

/* A malformed reply is an error of the engine, not of the file. Return: 0 or an errno. */
static int engine_scan(struct region_analysis *a, int fd, struct region_finding *f)
{
	int err = region_clamd_scan(a->clamd, fd, f, &a->region->state.stopping);

	return err == -EBADMSG ? -EPROTO : err;
}

/* Scans the unpacked content. Its finding replaces that of region_unpack() unless it is benign. */
static int scan_unpacked(struct region_analysis *a, int unpacked, struct region_finding *f)
{
	struct region_finding found;
	struct stat st;
	int err;

	if (fstat(unpacked, &st))
		return -errno;
	if (!st.st_size)
		return 0;
	err = engine_scan(a, unpacked, &found);
	if (!err && found.finding != GTH_FINDING_BENIGN)
		*f = found;
	return err;
}

/*
 * The engine found the file clean, as far as it could see into it: unpack the rest and scan that.
 */
static int look_inside(struct region_analysis *a, int plain, struct region_finding *f)
{
	int unpacked = gth_scratch(a->work), err;

	if (unpacked < 0)
		return unpacked;
	err = region_unpack(plain, unpacked, a->scan_limit, f, &a->region->state.stopping);
	if (!err)
		err = scan_unpacked(a, unpacked, f);
	close(unpacked);
	return err;
}

/* The plaintext has no name, and is removed when this returns. */
static int scan(struct region_analysis *a, const struct region_submission *sub,
		struct region_finding *f)
{
	struct region *r = a->region;
	int cipher = openat(a->incoming, sub->id, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	int plain, err;

	if (cipher < 0)
		return errno == ENOENT ? -ENODATA : -errno;
	/* Leaves room for the uploads and the database. */
	if (!region_room(a->work, a->spare / 2 + sub->size)) {
		close(cipher);
		return -ENOSPC;
	}
	plain = gth_scratch(a->work);
	err = plain < 0 ? plain
			: region_decrypt(cipher, plain, &r->age_key, sub->size, &r->state.stopping);
	if (!err)
		err = check(plain, sub);
	if (!err)
		err = engine_scan(a, plain, f);
	if (!err && f->finding == GTH_FINDING_BENIGN)
		err = look_inside(a, plain, f);
	if (plain >= 0)
		close(plain);
	close(cipher);
	return err;
}

/* The error in words if the file is the cause; NULL: it is not. */
static const char *fault(int err)
{
	switch (err) {
	case -EBADMSG:
		return "it is damaged, or not an age file";
	case -ENOKEY:
		return "it is not encrypted to this region";
	case -EFBIG:
		return "the file is larger than the submission says";
	case -ESTALE:
		return "the file is not the one that the submission names";
	case -ENODATA:
		return "the region has lost it";
	default:
		return NULL;
	}
}

/* Queues it again; after ATTEMPTS it fails, so that one file does not stop the others. */
static int again(struct region_analysis *a, const struct region_submission *sub, int err)
{
	struct region_state *s = &a->region->state;

	gth_say("submission %s: its file could not be analysed: %s", sub->id, strerror(-err));
	if (sub->attempts + 1 < ATTEMPTS)
		return region_submission_requeue(s, sub->id,
						 region_now() + (1U << (sub->attempts + 1)), true);
	return region_submission_outcome(s, sub->id, REGION_FAILED, NULL,
					 "it could not be analysed, after several attempts");
}

/*
 * The engine has gone since it was asked for its version, or the disk is full: this does not count
 * as an attempt.
 */
static bool postponed(int err)
{
	return err == -ENOENT || err == -ECONNREFUSED || err == -ENOSPC;
}

static int conclude(struct region_analysis *a, const struct region_submission *sub,
		    const struct region_engine *e, const struct region_finding *f)
{
	struct region *r = a->region;
	char *note = NULL;
	int err = region_verdict_issue(r, sub->digest, f, e, a->valid[f->finding], region_now(),
				       &note);

	if (!err)
		err = region_submission_outcome(&r->state, sub->id, REGION_COMPLETED, note, NULL);
	free(note);
	return err;
}

/* Stores the result of the scan. Return: 0, or an errno of the database. */
static int settle(struct region_analysis *a, const struct region_submission *sub,
		  const struct region_engine *e, const struct region_finding *f, int err)
{
	struct region *r = a->region;

	if (err == -ECANCELED)
		return region_submission_requeue(&r->state, sub->id, 0, false);
	if (postponed(err))
		return region_submission_requeue(&r->state, sub->id, region_now() + 1, false);
	if (fault(err))
		err = region_submission_outcome(&r->state, sub->id, REGION_FAILED, NULL,
						fault(err));
	else if (err)
		err = again(a, sub, err);
	else
		err = conclude(a, sub, e, f);
	/* The submission may have expired meanwhile; its verdict is valid all the same. */
	return err == -EALREADY ? 0 : err;
}

/*
 * The result could not be stored: queues it again as soon as that can be
 * stored, because no other code touches a submission in progress.
 */
static void give_back(struct region_state *s, const char *id, int err)
{
	gth_say("submission %s: its result could not be stored: %s; its file is analysed again", id,
		strerror(-err));
	while (!s->stopping && region_submission_requeue(s, id, region_now() + 1, false)) {
		pthread_mutex_lock(&s->lock);
		region_wait(s, IDLE_MS);
		pthread_mutex_unlock(&s->lock);
	}
}

static int analyse(struct region_analysis *a, const struct region_submission *sub,
		   const struct region_engine *e)
{
	struct region_finding f = { .finding = GTH_FINDING_UNKNOWN };
	int scanned = scan(a, sub, &f), err = settle(a, sub, e, &f, scanned);

	if (err)
		give_back(&a->region->state, sub->id, err);
	else if (postponed(scanned))
		err = scanned == -ENOSPC ? -ENOSPC : -ECONNREFUSED;
	return err;
}

/**
 * region_engine_fit() - can this clamd's "OK" be trusted?
 *
 * It is probed when its version or database changed, when it was away, and from
 * time to time.
 *
 * Return: 0; -ENOTSUP: no, and the reason was logged; or an errno of
 * region_probe().
 */
int region_engine_fit(struct region_analysis *a, const struct region_engine *e)
{
	const char *why;
	int err;

	pthread_mutex_lock(&a->lock);
	if (gth_monotonic_ms() < a->probe_due && !strcmp(a->probed.engine, e->engine) &&
	    !strcmp(a->probed.database, e->database)) {
		err = a->fit;
		pthread_mutex_unlock(&a->lock);
		return err;
	}
	err = region_probe(a->clamd, a->scan_limit, &why, &a->region->state.stopping);
	if (err == -ENOTSUP && a->fit != err)
		gth_say("%s: %s; no file is judged until then", a->clamd, why);
	else if (!err && a->fit)
		gth_say("%s: clamd is configured correctly again", a->clamd);
	if (!err || err == -ENOTSUP) {
		a->probed = *e;
		a->fit = err;
		a->probe_due = gth_monotonic_ms() + (err ? UNFIT_MS : PROBE_MS);
	}
	pthread_mutex_unlock(&a->lock);
	return err;
}

static void probe_again(struct region_analysis *a)
{
	pthread_mutex_lock(&a->lock);
	a->probe_due = 0;
	pthread_mutex_unlock(&a->lock);
}

/* Analyses one file, if one waits and the engine is there. Return: 0; -ENOENT: none waits; an
 * errno. */
static int one(struct region_analysis *a)
{
	struct region_state *s = &a->region->state;
	struct region_stuck stuck; /* unused: the retention thread reports them */
	struct region_submission sub;
	struct region_engine engine;
	uint64_t begun;
	int err = region_submission_waiting(s, region_now());

	if (err != 1)
		return err ? err : -ENOENT;
	err = region_clamd_ask(a->clamd, &engine, &s->stopping);
	if (err)
		probe_again(a);
	else
		err = region_engine_fit(a, &engine);
	if (err)
		return err == -ENOENT ? -ECONNREFUSED : err;
	err = region_submission_claim(s, region_now(), a->at_once, &sub);
	if (err)
		return err;
	begun = gth_monotonic_ms();
	err = analyse(a, &sub, &engine);
	/*
	 * The result is not checked: a lost measurement only makes the order of endpoints less
	 * fair.
	 */
	region_submission_spent(s, sub.endpoint, gth_monotonic_ms() - begun);
	region_submission_free(&sub);
	return err ? err : region_delete_ended(a->region, a->incoming, &stuck);
}

void *region_analyse(void *analysis)
{
	struct region_analysis *a = analysis;
	struct region_state *s = &a->region->state;
	int before = 0;

	while (!s->stopping) {
		int err = one(a);

		if (err && err != -ENOENT && err != -ECANCELED && err != -ENOTSUP && err != before)
			gth_say("%s: %s", err == -ECONNREFUSED ? a->clamd : a->region->path,
				err == -ECONNREFUSED ? "clamd does not answer; submissions wait"
						     : strerror(-err));
		if (err != -ENOENT)
			before = err;
		if (!err)
			continue;
		pthread_mutex_lock(&s->lock);
		region_wait(s, IDLE_MS);
		pthread_mutex_unlock(&s->lock);
	}
	return NULL;
}
