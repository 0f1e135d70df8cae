// SPDX-License-Identifier: GPL-2.0-or-later
/* announce.c - what leads readers to the releases of a log (see announce.h). */
#include "region/announce.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/proof_text.h"
#include "lib/log/tile.h"
#include "lib/util/atomic.h"
#include "lib/util/say.h"
#include "region/output.h"
#include "region/release_proof.h"
#include "region/stage.h"

#define PROOF "proof"
#define LATEST "latest"
#define COSIGNED "checkpoint.cosigned"
#define LATEST_MAX 32 /* bytes */

static int said(const char *what, int err)
{
	gth_say("%s: %s", what, err == -EBADMSG ? "is damaged" : strerror(-err));
	return -1;
}

/* Return: a descriptor or a negative errno. */
static int open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static bool same(int dir, const char *name, const char *text)
{
	size_t len;
	uint8_t *data;
	bool is;

	if (gth_tile_read_file(dir, name, GTH_NOTE_MAX, &data, &len))
		return false;
	is = len == strlen(text) && !memcmp(data, text, len);
	free(data);
	return is;
}

/* Writes the file, unless it is that already. Return: 0: it lasts; or a negative errno. */
static int put(int dir, const char *name, const char *text)
{
	int err = gth_atomic_sweep(dir, name);

	if (err)
		return err;
	/* Its writer may have died before it synced the directory. */
	if (same(dir, name, text))
		return fsync(dir) ? -errno : 0;
	return region_text_write(dir, name, text);
}

static int put_proof(int log, int dir, uint64_t index)
{
	struct gth_verifier key;
	struct gth_checkpoint c;
	char *note, *text;
	int err;

	if (region_checkpoint_load(log, &key, &c, &note))
		return -EBADMSG;
	err = region_proof_make(log, &c, note, index, &text);
	free(note);
	if (err)
		return err;
	err = put(dir, PROOF, text);
	free(text);
	return err;
}

/* A proof that is there stays: it may have cosignatures. */
static int announce_proof(int log, const char *path, uint64_t index)
{
	struct stat st;
	int dir = open_dir(log, path), err = 0;

	if (dir < 0)
		return dir;
	if (fstatat(dir, PROOF, &st, AT_SYMLINK_NOFOLLOW))
		err = errno == ENOENT ? put_proof(log, dir, index) : -errno;
	else if (fsync(dir))
		err = -errno;
	close(dir);
	return err;
}

static int announce_latest(int log, const struct gth_manifest *m)
{
	char path[REGION_PATH_SIZE], text[LATEST_MAX];
	int dir, err;

	snprintf(path, sizeof(path), REGION_RELEASES "/%s", m->name);
	dir = open_dir(log, path);
	if (dir < 0)
		return dir;
	snprintf(text, sizeof(text), "%llu\n", m->version);
	err = put(dir, LATEST, text);
	close(dir);
	return err;
}

/**
 * region_announce() - write the proof of a release that is in the log, and say that it is there
 * @log: the directory of the log, with the release in its place
 * @index: of its entry
 * @last: it is the newest one of its name
 *
 * Says what is wrong. Return: 0 or -1.
 */
int region_announce(int log, const struct gth_manifest *m, uint64_t index, bool last)
{
	char path[REGION_PATH_SIZE];
	int err;

	region_release_path(m, path);
	err = announce_proof(log, path, index);
	if (!err && last)
		err = announce_latest(log, m);
	return err ? said(path, err) : 0;
}

/* The cosigned checkpoint, and what is done by it. */
struct cosigned {
	int log;
	const struct gth_verifier *key;
	const struct gth_policy *policy;
	const char *note;
	struct gth_checkpoint c;
};

static bool has_quorum(const struct cosigned *q, const char *note, size_t len)
{
	uint64_t times[GTH_POLICY_WITNESSES];
	size_t text_len;

	return !gth_note_verify(note, len, q->key, 1, &text_len) &&
	       !gth_cosigned_at(note, len, q->policy->witness, q->policy->witnesses, times) &&
	       gth_quorum_met(q->policy, times, 0, UINT64_MAX);
}

/* Return: 1: the release's proof has the quorum; 0: it has not; or a negative errno. */
static int is_proven(const struct cosigned *q, const struct gth_manifest *m)
{
	char dir[REGION_PATH_SIZE], path[sizeof(dir) + sizeof(PROOF)];
	struct gth_proof_text t;
	uint8_t *data;
	size_t len;
	int err;

	region_release_path(m, dir);
	snprintf(path, sizeof(path), "%s/" PROOF, dir);
	err = gth_tile_read_file(q->log, path, GTH_PROOF_TEXT_MAX, &data, &len);
	if (err)
		return err == -ENOENT || err == -EBADMSG ? 0 : err;
	err = !gth_proof_parse(&t, (const char *)data, len) && has_quorum(q, t.note, t.note_len);
	free(data);
	return err;
}

/* Return: 0; -ENOMSG: the entry is not a release, which has no proof; or another negative errno. */
static int entry(const struct cosigned *q, uint64_t index, struct gth_manifest *m)
{
	size_t len;
	void *text;
	int err = gth_tlog_read(q->log, q->c.size, index, &text, &len);

	if (err)
		return err;
	err = gth_manifest_parse(m, text, len) ? -ENOMSG : 0;
	free(text);
	return err;
}

/* A release whose files are not there any more has no place for a proof. */
static int renew(const struct cosigned *q, uint64_t index)
{
	char path[REGION_PATH_SIZE];
	struct gth_manifest m;
	char *text;
	int dir, err = entry(q, index, &m);

	if (err)
		return err == -ENOMSG ? 0 : err;
	region_release_path(&m, path);
	dir = open_dir(q->log, path);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	err = region_proof_make(q->log, &q->c, q->note, index, &text);
	if (!err) {
		err = put(dir, PROOF, text);
		free(text);
	}
	close(dir);
	return err;
}

/*
 * Renews the proofs without a quorum. They are the last ones, and the oldest of them is renewed
 * first: so also one that was killed leaves them behind all others, where the next one finds them.
 */
static int renew_all(const struct cosigned *q)
{
	uint64_t first = q->c.size;
	struct gth_manifest m;
	int ret = 0;

	while (first && !ret) {
		ret = entry(q, first - 1, &m);
		if (!ret)
			ret = is_proven(q, &m);
		else if (ret == -ENOMSG)
			ret = 0;
		if (!ret)
			first--;
	}
	ret = ret < 0 ? ret : 0;
	for (; first < q->c.size && !ret; first++)
		ret = renew(q, first);
	return ret;
}

/**
 * region_announce_cosigned() - a checkpoint met the quorum: readers find it, and proofs by it
 * @key: of the log
 * @note: the checkpoint with its cosignatures
 *
 * Says what is wrong. Return: 0 or -1.
 */
int region_announce_cosigned(int log, const struct gth_verifier *key, const struct gth_policy *p,
			     const char *note)
{
	struct cosigned q = { .log = log, .key = key, .policy = p, .note = note };
	size_t text_len;
	int err = gth_note_verify(note, strlen(note), key, 1, &text_len);

	if (!err)
		err = gth_checkpoint_parse(&q.c, note, text_len);
	if (!err)
		err = put(log, COSIGNED, note);
	if (err)
		return said(COSIGNED, err);
	err = renew_all(&q);
	return err ? said("the proofs of the releases", err) : 0;
}
