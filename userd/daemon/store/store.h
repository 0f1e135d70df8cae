/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * store.h - the store: the unprivileged process that owns the spool, the verdicts,
 * the journal of what left, and the decision whether something may leave.
 */
#ifndef GTH_DAEMON_STORE_H
#define GTH_DAEMON_STORE_H

#include "daemon/settings.h"
#include "lib/log/note.h"
#include "lib/text/residency.h"

/* How fast it goes, and how much room it leaves; tests go faster. */
struct gth_store_pace {
	uint64_t backoff_ms, backoff_max_ms; /* after an error: the first wait, the longest */
	uint64_t statement_s;		     /* between two GET /v1/region */
	uint64_t statistics_s;		     /* between two POST /v1/statistics */
	uint64_t ask_again_s; /* the region's "I do not know, and do not want it" holds so long */
	uint64_t deletion_s;  /* the first question whether a file has been deleted */
	uint32_t wait_s;      /* the region may keep a question for a verdict so long */
	uint64_t withheld_ms; /* between two entries of what was withheld, after some at once */
	uint64_t more_ms;     /* between two of how many more were */
	uint64_t keep_free;   /* bytes of the filesystem that are not spooled into … */
	unsigned int keep_percent; /* … or so much of it, whichever is more */
};

extern const struct gth_store_pace gth_store_usual_pace;

struct gth_store_setup {
	int broker;  /* SOCK_SEQPACKET of message.h */
	int courier; /* the same, or -1 until GTH_MSG_COURIER brings one */
	int control; /* a listening SOCK_SEQPACKET socket for gotthardctl, or -1 */
	int state_dir;
	const struct gth_settings *settings; /* until GTH_MSG_RELOAD brings others */
	const struct gth_trust *trust;	     /* NULL: there is no region */
	const struct gth_signer *endpoint;   /* NULL: this machine has no key */
	const struct gth_store_pace *pace;
};

int gth_store_serve(const struct gth_store_setup *setup);

#endif /* GTH_DAEMON_STORE_H */
