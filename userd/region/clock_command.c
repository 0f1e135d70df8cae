// SPDX-License-Identifier: GPL-2.0-or-later
/* clock_command.c - gotthard-region clock: is this machine's clock trusted? */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "region/clock.h"
#include "region/region.h"

struct options {
	const char *dir;
	bool accept;
};

static const struct argp_option options[] = {
	{ .name = "accept", .key = 'a', .doc = "Believe this machine's clock from now on" }, { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = { { "DIR", &o->dir }, { 0 } };

	if (key != 'a')
		return gth_operands(key, arg, state, operands);
	o->accept = true;
	return 0;
}

static int accept_it(struct region *r)
{
	int err = region_clock_accept(&r->state, r->statement.retention);

	/* A statement that was issued under a wrong clock is replaced. */
	if (!err && r->can_issue)
		err = region_issue(r, r->statement.expires - r->statement.issued, region_now());
	return err;
}

int region_clock_command(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR",
		.doc = "Prints the time of this machine and that of the region of DIR. The exit "
		       "status is 1 if they differ: then this machine's clock has jumped, and is "
		       "not used until it is right again, or accepted. It works while the region "
		       "serves."
	};
	char machine_text[GTH_UTC_SIZE], region_text[GTH_UTC_SIZE];
	struct options o = { 0 };
	uint64_t machine, region;
	struct region r;
	bool doubt;
	int err = 0;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (region_open(&r, o.dir))
		return REGION_FAILED_EXIT;
	if (o.accept)
		err = accept_it(&r);
	doubt = region_clock_doubt(&machine, &region);
	region_close(&r);
	if (err) {
		gth_say("%s: %s", o.dir, strerror(-err));
		return REGION_FAILED_EXIT;
	}
	gth_utc_format(machine_text, machine);
	gth_utc_format(region_text, region);
	printf("machine      %s\nregion       %s\nclock        %s\n", machine_text, region_text,
	       doubt ? "in doubt: set it, or see --accept" : "believed");
	return doubt ? REGION_FAILED_EXIT : REGION_OK;
}
