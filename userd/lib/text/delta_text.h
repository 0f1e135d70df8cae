/* SPDX-License-Identifier: GPL-2.0-or-later */
/* delta_text.h - the head of a delta as text; core/delta.h is the way back. */
#ifndef GTH_LIB_TEXT_DELTA_TEXT_H
#define GTH_LIB_TEXT_DELTA_TEXT_H

#include <stddef.h>

#include "core/delta.h"

int gth_delta_format(const struct gth_delta *d, char *text, size_t size);

#endif /* GTH_LIB_TEXT_DELTA_TEXT_H */
