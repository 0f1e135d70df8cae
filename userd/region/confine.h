/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confine.h - a process gives up its rights before it reads foreign bytes. */
#ifndef REGION_CONFINE_H
#define REGION_CONFINE_H

#include <stddef.h>
#include <stdint.h>

struct region_bounds {
	uint64_t memory; /* bytes, of address space */
	uint64_t file;	 /* bytes, of each file that it writes */
	uint64_t cpu;	 /* seconds */
	uint64_t files;	 /* descriptors */
};

int region_confine_drop(const struct region_bounds *b);
int region_confine_calls(const int *more, size_t n, uint32_t otherwise);

#endif /* REGION_CONFINE_H */
