/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tidy.h - when the database is tidied: each hour, and after many questions. */
#ifndef GTH_DAEMON_STORE_TIDY_H
#define GTH_DAEMON_STORE_TIDY_H

#include <stdbool.h>
#include <stdint.h>

struct gth_tidy {
	uint64_t due;	   /* ms, of gth_boot_ms() */
	unsigned int asks; /* questions of the broker */
};

void gth_tidy_asked(struct gth_tidy *t);
bool gth_tidy_begin(struct gth_tidy *t);

#endif /* GTH_DAEMON_STORE_TIDY_H */
