// SPDX-License-Identifier: GPL-2.0-or-later
/* proof.c - the proof command: is a release in a log that a policy believes? */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/log/proof_text.h"
#include "lib/release/judge.h"
#include "lib/util/io.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"
#include "sigtool/database.h"
#include "sigtool/sigtool.h"

enum { KEY_PROOF = 256 };

struct proof_options {
	const char *path, *policy, *proof; /* proof: or NULL */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct proof_options *o = state->input;

	switch (key) {
	case 'p':
		o->policy = arg;
		return 0;
	case KEY_PROOF:
		o->proof = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (o->path)
			argp_error(state, "one release at a time");
		o->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->path)
			argp_error(state, "a directory or a manifest is missing");
		if (!o->policy)
			argp_error(state, "--policy is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

struct judgement {
	struct database db;
	struct gth_policy policy;
	char path[PATH_MAX]; /* of the proof */
	struct gth_release_judgement found;
	struct problem problem;
};

/* Says what is wrong. Return: an exit status. */
static int load(const char *path, size_t max, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = -ENOMEM;

	*text = fd < 0 ? NULL : malloc(max + 1);
	if (fd < 0)
		n = -errno;
	else if (*text)
		n = gth_read_full(fd, *text, max + 1);
	if (fd >= 0)
		close(fd);
	if (n >= 0 && (size_t)n <= max) {
		*len = (size_t)n;
		return STATUS_OK;
	}
	free(*text);
	gth_say("%s: %s", path, n < 0 ? strerror((int)-n) : "is too large");
	return n < 0 ? STATUS_IO : STATUS_INPUT;
}

static int load_policy(struct judgement *j, const char *path)
{
	struct gth_policy_fault fault;
	size_t len;
	char *text;
	int err, status = load(path, GTH_POLICY_MAX, &text, &len);

	if (status)
		return status;
	err = gth_policy_parse(&j->policy, text, len, &fault);
	free(text);
	if (err)
		gth_say("%s:%u: %s", path, fault.line, fault.why);
	return err ? STATUS_INPUT : STATUS_OK;
}

/* Beside the manifest, unless it is named. Return: 0 or -ENAMETOOLONG. */
static int find_proof(struct judgement *j, const char *path)
{
	const char *slash = strrchr(j->db.manifest, '/');
	int n = path ? snprintf(j->path, sizeof(j->path), "%s", path)
		     : snprintf(j->path, sizeof(j->path), "%.*sproof",
				slash ? (int)(slash - j->db.manifest) + 1 : 0, j->db.manifest);

	return n < 0 || n >= (int)sizeof(j->path) ? -ENAMETOOLONG : 0;
}

static unsigned int count(const struct judgement *j)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < j->policy.witnesses; i++)
		n += !!j->found.times[i];
	return n;
}

/* The outcome, in words. Return: an exit status. */
static int refuse(struct judgement *j, enum gth_release_outcome outcome)
{
	struct problem *p = &j->problem;

	switch (outcome) {
	case GTH_RELEASE_NOT_A_PROOF:
		if (j->found.note)
			problem_set(p, "checkpoint",
				    "the checkpoint in the proof is damaged: get the proof again");
		else
			problem_set(p, "proof",
				    "is not a proof (C2SP tlog-proof): get it from the log again");
		return STATUS_INPUT;
	case GTH_RELEASE_OTHER_LOG:
		problem_set(p, "log",
			    "the checkpoint is not signed by a log of the policy: get the proof "
			    "from that log, or the right policy");
		return STATUS_LOG;
	case GTH_RELEASE_BAD_SIGNATURE:
		problem_set(p, "signature",
			    "a signature of the checkpoint, by a log or a witness of the policy, "
			    "is invalid: do not use the release; get the proof from elsewhere, "
			    "and keep this one as evidence");
		return STATUS_SIGNATURE;
	case GTH_RELEASE_NOT_LOGGED:
		problem_set(p, "inclusion",
			    "does not prove that this manifest is in the log: it is the proof of "
			    "another release, or one of the two was changed; get both again");
		return STATUS_INCLUSION;
	case GTH_RELEASE_TOO_FEW:
		problem_set(p, "quorum",
			    "cosigned by %u of %u witnesses, and the quorum is not met: get the "
			    "proof again later",
			    count(j), j->policy.witnesses);
		return STATUS_QUORUM;
	default:
		gth_say("%s: %s", j->path, gth_release_sentence(outcome));
		return STATUS_IO;
	}
}

