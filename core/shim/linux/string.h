/* SPDX-License-Identifier: GPL-2.0-or-later */
/* string.h - memcmp() and its like, from the C library. */
#ifndef GTH_KERNEL_STRING_H
#define GTH_KERNEL_STRING_H

#include <string.h>

#endif /* GTH_KERNEL_STRING_H */
