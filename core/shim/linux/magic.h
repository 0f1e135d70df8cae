/* SPDX-License-Identifier: GPL-2.0-or-later */
/* magic.h - numbers of file systems; the system's header has them. */
#ifndef GTH_KERNEL_MAGIC_H
#define GTH_KERNEL_MAGIC_H

#include_next <linux/magic.h>

#endif /* GTH_KERNEL_MAGIC_H */
