// SPDX-License-Identifier: GPL-2.0-or-later
/* build_options.c - the command line of the build command (see build_options.h). */
#include "sigtool/build_options.h"

#include <argp.h>
#include <limits.h>
#include <linux/gotthard.h>
#include <string.h>
#include <time.h>

#include "lib/host/names.h"
#include "lib/util/listing.h"
#include "lib/util/number.h"
#include "lib/util/utc.h"
#include "sigtool/sigtool.h"
#include "sigtool/sorter.h"

#define MIB (1ULL << 20)
#define DAY 86400ULL
#define DAYS_DEFAULT 30
#define MEMORY_DEFAULT 512 /* MiB */

enum {
	KEY_NAME = 256,
	KEY_VERSION,
	KEY_CREATED,
	KEY_EXPIRES,
	KEY_VALID_DAYS,
	KEY_PREV,
	KEY_CLASS,
	KEY_FORMAT,
	KEY_SKIP,
	KEY_EMPTY,
	KEY_MEMORY,
	KEY_PROGRESS,
	KEY_KEY,
	KEY_CERT,
};

static const struct argp_option options[] = {
	{ .name = "output", .key = 'o', .arg = "DIR", .doc = "Write DIR/body and DIR/manifest" },
	{ .name = "name", .key = KEY_NAME, .arg = "NAME", .doc = "Name of the database (main)" },
	{ .name = "version",
	  .key = KEY_VERSION,
	  .arg = "N",
	  .doc = "Version, higher than the one before (the time of creation)" },
	{ .name = "created",
	  .key = KEY_CREATED,
	  .arg = "T",
	  .doc = "Time of creation (now), as 2026-11-24T03:44:00Z, 2026-11-24 or Unix time" },
	{ .name = "expires",
	  .key = KEY_EXPIRES,
	  .arg = "T",
	  .doc = "Time of expiry, in the same forms" },
	{ .name = "valid-days",
	  .key = KEY_VALID_DAYS,
	  .arg = "N",
	  .doc = "Days from creation to expiry (30)" },
	{ .name = "prev",
	  .key = KEY_PREV,
	  .arg = "MANIFEST",
	  .doc = "Manifest of the release before this one" },
	{ .name = "key",
	  .key = KEY_KEY,
	  .arg = "KEY",
	  .doc = "Sign it with this private key: see sign" },
	{ .name = "cert", .key = KEY_CERT, .arg = "CERT", .doc = "The certificate of KEY" },
	{ .name = "class",
	  .key = KEY_CLASS,
	  .arg = "CLASS",
	  .doc = "malicious, suspicious or trusted: for inputs that do not name one" },
	{ .name = "format",
	  .key = KEY_FORMAT,
	  .arg = "FORMAT",
	  .doc = "sha256sum, hdb or hsb: the format of all inputs" },
	{ .name = "skip-malformed", .key = KEY_SKIP, .doc = "Count malformed lines and go on" },
	{ .name = "allow-empty",
	  .key = KEY_EMPTY,
	  .doc = "Accept a database without records, and the digest of the empty file in a class "
		 "that is not trusted" },
	{ .name = "memory",
	  .key = KEY_MEMORY,
	  .arg = "MIB",
	  .doc = "Sort in this much memory, and the rest on disk in DIR (512)" },
	{ .name = "progress", .key = KEY_PROGRESS, .doc = "Show progress also without a terminal" },
	{ 0 }
};

static void number(struct argp_state *state, const char *name, const char *arg,
		   unsigned long long min, unsigned long long max, unsigned long long *value)
{
	if (gth_number_parse(arg, max, value) || *value < min)
		argp_error(state, "--%s: `%s' is not a number from %llu to %llu", name, arg, min,
			   max);
}

static void point_in_time(struct argp_state *state, const char *name, const char *arg,
			  unsigned long long min, unsigned long long *value)
{
	if (gth_utc_parse(arg, value) || *value < min || *value == LLONG_MAX)
		argp_error(state,
			   "--%s: `%s' is not a time: 2026-11-24T03:44:00Z, 2026-11-24, or "
			   "seconds of Unix time from %llu",
			   name, arg, min);
}

