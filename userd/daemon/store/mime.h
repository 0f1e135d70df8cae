/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mime.h - the type of a file, by libmagic from its first bytes: a program, or another file. */
#ifndef GTH_DAEMON_STORE_MIME_H
#define GTH_DAEMON_STORE_MIME_H

#include <stddef.h>

#include "lib/text/exchange.h"

#define GTH_MIME_BYTES (256 << 10) /* that libmagic gets */

struct gth_mime {
	void *magic;  /* libmagic's */
	char *buffer; /* of GTH_MIME_BYTES */
};

int gth_mime_open(struct gth_mime *t);
void gth_mime_close(struct gth_mime *t);
int gth_mime_of(struct gth_mime *t, int fd, char type[GTH_TYPE_SIZE], enum gth_data_class *class);
enum gth_data_class gth_mime_class(const char *type, const void *bytes, size_t len);

#endif /* GTH_DAEMON_STORE_MIME_H */
