/* SPDX-License-Identifier: GPL-2.0-or-later */
/* patience.h - waits for a descriptor, with a time limit, and ends when the program stops. */
#ifndef REGION_PATIENCE_H
#define REGION_PATIENCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

int region_patience(int fd, short events, uint64_t until, const atomic_bool *stop);

#endif /* REGION_PATIENCE_H */
