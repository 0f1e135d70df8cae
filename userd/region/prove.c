// SPDX-License-Identifier: GPL-2.0-or-later
/* prove.c - gotthard-region prove: the text that proves that a release is in a log. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/number.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/log_dir.h"
#include "region/logged.h"
#include "region/output.h"
#include "region/region.h"
#include "region/release_proof.h"

struct options {
	const char *log, *name, *version, *output;
};

static const struct argp_option options[] = {
	{ .name = "output",
	  .key = 'o',
	  .arg = "FILE",
	  .doc = "Write the proof there, not to standard output" },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = {
		{ "LOGDIR", &o->log }, { "NAME", &o->name }, { "VERSION", &o->version }, { 0 }
	};

	if (key != 'o')
		return gth_operands(key, arg, state, operands);
	o->output = arg;
	return 0;
}

/* Return: -1. */
static int fail(const char *what, const char *why)
{
	gth_say("%s: %s", what, why);
	return -1;
}

static int prove(int log, const struct options *o, uint64_t version)
{
	struct region_logged last, found;
	struct gth_verifier key;
	struct gth_checkpoint c;
	char *note, *text;
	int err;

	if (region_checkpoint_load(log, &key, &c, &note))
		return -1;
	err = region_logged_find(log, c.size, o->name, version, &last, &found);
	if (!err && !found.any) {
		free(note);
		gth_say("%s: %s version %s is not in the log", o->log, o->name, o->version);
		return -1;
	}
	if (!err)
		err = region_proof_make(log, &c, note, found.index, &text);
	free(note);
	if (err)
		return fail(o->log, err == -EBADMSG ? "is damaged" : strerror(-err));
	err = region_output(o->output, text);
	free(text);
	return err ? fail(o->output ? o->output : "output", strerror(-err)) : 0;
}

int region_prove(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "LOGDIR NAME VERSION",
		.doc = "Writes the proof that the release NAME of VERSION is in the log of LOGDIR "
		       "(C2SP tlog-proof), with the checkpoint and its cosignatures. It needs no "
		       "key: everyone who has the log can make it."
	};
	struct options o = { 0 };
	unsigned long long version;
	int log, err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	umask(022);
	if (gth_number_parse(o.version, INT64_MAX, &version) || !version) {
		fail(o.version, "is not a version");
		return REGION_USAGE;
	}
	log = region_log_open(o.log);
	err = log < 0 ? fail(o.log, strerror(-log)) : prove(log, &o, version);
	if (log >= 0)
		close(log);
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
