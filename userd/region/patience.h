/* SPDX-License-Identifier: GPL-2.0-or-later */
/* patience.h - waiting for a descriptor, but not for ever, and not when all leave. */
#ifndef REGION_PATIENCE_H
#define REGION_PATIENCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

int region_patience(int fd, short events, uint64_t until, const atomic_bool *stop);

#endif /* REGION_PATIENCE_H */