/* All that is there to judge is in the texts: no clock is asked. */
static int judge(struct judgement *j, const char *proof, size_t len)
{
	const struct gth_release_case c = { .policy = &j->policy,
					    .manifest = j->db.text,
					    .manifest_len = j->db.len,
					    .proof = proof,
					    .proof_len = len,
					    .now = GTH_RELEASE_NO_CLOCK };
	enum gth_release_outcome outcome = gth_release_judge(&c, &j->found);

	return outcome ? refuse(j, outcome) : STATUS_OK;
}

static json_t *time_json(uint64_t time)
{
	char text[GTH_UTC_SIZE];

	gth_utc_format(text, time);
	return time ? json_string(text) : json_null();
}

static json_t *witnesses_json(const struct judgement *j)
{
	json_t *all = json_array();

	for (unsigned int i = 0; i < j->policy.witnesses; i++)
		if (j->found.times[i])
			json_array_append_new(all,
					      json_pack("{s:o, s:I, s:o}", "name",
							gth_json_text(j->policy.witness_name[i]),
							"time", (json_int_t)j->found.times[i],
							"time_utc", time_json(j->found.times[i])));
	return all;
}

/* @known: the checkpoint is of a log of the policy */
static int print_json(const struct judgement *j, bool ok, bool known)
{
	return gth_json_print(json_pack(
		"{s:b, s:o, s:o, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "ok", ok,
		"manifest", gth_json_text(j->db.manifest), "proof", gth_json_text(j->path), "name",
		j->db.m.name, "version", (json_int_t)j->db.m.version, "index",
		known ? json_integer((json_int_t)j->found.index) : json_null(), "log",
		known ? gth_json_text(j->found.checkpoint.origin) : json_null(), "entries",
		known ? json_integer((json_int_t)j->found.checkpoint.size) : json_null(), "root",
		known ? gth_json_hex(j->found.checkpoint.root, sizeof(j->found.checkpoint.root))
		      : json_null(),
		"witnesses", witnesses_json(j), "quorum_time",
		j->found.witnessed ? json_integer((json_int_t)j->found.witnessed) : json_null(),
		"quorum_time_utc", time_json(j->found.witnessed), "problem",
		problem_json(&j->problem)));
}

static void print_text(const struct judgement *j)
{
	char date[GTH_UTC_SIZE];

	printf("%s version %llu: entry %llu of %s, which has %llu\n", j->db.m.name, j->db.m.version,
	       (unsigned long long)j->found.index, gth_shown(j->found.checkpoint.origin),
	       (unsigned long long)j->found.checkpoint.size);
	if (!j->found.witnessed) {
		printf("the policy needs no witness\n");
		return;
	}
	gth_utc_format(date, j->found.witnessed);
	printf("cosigned by %u of %u witnesses, by the quorum at %s\n", count(j),
	       j->policy.witnesses, date);
}

static int report(const struct judgement *j, int status)
{
	bool known = status == STATUS_OK || status == STATUS_QUORUM || status == STATUS_INCLUSION;
	int err;

	if (j->problem.check)
		problem_say(j->path, &j->problem);
	if (gth_listing.json && status != STATUS_IO) {
		err = print_json(j, !status, known);
		if (err)
			gth_say("%s", strerror(-err));
		return err ? STATUS_IO : status;
	}
	if (!status)
		print_text(j);
	return status;
}

static int prove(struct judgement *j, const struct proof_options *o)
{
	char *text;
	size_t len;
	int status = database_load(&j->db, o->path);

	if (!status)
		status = load_policy(j, o->policy);
	if (status)
		return status;
	if (find_proof(j, o->proof)) {
		gth_say("%s: %s", o->path, strerror(ENAMETOOLONG));
		return STATUS_IO;
	}
	status = load(j->path, GTH_PROOF_TEXT_MAX, &text, &len);
	if (status)
		return status;
	status = judge(j, text, len);
	status = report(j, status);
	free(text);
	return status;
}

int command_proof(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "policy",
		  .key = 'p',
		  .arg = "FILE",
		  .doc = "The policy that names logs, witnesses and the quorum" },
		{ .name = "proof",
		  .key = KEY_PROOF,
		  .arg = "FILE",
		  .doc = "The proof (the file `proof' beside the manifest)" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_json_children,
		.args_doc = "DIR|MANIFEST",
		.doc = "Checks, without a network, the proof (C2SP tlog-proof) that a release is "
		       "in a log: a log of the policy signed the checkpoint, the manifest is in "
		       "it, and the quorum of witnesses cosigned it. `gotthard-sigtool verify' "
		       "checks the release itself. The exit status is 4 if the checkpoint is not "
		       "of a log of the policy, 5 if one of its signatures is invalid, 6 if the "
		       "quorum is not met, 7 if the manifest is not in the log."
	};
	struct proof_options o = { 0 };
	static struct judgement j;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	j.problem = PROBLEM_NONE;
	return prove(&j, &o);
}
