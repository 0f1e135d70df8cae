/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resend.h - sends the kept verdicts to a broker that does not have them yet. */
#ifndef GTH_DAEMON_STORE_RESEND_H
#define GTH_DAEMON_STORE_RESEND_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/gotthard.h>

struct gth_resend {
	bool going, begun; /* there are more; after[] is set */
	bool ready_sent;
	uint8_t after[GTH_DIGEST_SIZE]; /* the last one that was sent, in the order of digests */
};

struct gth_store;

void gth_resend_begin(struct gth_resend *r);
void gth_resend_stop(struct gth_resend *r);
void gth_resend_some(struct gth_store *s);

#endif /* GTH_DAEMON_STORE_RESEND_H */
