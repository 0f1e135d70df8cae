// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness.c - gotthard-region witness: says of a log's checkpoint that it continues all that were
 * seen before.
 *
 * It believes the log's key, and its own state; everything else in the log's directory it checks.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/log/checkpoint.h"
#include "lib/log/cosign.h"
#include "lib/log/tile.h"
#include "lib/util/clock.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/log_dir.h"
#include "region/mirror.h"
#include "region/output.h"
#include "region/path_tiles.h"
#include "region/region.h"
#include "lib/log/seen.h"

/* Exit statuses; gotthard-region(8) documents them. */
enum { WITNESS_ROLLBACK = 3, WITNESS_FORK, WITNESS_OTHER, WITNESS_DAMAGED };

struct options {
	const char *log, *log_key, *state, *key, *output;
	const char *endpoint; /* or NULL */
	bool first;
};

struct witness {
	const struct options *o;
	struct gth_verifier log_key;
	struct gth_witness_key key;
	int log, state;
	struct region_mirror mirror; /* of a log at a URL */
	uint8_t *note;		     /* the checkpoint, as a string */
	struct gth_checkpoint now, seen;
	bool has_seen;
};

enum { KEY_LOG = 256, KEY_LOG_KEY, KEY_STATE, KEY_FIRST, KEY_ENDPOINT };

static const struct argp_option options[] = {
	{ .name = "log", .key = KEY_LOG, .arg = "LOGDIR|URL", .doc = "The log" },
	{ .name = "log-key",
	  .key = KEY_LOG_KEY,
	  .arg = "FILE",
	  .doc = "The public key of the log" },
	{ .name = "state",
	  .key = KEY_STATE,
	  .arg = "DIR",
	  .doc = "The directory of the checkpoints that were cosigned" },
	{ .name = "key", .key = 'k', .arg = "FILE", .doc = "The private key of the witness" },
	{ .name = "endpoint",
	  .key = KEY_ENDPOINT,
	  .arg = "DIR",
	  .doc = "For a URL of a region: as this endpoint, the directory of `enrol'" },
	{ .name = "first",
	  .key = KEY_FIRST,
	  .doc = "Begin with this checkpoint: none of this log was cosigned before" },
	{ .name = "output",
	  .key = 'o',
	  .arg = "FILE",
	  .doc = "Write the cosignature there, not to standard output" },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_LOG:
		o->log = arg;
		return 0;
	case KEY_LOG_KEY:
		o->log_key = arg;
		return 0;
	case KEY_STATE:
		o->state = arg;
		return 0;
	case 'k':
		o->key = arg;
		return 0;
	case KEY_ENDPOINT:
		o->endpoint = arg;
		return 0;
	case KEY_FIRST:
		o->first = true;
		return 0;
	case 'o':
		o->output = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->log || !o->log_key || !o->state || !o->key)
			argp_error(state, "--log, --log-key, --state and --key are needed");
		if (o->endpoint && !region_mirror_is_url(o->log))
			argp_error(state, "--endpoint is for a log at a URL");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Each step names what is wrong by itself. Return: @status. */
static int fail(int status, const char *what, const char *why)
{
	gth_say("%s: %s", what, why);
	return status;
}

static int load_checkpoint(struct witness *w)
{
	size_t len, text_len;
	int err = gth_tile_read_file(w->log, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX, &w->note, &len);

	if (err)
		return fail(err == -EBADMSG ? WITNESS_DAMAGED : REGION_FAILED_EXIT,
			    GTH_CHECKPOINT_FILE, strerror(-err));
	err = gth_note_verify((const char *)w->note, len, &w->log_key, 1, &text_len);
	if (err == -ENOKEY)
		return fail(WITNESS_OTHER, GTH_CHECKPOINT_FILE, "is not signed by the log's key");
	if (err == -EKEYREJECTED)
		return fail(WITNESS_OTHER, GTH_CHECKPOINT_FILE, "the signature is invalid");
	if (!err)
		err = gth_checkpoint_parse(&w->now, (const char *)w->note, text_len);
	if (err)
		return fail(WITNESS_DAMAGED, GTH_CHECKPOINT_FILE, "is not a checkpoint");
	if (strcmp(w->now.origin, w->log_key.name) != 0)
		return fail(WITNESS_OTHER, GTH_CHECKPOINT_FILE, "has another origin than the key");
	return 0;
}

static int load_state(struct witness *w)
{
	int err = gth_seen_load(w->state, &w->log_key, &w->seen);

	w->has_seen = !err;
	if (err == -EBADMSG)
		return fail(REGION_FAILED_EXIT, w->o->state,
			    "the state of this log is damaged, or of another key of it");
	if (err && err != -ENOENT)
		return fail(REGION_FAILED_EXIT, w->o->state, strerror(-err));
	if (err && !w->o->first)
		return fail(REGION_FAILED_EXIT, w->o->state,
			    "nothing of this log was cosigned: begin with --first, unless the "
			    "state was lost");
	if (!err && w->o->first)
		return fail(REGION_FAILED_EXIT, w->o->state,
			    "--first: a checkpoint of this log was cosigned already");
	return 0;
}

/* The tiles must be those of the checkpoint: only then does a root that differs show a fork. */
static int check_tiles(const struct witness *w)
{
	uint8_t root[GTH_TLOG_HASH_SIZE];
	int err = gth_tlog_root(w->log, w->now.size, root);

	if (err && err != -EBADMSG)
		return fail(REGION_FAILED_EXIT, w->o->log, strerror(-err));
	if (err || memcmp(root, w->now.root, sizeof(root)) != 0)
		return fail(WITNESS_DAMAGED, w->o->log,
			    "the tiles are not those of the checkpoint");
	return 0;
}

