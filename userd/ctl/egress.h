/* SPDX-License-Identifier: GPL-2.0-or-later */
/* egress.h - what the parts of gotthardctl egress share. */
#ifndef GTH_CTL_EGRESS_H
#define GTH_CTL_EGRESS_H

#include <limits.h>
#include <stdbool.h>

#include "lib/egress.h"
#include "lib/tlog.h"

struct egress_options {
	bool json, progress;
	int kind;		  /* of list: only these; -1: all */
	unsigned long long since; /* of list: the number of the first entry */
	const char *directory, *config;
	const char *words[2];
	int n;
};

/* The journal, as its directory and its key say. */
struct egress_journal {
	char path[PATH_MAX];
	int dir;
	struct gth_verifier key;
};

int egress_list(const struct egress_journal *j, const struct egress_options *o);
int egress_show(const struct egress_journal *j, const struct egress_options *o,
		unsigned long long index);
int egress_verify(const struct egress_journal *j, const struct egress_options *o);
int egress_export(const struct egress_journal *j, const struct egress_options *o, const char *to);

void egress_explain(int err, const struct egress_journal *j, const char *bad, char *text,
		    size_t size);

#endif /* GTH_CTL_EGRESS_H */
