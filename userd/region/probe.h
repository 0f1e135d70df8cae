/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe.h - is clamd set up so that "OK" means that it has scanned a file?
 *
 * clamd says OK of what it did not look at unless it is told otherwise: members
 * of archives beyond its limits, what is encrypted. Three files tell.
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
