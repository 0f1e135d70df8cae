/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serve_options.h - the command line of gotthard-region serve. */
#ifndef REGION_SERVE_OPTIONS_H
#define REGION_SERVE_OPTIONS_H

#include "region/submissions.h"

struct region_serve_options {
	const char *dir, *listen, *clamd;
	const char *ready, *releases; /* these and listen: or NULL */
	struct region_limits limits;
	uint64_t connections, per_address, per_endpoint, idle, handshake, header, progress,
		retry_after;
	uint64_t analysers, records, statement, scan_limit;
	uint64_t valid[GTH_FINDINGS]; /* seconds */
	bool keep_statement, lookups_only;
};

#define REGION_ANALYSERS_MAX 16

void region_serve_options_parse(struct region_serve_options *o, int argc, char **argv);

#endif /* REGION_SERVE_OPTIONS_H */
