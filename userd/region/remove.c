// SPDX-License-Identifier: GPL-2.0-or-later
/* remove.c - gotthard-region remove: shuts an endpoint out. */
#include <argp.h>
#include <errno.h>
#include <string.h>

#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/region.h"

struct options {
	const char *dir, *endpoint;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = { { "DIR", &o->dir },
						{ "ENDPOINT", &o->endpoint },
						{ 0 } };

	return gth_operands(key, arg, state, operands);
}

int region_remove(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR ENDPOINT",
		.doc = "Shuts ENDPOINT out of the region of DIR, also while that serves. Its "
		       "files are judged and deleted as before. If its name is enrolled again, "
		       "its former certificate stays shut out."
	};
	struct options o = { 0 };
	struct region r;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (region_open(&r, o.dir))
		return REGION_FAILED_EXIT;
	err = region_endpoint_remove(&r.state, o.endpoint);
	region_close(&r);
	if (err)
		gth_say("%s: %s", o.endpoint,
			err == -ENOENT ? "is not enrolled here" : strerror(-err));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
