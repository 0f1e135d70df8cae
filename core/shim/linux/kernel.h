/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel.h - what the pure files take from the kernel's grab bag. */
#ifndef GTH_KERNEL_KERNEL_H
#define GTH_KERNEL_KERNEL_H

#include_next <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/types.h>
#include <stdio.h>

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#endif

#endif /* GTH_KERNEL_KERNEL_H */