static int refuse(const struct witness *w, int status, const char *why)
{
	gth_say("%s: %s: %llu entries were cosigned, now it has %llu; keep both checkpoints as "
		"evidence",
		w->now.origin, why, (unsigned long long)w->seen.size,
		(unsigned long long)w->now.size);
	return status;
}

static int check_continues(const struct witness *w)
{
	struct gth_tree then = { .size = w->seen.size }, now = { .size = w->now.size };
	struct gth_tree_proof proof;
	int err;

	if (w->now.size < w->seen.size)
		return refuse(w, WITNESS_ROLLBACK, "the log went back");
	memcpy(then.root, w->seen.root, sizeof(then.root));
	memcpy(now.root, w->now.root, sizeof(now.root));
	err = gth_tlog_prove_older(w->log, w->now.size, w->seen.size, &proof);
	if (err == -EBADMSG)
		return fail(WITNESS_DAMAGED, w->o->log, "a tile is missing or damaged");
	if (err)
		return fail(REGION_FAILED_EXIT, w->o->log, strerror(-err));
	if (!gth_proof_check_older(&proof, &then, &now))
		return 0;
	err = region_path_check(w->log, w->now.size, w->seen.size);
	if (err)
		return fail(err == -EBADMSG ? WITNESS_DAMAGED : REGION_FAILED_EXIT, w->o->log,
			    err == -EBADMSG ? "a tile is missing or damaged" : strerror(-err));
	return refuse(w, WITNESS_FORK, "the log does not continue what was cosigned");
}

/* The state first: what leaves here is what the next checkpoint is measured by. */
static int cosign(const struct witness *w)
{
	const char *note = (const char *)w->note;
	char *line;
	int err = gth_seen_store(w->state, &w->log_key, note);

	if (err)
		return fail(REGION_FAILED_EXIT, w->o->state, strerror(-err));
	err = gth_cosign(note, gth_now(), &w->key, &line);
	if (err)
		return fail(REGION_FAILED_EXIT, w->o->key, strerror(-err));
	err = region_output(w->o->output, line);
	free(line);
	return err ? fail(REGION_FAILED_EXIT, w->o->output ? w->o->output : "output",
			  strerror(-err))
		   : 0;
}

static int run(struct witness *w)
{
	int status = load_checkpoint(w);

	if (!status)
		status = load_state(w);
	/* A log that went back does not have the tiles of what it was. */
	if (!status && w->has_seen && w->now.size < w->seen.size)
		status = check_continues(w);
	if (!status)
		status = check_tiles(w);
	if (!status && w->has_seen)
		status = check_continues(w);
	if (!status)
		status = cosign(w);
	free(w->note);
	return status;
}

/* Only as much as shows that the log continues what was seen of it. */
static int fetch(struct witness *w)
{
	struct gth_checkpoint seen = { .size = 0 };

	w->mirror = (struct region_mirror) {
		.url = w->o->log, .endpoint = w->o->endpoint, .state = w->o->state, .dir = -1
	};
	/* The error of a state that cannot be read comes with load_state(). */
	if (gth_seen_load(w->state, &w->log_key, &seen))
		seen.size = 0;
	if (region_mirror_fetch(&w->mirror, &w->log_key, seen.size))
		return REGION_FAILED_EXIT;
	w->log = w->mirror.dir;
	return 0;
}

static int open_log(struct witness *w)
{
	w->log = region_log_open(w->o->log);
	return w->log < 0 ? fail(REGION_FAILED_EXIT, w->o->log, strerror(-w->log)) : 0;
}

static int open_all(struct witness *w)
{
	int err = region_verifier_load(w->o->log_key, &w->log_key);

	if (err)
		return fail(REGION_FAILED_EXIT, w->o->log_key,
			    err == -EINVAL ? "is not the public key of a log" : strerror(-err));
	err = gth_witness_key_load(&w->key, AT_FDCWD, w->o->key);
	if (err)
		return fail(REGION_FAILED_EXIT, w->o->key,
			    err == -EINVAL ? "is not the private key of a witness"
					   : strerror(-err));
	w->state = gth_seen_open(w->o->state);
	if (w->state < 0)
		return fail(REGION_FAILED_EXIT, w->o->state,
			    w->state == -EBUSY ? "another witness works with it"
					       : strerror(-w->state));
	return region_mirror_is_url(w->o->log) ? fetch(w) : open_log(w);
}

int region_witness(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.doc = "Cosigns the checkpoint of a log of releases, if it continues the one that "
		       "was cosigned last, and prints the cosignature, a line for "
		       "gotthard-region cosign. The exit status is 3 if the log went back, 4 if "
		       "it was forked, 5 if the checkpoint is another log's, 6 if checkpoint or "
		       "tiles are damaged."
	};
	struct options o = { 0 };
	struct witness w = { .o = &o, .log = -1, .state = -1, .mirror.dir = -1 };
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = open_all(&w);
	if (!status)
		status = run(&w);
	if (w.log >= 0 && w.log != w.mirror.dir)
		close(w.log);
	region_mirror_end(&w.mirror);
	if (w.state >= 0)
		close(w.state);
	OPENSSL_cleanse(&w.key, sizeof(w.key));
	return status;
}
