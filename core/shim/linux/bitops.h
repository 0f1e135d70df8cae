/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bitops.h - rotations. */
#ifndef GTH_KERNEL_BITOPS_H
#define GTH_KERNEL_BITOPS_H

#include <linux/types.h>

static inline u64 rol64(u64 word, unsigned int shift)
{
	return (word << (shift & 63)) | (word >> (-shift & 63));
}

#endif /* GTH_KERNEL_BITOPS_H */
