/* SPDX-License-Identifier: GPL-2.0-or-later */
/* manifest_text.h - the text of a manifest; core/manifest.h is the way back. */
#ifndef GTH_LIB_TEXT_MANIFEST_TEXT_H
#define GTH_LIB_TEXT_MANIFEST_TEXT_H

#include <stddef.h>

#include "core/manifest.h"

int gth_manifest_format(const struct gth_manifest *m, char *text, size_t size);

#endif /* GTH_LIB_TEXT_MANIFEST_TEXT_H */
