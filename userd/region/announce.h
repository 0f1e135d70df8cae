/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * announce.h - the files by which readers find and believe what a log has (docs/protocol.md):
 *
 *	checkpoint.cosigned		the newest checkpoint that met the quorum
 *	releases/NAME/latest		the version of NAME that was published last
 *	releases/NAME/VERSION/proof	that the release is in the log
 *
 * All of them follow from the log: one that is missing is made again. The caller has the log open
 * for writing.
 */
#ifndef REGION_ANNOUNCE_H
#define REGION_ANNOUNCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/manifest.h"
#include "lib/log/policy.h"

int region_announce(int log, const struct gth_manifest *m, uint64_t index, bool last);
int region_announce_cosigned(int log, const struct gth_verifier *key, const struct gth_policy *p,
			     const char *note);

#endif /* REGION_ANNOUNCE_H */
