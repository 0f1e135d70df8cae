/* SPDX-License-Identifier: GPL-2.0-or-later */
/* magic.h - does content look like a program, script, archive or document? Pure. */
#ifndef GTH_MAGIC_H
#define GTH_MAGIC_H

#include <linux/types.h>

bool gth_magic_is_code(const u8 *head, size_t len);

#endif /* GTH_MAGIC_H */
