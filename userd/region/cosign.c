// SPDX-License-Identifier: GPL-2.0-or-later
/* cosign.c - gotthard-region cosign: what witnesses signed comes into the checkpoint of a log. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/checkpoint.h"
#include "lib/log/policy.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/announce.h"
#include "region/files.h"
#include "region/log_dir.h"
#include "region/region.h"
#include "region/release_proof.h"

#define QUORUM_SHORT 2 /* exit status: more cosignatures are needed */

struct options {
	const char *log, *policy;
	char **files; /* ends with NULL */
};

static const struct argp_option options[] = { { .name = "policy",
						.key = 'p',
						.arg = "FILE",
						.doc = "The policy that names the witnesses" },
					      { 0 } };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'p':
		o->policy = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (o->log)
			return ARGP_ERR_UNKNOWN; /* the others are ARGP_KEY_ARGS */
		o->log = arg;
		return 0;
	case ARGP_KEY_ARGS:
		o->files = state->argv + state->next;
		return 0;
	case ARGP_KEY_END:
		if (!o->log)
			argp_error(state, "LOGDIR is missing");
		if (!o->files)
			argp_error(state, "a file with a cosignature is missing");
		if (!o->policy)
			argp_error(state, "--policy is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Return: -1. */
static int fail(const char *what, const char *why)
{
	gth_say("%s: %s", what, why);
	return -1;
}

static int load_policy(const char *path, struct gth_policy *p)
{
	struct gth_policy_fault fault;
	char *text;
	int err = region_file_read(AT_FDCWD, path, &text, GTH_POLICY_MAX);

	if (err)
		return fail(path, strerror(-err));
	err = gth_policy_parse(p, text, strlen(text), &fault);
	free(text);
	if (err)
		gth_say("%s:%u: %s", path, fault.line, fault.why);
	return err ? -1 : 0;
}

/* The files, one behind the other. Return: 0 or -1. */
static int read_lines(char **files, char **lines)
{
	char *text, *longer;
	int err;

	*lines = strdup("");
	for (; *files && *lines; files++) {
		err = region_file_read(AT_FDCWD, *files, &text, GTH_NOTE_MAX);
		if (err) {
			free(*lines);
			return fail(*files, strerror(-err));
		}
		if (asprintf(&longer, "%s%s", *lines, text) < 0)
			longer = NULL;
		free(text);
		free(*lines);
		*lines = longer;
	}
	return *lines ? 0 : fail("memory", strerror(ENOMEM));
}

static void say_quorum(const struct gth_policy *p, const uint64_t *times, bool met)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < p->witnesses; i++)
		n += !!times[i];
	printf("cosigned by %u of %u witnesses; the quorum is %s\n", n, p->witnesses,
	       met ? "met" : "not met");
}

static int merge(int log, const struct gth_policy *p, const char *lines)
{
	uint64_t before[GTH_POLICY_WITNESSES], times[GTH_POLICY_WITNESSES];
	char *note, *merged;
	struct gth_verifier key;
	struct gth_checkpoint c;
	bool visible, met;
	int err;

	if (region_checkpoint_load(log, &key, &c, &note))
		return REGION_FAILED_EXIT;
	err = gth_cosigned_at(note, strlen(note), p->witness, p->witnesses, before);
	/* One that is invalid is left out of the new one. */
	if (err == -EKEYREJECTED)
		err = 0;
	if (!err)
		err = gth_cosign_merge(note, lines, &key, p->witness, p->witnesses, times, &merged);
	free(note);
	if (err) {
		fail(GTH_CHECKPOINT_FILE, strerror(-err));
		return REGION_FAILED_EXIT;
	}
	if (!memcmp(before, times, p->witnesses * sizeof(*times)))
		gth_say("nothing new: none of these is a newer cosignature of this checkpoint by a "
			"witness of the policy");
	else
		err = gth_checkpoint_replace(log, merged, 0644, &visible);
	met = gth_quorum_met(p, times, 0, UINT64_MAX);
	if (err)
		fail(GTH_CHECKPOINT_FILE, strerror(-err));
	else if (met)
		err = region_announce_cosigned(log, &key, p, merged);
	free(merged);
	if (err)
		return REGION_FAILED_EXIT;
	say_quorum(p, times, met);
	return met ? REGION_OK : QUORUM_SHORT;
}

int region_cosign(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "LOGDIR FILE...",
		.doc = "Puts the cosignatures of the files, of gotthard-region witness, into the "
		       "checkpoint of the log of LOGDIR. Each must be a cosignature of this "
		       "checkpoint by a witness of the policy; others are left out. The exit "
		       "status is 2 as long as the policy's quorum is not met."
	};
	static struct gth_policy policy;
	struct options o = { 0 };
	char *lines;
	int log, status = REGION_FAILED_EXIT;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	/* The log is for every reader. */
	umask(022);
	if (load_policy(o.policy, &policy) || read_lines(o.files, &lines))
		return status;
	log = region_log_open(o.log);
	if (log < 0)
		fail(o.log, strerror(-log));
	else if (flock(log, LOCK_EX | LOCK_NB))
		fail(o.log,
		     errno == EWOULDBLOCK ? "another process writes to it" : strerror(errno));
	else
		status = merge(log, &policy, lines);
	if (log >= 0)
		close(log);
	free(lines);
	return status;
}
