/* SPDX-License-Identifier: GPL-2.0-or-later */
/* errno.h - the kernel's error numbers; the C library's are the same. */
#ifndef GTH_KERNEL_ERRNO_H
#define GTH_KERNEL_ERRNO_H

/* <errno.h> includes <linux/errno.h> in its turn, so the system's goes first. */
#include_next <linux/errno.h>
#include <errno.h>

#endif /* GTH_KERNEL_ERRNO_H */
