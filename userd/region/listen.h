/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listen.h - the socket that endpoints connect to. */
#ifndef REGION_LISTEN_H
#define REGION_LISTEN_H

#include <stddef.h>

#define REGION_PLACE_SIZE 80 /* "ADDRESS:PORT", with its NUL */

int region_listen(const char *place);
int region_place(int socket, char place[REGION_PLACE_SIZE]);

#endif /* REGION_LISTEN_H */
