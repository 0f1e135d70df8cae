/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clamd.h - the engine: a clamd of ClamAV at its unix socket, by zVERSION and
 * zINSTREAM (clamd(8)).
 */
#ifndef REGION_CLAMD_H
#define REGION_CLAMD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/text/exchange.h"

#define REGION_REPLY_MAX 4096 /* bytes */

struct region_engine {
	char engine[128];   /* "ClamAV 1.4.6" */
	char database[128]; /* "27000/Mon Nov 23 …", or "own" if no official one is loaded */
};

struct region_finding {
	enum gth_finding finding;
	char name[256]; /* "none" */
};

/* Parse clamd's replies. Pure. */
int region_clamd_version(struct region_engine *e, const char *reply, size_t len);
int region_clamd_reply(struct region_finding *f, const char *reply, size_t len);

/* These end early, with -ECANCELED, once @stop is set. */
int region_clamd_ask(const char *socket, struct region_engine *e, const atomic_bool *stop);
int region_clamd_scan(const char *socket, int fd, struct region_finding *f,
		      const atomic_bool *stop);

#endif /* REGION_CLAMD_H */
