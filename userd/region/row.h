/* SPDX-License-Identifier: GPL-2.0-or-later */
/* row.h - one submission out of the database; with the lock held. */
#ifndef REGION_ROW_H
#define REGION_ROW_H

#include "region/submissions.h"

#define REGION_ROW                                                                                 \
	"SELECT id, endpoint, status, digest, cipher_digest, size, cipher_size, delete_by,"        \
	" attempts, note, receipt, verdict, deletion, detail FROM submission "

int region_row(struct region_state *s, struct region_submission *sub, const char *sql,
	       const char *types, ...);

#endif /* REGION_ROW_H */
