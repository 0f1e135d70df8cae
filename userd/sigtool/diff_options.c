// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_options.c - the command line of the diff command (see diff_options.h). */
#include "sigtool/diff_options.h"

#include <argp.h>

#include "lib/util/listing.h"

enum {
	KEY_FORCE = 256,
	KEY_PROGRESS,
};

static const struct argp_option options[] = {
	{ .name = "output",
	  .key = 'o',
	  .arg = "DIR",
	  .doc = "Write DIR/delta and DIR/manifest, from which `gotthard-sigtool apply' makes NEW" },
	{ .name = "list", .key = 'l', .doc = "List all changes, not the first ten of each kind" },
	{ .name = "force", .key = KEY_FORCE, .doc = "Compare databases of different names" },
	{ .name = "progress", .key = KEY_PROGRESS, .doc = "Show progress also without a terminal" },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct diff_options *o = state->input;

	switch (key) {
	case 'o':
		o->dir = arg;
		return 0;
	case 'l':
		o->list = true;
		return 0;
	case KEY_FORCE:
		o->force = true;
		return 0;
	case KEY_PROGRESS:
		o->progress = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->new)
			argp_error(state, "two releases at a time");
		if (o->old)
			o->new = arg;
		else
			o->old = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->new)
			argp_error(state, "two releases are needed, the old one first");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Exits when the command line is wrong. */
void diff_options_parse(struct diff_options *o, int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_list_children,
		.args_doc = "OLD NEW",
		.doc = "Shows what one release of a database changes in another. OLD and NEW are "
		       "directories or manifests. Both bodies are checked as `gotthard-sigtool "
		       "verify' does."
	};

	*o = (struct diff_options) { 0 };
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
