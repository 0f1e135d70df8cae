/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - the egress journal in the state directory: egress/, a log of tlog.h,
 * and egress/key, the key that it is checked with.
 *
 * An entry is on the disk before what it tells of leaves.
 */
#ifndef GTH_DAEMON_JOURNAL_H
#define GTH_DAEMON_JOURNAL_H

#include "lib/egress.h"
#include "lib/tlog.h"
#include "reserve.h"

#define GTH_JOURNAL_DIR "egress"
#define GTH_JOURNAL_KEY "key"

struct gth_journal {
	int state_dir, dirfd; /* -1: not open */
	const struct gth_signer *signer;
	struct gth_reserve *reserve; /* gives room on a full disk; NULL: there is none */
	struct gth_tlog *log;	     /* NULL: cannot be written */
	char trouble[128];	     /* why; empty: it can */
	bool unproven;		     /* adding failed, and has not succeeded since */
};

void gth_journal_init(struct gth_journal *j, int state_dir, const struct gth_signer *signer,
		      struct gth_reserve *reserve);
int gth_journal_open(struct gth_journal *j);
int gth_journal_add(struct gth_journal *j, const struct gth_egress *e);
uint64_t gth_journal_size(const struct gth_journal *j);
int gth_journal_read(struct gth_journal *j, uint64_t index, void **text, size_t *len);
void gth_journal_close(struct gth_journal *j);

#endif /* GTH_DAEMON_JOURNAL_H */
