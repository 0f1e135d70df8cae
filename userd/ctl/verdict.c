// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict.c - gotthardctl verdict: set and forget verdicts over the table. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon.h"
#include "digest.h"
#include "guard.h"
#include "verdict.h"
#include "lib/host/device.h"
#include "lib/host/empty.h"
#include "lib/host/names.h"
#include "lib/host/table_dir.h"
#include "lib/host/verdict_file.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/number.h"
#include "lib/util/prefix.h"
#include "lib/util/say.h"

static struct {
	unsigned long long seconds;
	const char *config, *why;
	bool allow_empty, yes, keep;
	int source; /* whose verdict is to be forgotten; NONE: each one's */
	int first;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'c':
		options.config = arg;
		return 0;
	case 's':
		options.source = gth_source_parse(arg);
		if (options.source != GTH_SOURCE_ROOT && options.source != GTH_SOURCE_REGION)
			argp_error(state, "'%s' is neither root nor region", arg);
		return 0;
	case CTL_KEY_EMPTY:
		options.allow_empty = true;
		return 0;
	case CTL_KEY_YES:
		options.yes = true;
		return 0;
	case 'k':
		options.keep = true;
		return 0;
	case 'w':
		if (!gth_why_ok(arg))
			argp_error(state, GTH_WHY_TEXT, GTH_WHY_SIZE - 1);
		options.why = arg;
		return 0;
	case 't':
		if (gth_number_parse(arg, LLONG_MAX / 2, &options.seconds))
			argp_error(state, "'%s' is not a number of seconds", arg);
		return 0;
	case ARGP_KEY_ARG:
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_ARGS:
		options.first = state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "list, set or forget?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	CTL_CONFIG_OPTION,
	CTL_EMPTY_OPTION,
	CTL_YES_OPTION,
	{ "ttl", 't', "SECONDS", 0, "set: let it expire (default: never)", 0 },
	{ "keep", 'k', NULL, 0, "set, forget: and at every start from now on", 0 },
	{ "why", 'w', "TEXT", 0, "set --keep: the reason, which is kept with it", 0 },
	{ "source", 's', "SOURCE", 0, "forget: only that of root, or of the region", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_list_children,
	.args_doc = "list\nset malicious|suspicious|trusted DIGEST|FILE...\nforget DIGEST|FILE...",
	.doc = "Lists the verdicts of root and of the region, sets one of root's, which counts "
	       "before the table and the region, or removes them.\v"
	       "DIGEST is a SHA-256 of 64 hexadecimal digits, or 8 or more with which one begins "
	       "that is listed here or by submissions; of a FILE the module computes it, and one "
	       "that is named like a digest is given as ./FILE. Either all are set, or none. "
	       "Verdicts are held in memory until the module is unloaded; with --keep they are "
	       "written to " GTH_ETC "/" GTH_VERDICT_FILE
	       " too, or removed from it, and gotthardd sets them when it starts. Each verdict "
	       "that is set or removed makes an event, which names the user.",
};

static int digest_of(int device, const char *what, struct gth_verdict *v)
{
	struct gth_explain x;
	char prefix[65];
	uint8_t domain;
	int fd, err;

	v->domain = GTH_DOMAIN_SHA256;
	if (gth_prefix_parse(prefix, what)) {
		if (strlen(prefix) == 2 * GTH_DIGEST_SIZE)
			return gth_hex_decode(v->digest, GTH_DIGEST_SIZE, prefix);
		err = ctl_digest_find(prefix, device, options.config, &domain, v->digest);
		if (!err)
			v->domain = domain;
		if (err != -ENOENT)
			return err;
	}
	fd = open(what, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		gth_say("%s: neither a SHA-256, nor the beginning of one that is known, nor a file: %s",
			what, strerror(errno));
		return -1;
	}
	/* As for exec, which no scope leaves out. */
	err = gth_device_explain(device, fd, GTH_OP_EXEC, &x);
	close(fd);
	if (err || !x.domain) {
		gth_say("%s: has no digest: %s", what,
			err ? strerror(-err) : gth_reason_name(x.reason));
		return -1;
	}
	v->domain = x.domain;
	memcpy(v->digest, x.digest, GTH_DIGEST_SIZE);
	return 0;
}

/* A file that was cut to nothing would take all empty files along. Return: 0 or -1. */
static int check_empty(const char *what, const struct gth_verdict *v)
{
	if (!gth_empty_denied(v->domain, v->class, v->digest))
		return 0;
	if (options.allow_empty) {
		gth_say("%s: warning: this is the empty file, and empty files can no longer be "
			"opened",
			what);
		return 0;
	}
	gth_say("%s: this is the empty file, and empty files could no longer be opened; none was "
		"set (insist with --allow-empty)",
		what);
	return -1;
}

/* So that the daemon asks the region again; if it does not run, nothing is to be done. */
static int forget_in_store(const struct gth_verdict *v)
{
	char command[80] = "forget ";

	if (v->domain != GTH_DOMAIN_SHA256)
		return 0;
	gth_hex_encode(command + strlen(command), v->digest, GTH_DIGEST_SIZE);
	command[7 + 2 * GTH_DIGEST_SIZE] = '\0';
	return ctl_store_do(command, true);
}

/* Of one source. Return: 0 or -errno, which was said */
static int write_all(int device, struct gth_verdict *records, int n, int source)
{
	int err;

	for (int i = 0; i < n; i++)
		records[i].source = (__u8)source;
	err = gth_device_verdict(device, records, (unsigned int)n);
	if (err == -ENOSPC)
		gth_say("none was set: the module holds as many verdicts as it may");
	else if (err == -E2BIG)
		gth_say("none was set: at most %d at a time", GTH_VERDICTS_PER_WRITE);
	else if (err)
		gth_say("none was set: %s", strerror(-err));
	return err;
}

/* Keeps the verdicts in force for the next start. Return: 0 or -errno, which was said */
static int keep(const struct gth_verdict *records, int n, int class)
{
	int err = class == GTH_CLASS_UNKNOWN ? ctl_verdict_unkeep(records, (size_t)n)
					     : ctl_verdict_keep(records, (size_t)n, options.why);

	if (err)
		gth_say("it is in force, but not for the next start: " GTH_ETC "/" GTH_VERDICT_FILE
			": %s",
			err == -E2BIG	? "it would hold too many verdicts: make a table of them"
			: err == -EPERM ? "others than root may write it"
					: strerror(-err));
	return err;
}

static int send(int device, char **what, int n, int class)
{
	bool root = options.source != GTH_SOURCE_REGION;
	/* Root sets its own; forgotten is also what the region said. */
	bool region = class == GTH_CLASS_UNKNOWN && options.source != GTH_SOURCE_ROOT;
	struct gth_verdict *records = calloc((size_t)n, sizeof(*records));
	int err = 0;

	if (!records)
		return CTL_FAILED;
	for (int i = 0; i < n && !err; i++) {
		err = digest_of(device, what[i], &records[i]);
		records[i].class = (__u8) class;
		records[i].source = (__u8)options.source;
		if (!err)
			err = check_empty(what[i], &records[i]);
		if (options.seconds)
			records[i].expires = (unsigned long long)time(NULL) + options.seconds;
	}
	if (!err && !options.yes && class != GTH_CLASS_TRUSTED) {
		const struct ctl_change change = { .verdicts = records,
						   .n = (unsigned int)n,
						   .at_boot = options.keep };

		err = ctl_guard(device, &change);
	}
	if (!err && root)
		err = write_all(device, records, n, GTH_SOURCE_ROOT);
	if (!err && region)
		err = write_all(device, records, n, GTH_SOURCE_REGION);
	/* The daemon would bring back what it still knows. */
	for (int i = 0; i < n && !err && region; i++)
		err = forget_in_store(&records[i]);
	if (!err && options.keep)
		err = keep(records, n, class);
	else if (!err && root)
		ctl_verdict_warn_kept(records, (size_t)n);
	free(records);
	if (!err && gth_listing.json)
		err = gth_json_print(json_pack("{s:i}", "taken", n));
	return err ? CTL_FAILED : CTL_OK;
}

static const char *const verbs[] = { "list", "set", "forget", NULL };

int ctl_verdict(int argc, char **argv)
{
	int device, ret, class = -1, next;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	next = options.first + 1;
	if (!strcmp(argv[options.first], "list") && next == argc)
		return ctl_verdict_list(options.config);
	if (!strcmp(argv[options.first], "forget"))
		class = GTH_CLASS_UNKNOWN;
	else if (!strcmp(argv[options.first], "set") && next < argc)
		class = gth_class_parse(argv[next++]);
	if (class < 0 || next >= argc ||
	    (class == GTH_CLASS_UNKNOWN) != !strcmp(argv[options.first], "forget") ||
	    (options.source && class != GTH_CLASS_UNKNOWN)) {
		return gth_wrong_verb(
			argv[options.first], verbs,
			"list, set malicious|suspicious|trusted DIGEST|FILE..., forget DIGEST|FILE...");
	}
	if (options.keep && options.source == GTH_SOURCE_REGION) {
		gth_say("verdicts of the region are not kept: --keep is for root's verdicts");
		return CTL_USAGE;
	}
	if (options.why && (!options.keep || class == GTH_CLASS_UNKNOWN)) {
		gth_say("a reason is kept with the verdict, and nowhere else: --why needs set --keep");
		return CTL_USAGE;
	}
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	ret = send(device, argv + next, argc - next, class);
	close(device);
	return ret;
}
