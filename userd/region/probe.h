/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - is clamd configured so that "OK" means that it has scanned a file?
 *
 * By default clamd answers OK for content that it did not scan: members of
 * archives beyond its limits, and encrypted ones. Three test files show whether
 * it does.
 */
#ifndef REGION_PROBE_H
#define REGION_PROBE_H

#include <stdatomic.h>
#include <stdint.h>

#define REGION_SCAN_LIMIT (400ULL << 20) /* bytes: clamd's own default of MaxScanSize */

int region_probe_eicar(int fd);
int region_probe_encrypted(int fd);
int region_probe_over_limit(int fd, uint64_t limit);

int region_probe(const char *socket, uint64_t limit, const char **why, const atomic_bool *stop);

#endif /* REGION_PROBE_H */
