/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff_options.h - the command line of the diff command. */
#ifndef SIGTOOL_DIFF_OPTIONS_H
#define SIGTOOL_DIFF_OPTIONS_H

#include <stdbool.h>

struct diff_options {
	const char *old, *new; /* paths */
	const char *dir;       /* to write the delta to, or NULL */
	bool list, force, progress;
};

void diff_options_parse(struct diff_options *o, int argc, char **argv);

#endif /* SIGTOOL_DIFF_OPTIONS_H */
