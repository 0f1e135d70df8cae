/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefetch.h - asks for a cache line that will soon be written. */
#ifndef GTH_KERNEL_PREFETCH_H
#define GTH_KERNEL_PREFETCH_H

#define prefetchw(address)	__builtin_prefetch(address, 1)

#endif /* GTH_KERNEL_PREFETCH_H */
