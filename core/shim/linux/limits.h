/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limits.h - the kernel's names for the bounds of its types. */
#ifndef GTH_KERNEL_LIMITS_H
#define GTH_KERNEL_LIMITS_H

#include_next <linux/limits.h>

#define U8_MAX		((__UINT8_TYPE__)~0U)
#define U16_MAX		((__UINT16_TYPE__)~0U)
#define U32_MAX		((__UINT32_TYPE__)~0U)
#define U64_MAX		(~0ULL)
#define S32_MAX		((__INT32_TYPE__)(U32_MAX >> 1))
#define S64_MAX		((long long)(U64_MAX >> 1))

#endif /* GTH_KERNEL_LIMITS_H */
