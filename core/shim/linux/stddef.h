/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stddef.h - offsetof(), from the compiler. */
#ifndef GTH_KERNEL_STDDEF_H
#define GTH_KERNEL_STDDEF_H

#include <stddef.h>
#include_next <linux/stddef.h>

#endif /* GTH_KERNEL_STDDEF_H */
