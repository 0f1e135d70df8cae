/* SPDX-License-Identifier: GPL-2.0-or-later */
/* egress.h - what the parts of gotthardctl egress share. */
#ifndef GTH_CTL_EGRESS_H
#define GTH_CTL_EGRESS_H

#include <limits.h>
#include <stdbool.h>

#include "lib/log/tlog.h"
#include "lib/text/egress.h"
#include "lib/text/journal_head.h"

struct egress_options {
	bool progress;
	int kind;		  /* of list: only these; -1: all */
	unsigned long long since; /* of list: the number of the first entry */
	const char *directory, *config;
	const char *words[2];
	int n;
};

/* The journal, as its directory and its key say. */
struct egress_journal {
	char path[PATH_MAX];
	char head_path[PATH_MAX]; /* of the directory where its head is kept; empty: named by -d */
	int dir;		  /* -1: there is none */
	bool here;		  /* this machine's own, as the configuration says */
	struct gth_verifier key;
};

/* The state of the head that the daemon keeps as root (lib/journal_head.h). */
enum egress_kept {
	EGRESS_KEPT,   /* it is known */
	EGRESS_NONE,   /* none is kept: the daemon has not run with a region since it keeps any */
	EGRESS_DENIED, /* it needs root */
	EGRESS_ELSEWHERE, /* the journal was named by its directory: it may be a copy */
	EGRESS_BROKEN,	  /* the file cannot be read, or is damaged */
};

struct egress_head {
	enum egress_kept what;
	int err; /* of EGRESS_BROKEN */
	struct gth_journal_head head;
};

int egress_list(const struct egress_journal *j, const struct egress_options *o);
int egress_show(const struct egress_journal *j, unsigned long long index);
int egress_verify(const struct egress_journal *j, const struct egress_options *o);
int egress_accept(const struct egress_journal *j);
void egress_head_load(struct egress_head *h, const struct egress_journal *j);
int egress_head_check(const struct egress_head *h, const struct egress_journal *j, uint64_t size,
		      char *text, size_t len);
void egress_head_missing(const struct egress_head *h, char *text, size_t len);
int egress_export(const struct egress_journal *j, const struct egress_options *o, const char *to);

void egress_explain(int err, const struct egress_journal *j, const char *bad, char *text,
		    size_t size);

#endif /* GTH_CTL_EGRESS_H */
