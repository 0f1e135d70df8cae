/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build_bug.h - static_assert() without a message, as the kernel has it. */
#ifndef GTH_KERNEL_BUILD_BUG_H
#define GTH_KERNEL_BUILD_BUG_H

#undef static_assert
#define static_assert(expr, ...)	_Static_assert(expr, #expr)

#endif /* GTH_KERNEL_BUILD_BUG_H */
