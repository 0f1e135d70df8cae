/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * context.h - the state that the store's parts share. One thread, no locks.
 *
 * Times that must survive are of CLOCK_REALTIME, in seconds of Unix time; waits are of
 * CLOCK_BOOTTIME, in ms, and have no meaning for the next run.
 */
#ifndef GTH_DAEMON_STORE_CONTEXT_H
#define GTH_DAEMON_STORE_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/settings.h"
#include "daemon/store/accepted.h"
#include "daemon/store/backoff.h"
#include "daemon/store/clock_set.h"
#include "daemon/store/db.h"
#include "daemon/store/feed.h"
#include "daemon/store/inflight.h"
#include "daemon/store/journal.h"
#include "daemon/store/mime.h"
#include "daemon/store/outbox.h"
#include "daemon/store/region.h"
#include "daemon/store/resend.h"
#include "daemon/store/room.h"
#include "daemon/store/spool.h"
#include "daemon/store/store.h"
#include "daemon/store/tidy.h"
#include "daemon/store/withheld.h"

struct gth_store {
	const struct gth_store_setup *setup;
	const struct gth_store_pace *pace;
	const struct gth_settings *settings;
	const struct gth_config *config; /* its */
	struct gth_settings reloaded;	 /* settings, after a reload */
	int courier;			 /* -1: gone */

	struct gth_reserve reserve;
	struct gth_db db;
	struct gth_spool spool;
	struct gth_mime types;
	struct gth_journal journal;
	struct gth_accepted accepted;
	struct gth_outbox to_broker, to_courier;

	struct gth_store_region region;
	struct gth_resend resend;

	struct gth_inflights inflight;
	struct gth_backoff backoff[GTH_ORDERS];
	struct gth_feed feed;
	struct gth_tidy tidy;
	struct gth_room room;
	struct gth_withheld_entries withheld;
	struct gth_clock_set clock_set;

	uint64_t wake;	  /* ms, of gth_boot_ms(): when the loop wakes by itself */
	int fatal;	  /* ends the loop: -errno */
	char said[160];	  /* the last error that was logged */
	bool grouped;	  /* the database is in a transaction */
	uint64_t reloads; /* Unix time of the last reload */
};

void gth_group_begin(struct gth_store *s);
void gth_group_end(struct gth_store *s);
void gth_store_wake(struct gth_store *s, uint64_t in_ms);
int gth_store_check(struct gth_store *s, int err, const char *what);

#endif /* GTH_DAEMON_STORE_CONTEXT_H */
