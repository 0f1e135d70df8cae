/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - does the thread that writes events (logger.h) go on? It waits where its disk is
 * full, or the one who reads its output does not: nothing but that ends it, and neither
 * would another daemon be better off.
 */
#ifndef GTH_DAEMON_WRITER_H
#define GTH_DAEMON_WRITER_H

#include <stdint.h>

#include "daemon/broker/liveness.h"

#define GTH_WRITER_MS 30000 /* after so long without a turn it is said */

struct gth_writer {
	struct gth_attention attention;
	unsigned long turns; /* at the last look */
	uint64_t silent;     /* ms since the number changed */
};

void gth_writer_look(struct gth_writer *w, unsigned long turns, uint64_t now);

#endif /* GTH_DAEMON_WRITER_H */
