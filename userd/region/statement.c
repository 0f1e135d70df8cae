// SPDX-License-Identifier: GPL-2.0-or-later
/* statement.c - gotthard-region statement: a new one, also while the region serves. */
#include <argp.h>
#include <string.h>

#include "lib/util/number.h"
#include "lib/util/say.h"
#include "region/region.h"

struct options {
	const char *dir;
	unsigned long long expires;
};

static const struct argp_option options[] = {
	{ .name = "expires", .key = 'e', .arg = "SECONDS", .doc = "The time it is valid (7 days)" },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'e':
		if (gth_number_parse(arg, 1ULL << 32, &o->expires) || !o->expires)
			argp_error(state, "--expires: `%s' is not a number from 1", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (o->dir)
			return ARGP_ERR_UNKNOWN;
		o->dir = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "DIR is needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int region_statement(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR",
		.doc = "Issues a new statement of the region of DIR, which is served from then on."
	};
	struct options o = { .expires = REGION_STATEMENT_VALID };
	struct region r;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (region_open(&r, o.dir))
		return REGION_FAILED_EXIT;
	err = region_issue(&r, o.expires, region_now());
	region_close(&r);
	if (err)
		gth_say("%s/%s: %s", o.dir, err == -ENOKEY ? "keys/statement.key" : "statement",
			err == -ENOKEY ? "is not there: put it back to issue a statement"
				       : strerror(-err));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
