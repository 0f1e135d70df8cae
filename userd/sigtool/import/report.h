/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report.h - what was taken by an import, and what was not, by reason. */
#ifndef SIGTOOL_IMPORT_REPORT_H
#define SIGTOOL_IMPORT_REPORT_H

#include "sigtool/import/taking.h"

int report_taking(const struct taking *t, const char *format, bool to_stdout);

#endif /* SIGTOOL_IMPORT_REPORT_H */
