/* SPDX-License-Identifier: GPL-2.0-or-later */
/* math64.h - 64-bit divisions; user space on 64 bits just divides. */
#ifndef GTH_KERNEL_MATH64_H
#define GTH_KERNEL_MATH64_H

#include <linux/types.h>

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32 *remainder)
{
	*remainder = (u32)(dividend % divisor);
	return dividend / divisor;
}

static inline u64 mul_u64_u32_shr(u64 a, u32 mul, unsigned int shift)
{
	return (u64)(((unsigned __int128)a * mul) >> shift);
}

#endif /* GTH_KERNEL_MATH64_H */
