/* SPDX-License-Identifier: GPL-2.0-or-later */
/* checkpoint.h - what only the writer of a log does with checkpoints (readers: tlog.h). */
#ifndef GTH_LIB_LOG_CHECKPOINT_H
#define GTH_LIB_LOG_CHECKPOINT_H

#include <stdbool.h>
#include <sys/types.h>

#include "lib/log/tlog.h"

#define GTH_CHECKPOINT_FILE "checkpoint"
#define GTH_CHECKPOINT_SIZE 256 /* of the text, with its NUL */

int gth_checkpoint_format(const struct gth_checkpoint *c, char text[GTH_CHECKPOINT_SIZE]);
int gth_checkpoint_write(int dirfd, const struct gth_checkpoint *c, const struct gth_signer *s,
			 mode_t mode, bool *visible);
int gth_checkpoint_replace(int dirfd, const char *note, mode_t mode, bool *visible);

#endif /* GTH_LIB_LOG_CHECKPOINT_H */
