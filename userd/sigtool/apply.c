// SPDX-License-Identifier: GPL-2.0-or-later
/* apply.c - the apply command: a base and a delta to the new release. */
#include <argp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"
#include "sigtool/adopt.h"
#include "sigtool/patch.h"
#include "sigtool/sigtool.h"

struct apply {
	const char *base_path, *delta_path, *dir;
	bool always; /* show progress */
	struct database base, to;
	struct body_reader body;
	struct delta_file delta;
	struct release release;
	struct gth_progress progress;
	char signer[SIGNER_SIZE]; /* of the new release; empty: not signed */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct apply *a = state->input;

	switch (key) {
	case 'o':
		a->dir = arg;
		return 0;
	case 'P':
		a->always = true;
		return 0;
	case ARGP_KEY_ARG:
		if (a->delta_path)
			argp_error(state, "one delta at a time");
		if (a->base_path)
			a->delta_path = arg;
		else
			a->base_path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->delta_path)
			argp_error(state, "a base and a delta are needed, the base first");
		if (!a->dir)
			argp_error(state, "-o DIR is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* A fault of a file is said; an error of the system too. */
static int judge(struct apply *a, const char *file, int err, const struct problem *p)
{
	gth_progress_clear(&a->progress);
	if (err)
		gth_say("%s: %s", file, strerror(-err));
	else if (p->check)
		problem_say(file, p);
	return err ? STATUS_IO : p->check ? STATUS_INPUT : STATUS_OK;
}

/* Is the base that of the delta? If not, the release to fetch is named. */
static int check_base(const struct apply *a)
{
	const struct gth_delta *d = &a->delta.d;
	char wanted[2 * GTH_DIGEST_SIZE + 1], have[2 * GTH_DIGEST_SIZE + 1];
	u8 digest[GTH_DIGEST_SIZE];

	if (gth_sha256(a->base.text, a->base.len, digest))
		return STATUS_IO;
	if (!memcmp(digest, d->from, sizeof(digest)) && !strcmp(a->base.m.name, d->name) &&
	    a->base.m.version == d->from_version)
		return STATUS_OK;
	gth_hex_encode(wanted, d->from, sizeof(d->from));
	gth_hex_encode(have, digest, sizeof(digest));
	gth_say("%s: the delta is for %s version %llu (SHA-256 of its manifest %s), and %s is %s "
		"version %llu (%s): get that release, or version %llu whole",
		a->delta.path, d->name, d->from_version, wanted, a->base.manifest, a->base.m.name,
		a->base.m.version, have, a->to.m.version);
	return STATUS_INPUT;
}

/* All that can be known without the base's body. */
static int check(struct apply *a)
{
	int status = database_load(&a->base, a->base_path), err;

	if (!status)
		status = database_load(&a->to, a->delta_path);
	if (!status)
		status = adopt_check(&a->to, a->signer);
	if (status)
		return status;
	err = delta_file_open(&a->delta, &a->to);
	status = judge(a, *a->delta.path ? a->delta.path : a->delta_path, err, &a->delta.problem);
	if (!status)
		status = check_base(a);
	if (status)
		return status;
	err = delta_file_check(&a->delta, &a->progress);
	return judge(a, a->delta.path, err, &a->delta.problem);
}

static int patch(struct apply *a, int fd)
{
	struct problem result = PROBLEM_NONE;
	int err = body_reader_open(&a->body, &a->base), status;

	if (err)
		return judge(a, a->base.body, err, NULL);
	err = patch_bodies(&a->body, &a->delta, &a->to.m, fd, &result, &a->progress);
	status = judge(a, err ? a->dir : a->delta.path, err, &result);
	if (!err && a->body.problem.check)
		status = judge(a, a->base.body, 0, &a->body.problem);
	else if (!err && a->delta.problem.check)
		status = judge(a, a->delta.path, 0, &a->delta.problem);
	return status;
}

static int make(struct apply *a)
{
	struct gth_atomic body = { .fd = -1 };
	int status = release_begin(&a->release, a->dir), err;

	if (status)
		return status;
	err = gth_atomic_create(&body, a->release.dirfd, "body", 0666);
	status = err ? judge(a, a->dir, err, NULL) : patch(a, body.fd);
	if (!status)
		status = judge(a, a->dir, adopt(&a->release, &body, &a->to), &PROBLEM_NONE);
	gth_atomic_abort(&body);
	return status;
}

/* The signature may have been lost on the way here, or taken away. */
static void warn_of_lost_signature(const struct apply *a)
{
	gth_say("warning: the base is signed, and there is no %s: the new release is not signed, and "
		"the module refuses it; get that file and apply again, or sign the release",
		a->to.signature);
}

static int report(const struct apply *a)
{
	const struct gth_delta *d = &a->delta.d;
	json_t *root;
	int err;

	if (!gth_listing.json) {
		printf("%s version %llu from version %llu: %llu records; %llu added, %llu removed, "
		       "%llu changed\n",
		       d->name, a->to.m.version, d->from_version,
		       a->to.m.body_size / sizeof(struct gth_record), d->count[GTH_DELTA_ADDED],
		       d->count[GTH_DELTA_REMOVED], d->count[GTH_DELTA_CHANGED]);
		printf("%s%s\n", *a->signer ? "signed by " : "not signed", gth_shown(a->signer));
		return STATUS_OK;
	}
	root = database_json(&a->to.m);
	if (root && (json_object_set_new(root, "delta", delta_file_json(d)) ||
		     json_object_set_new(root, "signer",
					 *a->signer ? gth_json_text(a->signer) : json_null()))) {
		json_decref(root);
		root = NULL;
	}
	err = gth_json_print(root);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}

int command_apply(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "output",
		  .key = 'o',
		  .arg = "DIR",
		  .doc = "Write DIR/body and DIR/manifest" },
		{ .name = "progress", .key = 'P', .doc = "Show progress also without a terminal" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_json_children,
		.args_doc = "BASE DELTA",
		.doc = "Makes a release from the one before and a delta that `gotthard-sigtool "
		       "diff -o' wrote. BASE is a directory or a manifest; DELTA is a directory "
		       "with `delta' and `manifest', or that manifest."
	};
	static struct apply a = { .body.fd = -1, .delta.fd = -1, .release.dirfd = -1 };
	bool lost; /* -o may be the base, whose signature is removed then */
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	gth_progress_init(&a.progress, a.always);
	status = check(&a);
	lost = !status && !*a.signer && !access(a.base.signature, F_OK);
	if (!status)
		status = make(&a);
	if (!status && lost)
		warn_of_lost_signature(&a);
	if (!status)
		status = report(&a);
	body_reader_close(&a.body);
	delta_file_close(&a.delta);
	release_close(&a.release);
	return status;
}
