/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release.h - writes body, manifest and its signature, all or none. */
#ifndef SIGTOOL_RELEASE_H
#define SIGTOOL_RELEASE_H

#include "core/manifest.h"
#include "lib/util/progress.h"
#include "sigtool/fold.h"
#include "sigtool/signer.h"
#include "sigtool/sorter.h"

/* The directory of a release, held by one writer at a time. */
struct release {
	int dirfd; /* -1: not open */
	const char *path;
	bool made; /* by this process; removed again if nothing is written */
};

int release_begin(struct release *r, const char *path);
int release_write(struct release *r, struct sorter *sorter, struct gth_manifest *m,
		  struct fold *fold, bool allow_empty, const struct signer *signer,
		  struct gth_progress *progress);
void release_close(struct release *r);

#endif /* SIGTOOL_RELEASE_H */
