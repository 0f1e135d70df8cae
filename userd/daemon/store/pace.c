// SPDX-License-Identifier: GPL-2.0-or-later
/* pace.c - the store's times (see pace.h). */
#include "daemon/store/pace.h"

const struct gth_store_pace gth_store_usual_pace = {
	.backoff_ms = 1000,
	.backoff_max_ms = 600000,
	.statement_s = 3600,
	.statistics_s = 86400,
	.ask_again_s = 300,
	.deletion_s = 60,
	.wait_s = 30,
	.withheld_ms = 10000,
	.more_ms = 60000,
	.keep_free = 64 << 20,
	.keep_percent = 5,
};
