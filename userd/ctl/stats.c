// SPDX-License-Identifier: GPL-2.0-or-later
/* stats.c - gotthardctl stats: the counters. */
#include "ctl.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "knobs.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/visible.h"

static const struct argp argp = {
	.children = gth_json_children,
	.doc = "Prints the counters of /sys/kernel/gotthard/stats, summed over the processors.",
};

static void line(const char *name, const char *value, void *ctx)
{
	(void)ctx;
	printf("%-24s %s\n", name, gth_shown(value));
}

static void member(const char *name, const char *value, void *ctx)
{
	json_object_set_new(ctx, name, json_integer(strtoll(value, NULL, 10)));
}

int ctl_stats(int argc, char **argv)
{
	json_t *all;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (ctl_need_module())
		return CTL_NOT_LOADED;
	if (!gth_listing.json)
		return ctl_each_file("stats", line, NULL) ? CTL_FAILED : CTL_OK;
	all = json_object();
	ctl_each_file("stats", member, all);
	return gth_json_print(all) ? CTL_FAILED : CTL_OK;
}
