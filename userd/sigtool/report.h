/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - what became of the inputs of a build. */
#ifndef SIGTOOL_REPORT_H
#define SIGTOOL_REPORT_H

#include "core/manifest.h"
#include "sigtool/fold.h"
#include "sigtool/input.h"

void report_text(const struct gth_manifest *m, const struct fold *fold, const struct input *in,
		 unsigned int n);
int report_json(const struct gth_manifest *m, const struct fold *fold, const struct input *in,
		unsigned int n);

#endif /* SIGTOOL_REPORT_H */
