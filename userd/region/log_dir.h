/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log_dir.h - the directory of a log of releases, as it is published:
 *
 *	key, checkpoint, tile/		the log (docs/formats.md)
 *	releases/NAME/VERSION/		what its entries stand for
 */
#ifndef REGION_LOG_DIR_H
#define REGION_LOG_DIR_H

#include "lib/log/tlog.h"

#define REGION_LOG_KEY "key"

int region_log_open(const char *path);
int region_log_verifier(int log, struct gth_verifier *v);
int region_verifier_load(const char *path, struct gth_verifier *v);
int region_log_init(int log, const struct gth_signer *key);

#endif /* REGION_LOG_DIR_H */
