/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff_report.h - what two releases differ in, for people and as JSON. */
#ifndef SIGTOOL_DIFF_REPORT_H
#define SIGTOOL_DIFF_REPORT_H

#include "core/manifest.h"
#include "sigtool/changes.h"

int diff_report_text(const struct gth_manifest *old, const struct gth_manifest *new,
		     const struct changes *c, bool all);
int diff_report_json(const struct gth_manifest *old, const struct gth_manifest *new,
		     const struct changes *c, bool all);

#endif /* SIGTOOL_DIFF_REPORT_H */
