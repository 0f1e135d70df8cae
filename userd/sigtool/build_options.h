/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build_options.h - the command line of the build command. */
#ifndef SIGTOOL_BUILD_OPTIONS_H
#define SIGTOOL_BUILD_OPTIONS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "sigtool/list.h"

struct build_options {
	const char *dir;
	const char *name;
	const char *prev;	    /* path, or NULL */
	const char *key, *cert;	    /* to sign with; NULL: it is not signed */
	unsigned long long version; /* 0: the time of creation */
	unsigned long long created;
	unsigned long long expires;    /* 0: valid_days after created */
	unsigned long long valid_days; /* 0: not given */
	size_t memory;		       /* bytes */
	u8 class;		       /* of inputs that do not say; UNKNOWN: none */
	enum list_format format;
	bool skip_malformed, allow_empty, progress;
	char **input;
	unsigned int inputs;
};

void build_options_parse(struct build_options *o, int argc, char **argv);

#endif /* SIGTOOL_BUILD_OPTIONS_H */
