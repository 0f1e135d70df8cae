/* SPDX-License-Identifier: GPL-2.0-or-later */
/* etc_dir.h - a directory in the place of /etc/gotthard. */
#ifndef GTH_TEST_ETC_DIR_H
#define GTH_TEST_ETC_DIR_H

#include <stdbool.h>

extern char etc[];

/* Before the others. */
void etc_begin(void);

/* For its owner alone. */
void etc_write(const char *name, const char *text);

/* Content of a file there; "" if there is none. Until the next call. */
const char *etc_content(const char *name);

bool etc_has(const char *name);
void etc_make_dir(const char *name);

/* With all that is in it; "": the whole directory. */
void etc_remove(const char *name);

#endif /* GTH_TEST_ETC_DIR_H */
