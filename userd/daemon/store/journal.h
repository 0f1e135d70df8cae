/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal.h - the egress journal in the state directory: egress/, a log of tlog.h,
 * and egress/key, the key that it is checked with.
 *
 * An entry is on the disk before its request leaves. The broker keeps the head, in root's own
 * directory (kept.h): a journal that does not continue it is not written, and nothing leaves. The
 * broker gets the entries' hashes once they are durable.
 */
#ifndef GTH_DAEMON_STORE_JOURNAL_H
#define GTH_DAEMON_STORE_JOURNAL_H

#include "daemon/store/outbox.h"
#include "daemon/store/reserve.h"
#include "lib/log/frontier.h"
#include "lib/log/tlog.h"
#include "lib/text/egress.h"

#define GTH_JOURNAL_DIR "egress"
#define GTH_JOURNAL_KEY "key"
#define GTH_JOURNAL_AT_ONCE 32 /* entries that gth_journal_add_all() takes */

struct gth_journal {
	int state_dir, dirfd; /* -1: not open */
	const struct gth_signer *signer;
	struct gth_reserve *reserve; /* gives room on a full disk; NULL: there is none */
	struct gth_tlog *log;	     /* NULL: cannot be written */
	char trouble[320];	     /* why; empty: it can */
	bool unproven;		     /* adding failed, and has not succeeded since */
	/* The head of the broker, with the hashes that were sent to it since */
	struct gth_frontier kept;
	int unkept; /* not 0: -errno, the head is not known and nothing may leave; -EAGAIN: not yet
		     */
};

void gth_journal_init(struct gth_journal *j, int state_dir, const struct gth_signer *signer,
		      struct gth_reserve *reserve);
void gth_journal_kept(struct gth_journal *j, const struct gth_message *m);
int gth_journal_tell(struct gth_journal *j, struct gth_outbox *to_broker);
int gth_journal_open(struct gth_journal *j);
void gth_journal_look(struct gth_journal *j);
int gth_journal_add(struct gth_journal *j, const struct gth_egress *e);
int gth_journal_add_all(struct gth_journal *j, const struct gth_egress *e, size_t n);
uint64_t gth_journal_size(const struct gth_journal *j);
int gth_journal_head(const struct gth_journal *j, uint64_t *size, uint8_t root[GTH_TLOG_HASH_SIZE]);
int gth_journal_read(struct gth_journal *j, uint64_t index, void **text, size_t *len);
void gth_journal_close(struct gth_journal *j);

#endif /* GTH_DAEMON_STORE_JOURNAL_H */
