/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - does the thread that writes events (logger.h) make progress? It waits while its disk
 * is full or its output is not read. It is only reported: another daemon would have to wait too.
 */
#ifndef GTH_DAEMON_BROKER_WRITER_H
#define GTH_DAEMON_BROKER_WRITER_H

#include <stdint.h>

#include "daemon/broker/liveness.h"

#define GTH_WRITER_MS 30000 /* after so long without a turn it is logged */

struct gth_writer {
	struct gth_attention attention;
	unsigned long turns; /* at the last look */
	uint64_t silent;     /* ms since the number changed */
};

void gth_writer_look(struct gth_writer *w, unsigned long turns, uint64_t now);

#endif /* GTH_DAEMON_BROKER_WRITER_H */
