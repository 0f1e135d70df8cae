/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tlog_writer.h - what the writer of a log holds; for tlog_open.c and tlog.c alone. */
#ifndef GTH_LIB_LOG_TLOG_WRITER_H
#define GTH_LIB_LOG_TLOG_WRITER_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/log/merkle.h"
#include "lib/log/tlog.h"

struct gth_tlog {
	int dir;	       /* holds the lock */
	mode_t mode, dir_mode; /* of files and directories */
	struct gth_signer signer;
	struct gth_merkle merkle;
	uint8_t *entries; /* the last tile of entries, as a file */
	size_t len, room;
	bool unsynced;			       /* the checkpoint is seen, but does not yet last */
	uint64_t ready[1 + GTH_MERKLE_LEVELS]; /* 1 + the tile, whose directories last */
};

#endif /* GTH_LIB_LOG_TLOG_WRITER_H */