static const char *text_of(char text[GTH_UTC_SIZE], unsigned long long seconds)
{
	gth_utc_format(text, seconds);
	return text;
}

static void check(struct argp_state *state, struct build_options *o)
{
	char created[GTH_UTC_SIZE], expires[GTH_UTC_SIZE];

	if (!o->dir)
		argp_error(state, "-o DIR is missing");
	if (!o->inputs)
		argp_error(state, "an input is missing; `-' is stdin");
	if (!o->key != !o->cert)
		argp_error(state, "--key and --cert: give both or none");
	if (o->expires && o->valid_days)
		argp_error(state, "--expires and --valid-days: give one of them");
	if (!o->expires)
		o->expires = o->created + (o->valid_days ? o->valid_days : DAYS_DEFAULT) * DAY;
	if (o->expires <= o->created)
		argp_error(state, "--expires: %s is not after the creation at %s",
			   text_of(expires, o->expires), text_of(created, o->created));
	if (o->expires > LLONG_MAX)
		argp_error(state, "--valid-days: the expiry would be beyond 2^63");
	if (!o->version)
		o->version = o->created;
	if (!o->version)
		argp_error(state, "--version is needed when it is created at 0");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct build_options *o = state->input;
	unsigned long long mib;
	int i;

	switch (key) {
	case 'o':
		o->dir = arg;
		return 0;
	case KEY_NAME:
		o->name = arg;
		return 0;
	case KEY_VERSION:
		number(state, "version", arg, 1, LLONG_MAX, &o->version);
		return 0;
	case KEY_CREATED:
		point_in_time(state, "created", arg, 0, &o->created);
		return 0;
	case KEY_EXPIRES:
		point_in_time(state, "expires", arg, 1, &o->expires);
		return 0;
	case KEY_VALID_DAYS:
		number(state, "valid-days", arg, 1, 36525, &o->valid_days);
		return 0;
	case KEY_PREV:
		o->prev = arg;
		return 0;
	case KEY_KEY:
		o->key = arg;
		return 0;
	case KEY_CERT:
		o->cert = arg;
		return 0;
	case KEY_CLASS:
		i = gth_class_parse(arg);
		if (i <= GTH_CLASS_UNKNOWN)
			argp_error(state, "--class: `%s' is not malicious, suspicious or trusted",
				   arg);
		o->class = (u8)i;
		return 0;
	case KEY_FORMAT:
		for (i = LIST_AUTO + 1; i < LIST_FORMAT_MAX; i++)
			if (!strcmp(arg, list_format_name[i]))
				o->format = (enum list_format)i;
		if (o->format == LIST_AUTO)
			argp_error(state, "--format: `%s' is not sha256sum, hdb or hsb", arg);
		return 0;
	case KEY_MEMORY:
		number(state, "memory", arg, SORTER_MEMORY_MIN / MIB, 1 << 20, &mib);
		o->memory = (size_t)(mib * MIB);
		return 0;
	case KEY_SKIP:
		o->skip_malformed = true;
		return 0;
	case KEY_EMPTY:
		o->allow_empty = true;
		return 0;
	case KEY_PROGRESS:
		o->progress = true;
		return 0;
	case ARGP_KEY_ARGS:
		o->input = state->argv + state->next;
		o->inputs = (unsigned int)(state->argc - state->next);
		return 0;
	case ARGP_KEY_END:
		check(state, o);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Exits when the command line is wrong. */
void build_options_parse(struct build_options *o, int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_json_children,
		.args_doc = "[CLASS:]FILE...",
		.doc = "Makes a signature database from lists of digests: the output of "
		       "sha256sum, ClamAV's .hdb and .hsb files, or bare digests."
	};

	*o = (struct build_options) { .name = "main",
				      .memory = MEMORY_DEFAULT * MIB,
				      .created = (unsigned long long)time(NULL) };
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
