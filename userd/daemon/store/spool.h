/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spool.h - files that wait, in the directory spool of the state directory:
 * ID.plain is a copy, ID.age the encrypted copy.
 */
#ifndef GTH_DAEMON_STORE_SPOOL_H
#define GTH_DAEMON_STORE_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store/db.h"
#include "lib/age/age.h"

#define GTH_SPOOL_DIR "spool"

struct gth_spool {
	int dirfd;	   /* -1: not open */
	unsigned int lost; /* files without a row, at the start */
};

int gth_spool_open(struct gth_spool *s, int state_dir);
void gth_spool_close(struct gth_spool *s);
int gth_spool_copy(struct gth_spool *s, int fd, uint64_t max, const char *id,
		   uint8_t digest[GTH_DIGEST_SIZE], uint64_t *size);
int gth_spool_digest(int fd, uint64_t max, uint8_t digest[GTH_DIGEST_SIZE]);
int gth_spool_seal(struct gth_spool *s, struct gth_row *r, const struct gth_age_recipient *to,
		   size_t n);
int gth_spool_sealed(struct gth_spool *s, const char *id);
int gth_spool_rename(struct gth_spool *s, const char *from, const char *to);
void gth_spool_drop(struct gth_spool *s, const char *id, bool plain, bool sealed);
int gth_spool_settle(struct gth_spool *s, struct gth_db *l, unsigned int *lost);

#endif /* GTH_DAEMON_STORE_SPOOL_H */
