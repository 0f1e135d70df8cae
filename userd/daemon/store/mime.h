/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mime.h - what a file is, told from its first bytes by libmagic: a program, or any other file. */
#ifndef GTH_DAEMON_TYPE_H
#define GTH_DAEMON_TYPE_H

#include <stddef.h>

#include "lib/text/exchange.h"

#define GTH_TYPE_BYTES (256 << 10) /* that are looked at */

struct gth_types {
	void *magic;  /* libmagic's */
	char *buffer; /* of GTH_TYPE_BYTES */
};

int gth_types_open(struct gth_types *t);
void gth_types_close(struct gth_types *t);
int gth_type_of(struct gth_types *t, int fd, char type[GTH_TYPE_SIZE], enum gth_data_class *class);
enum gth_data_class gth_type_class(const char *type, const void *bytes, size_t len);

#endif /* GTH_DAEMON_TYPE_H */
