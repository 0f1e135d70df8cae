/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * visible.h - bytes from elsewhere, such as a file's name, as a terminal may see them:
 * what would steer it is shown as \n, \t, \r or \xNN.
 */
#ifndef GTH_LIB_UTIL_VISIBLE_H
#define GTH_LIB_UTIL_VISIBLE_H

#include <stddef.h>

#define GTH_VISIBLE_SIZE(len) (4 * (len) + 1) /* bytes, whatever the text holds */

/* Characters that stay unchanged besides printable ones. */
enum gth_visible_keep {
	GTH_VISIBLE_ALL,   /* nothing: a backslash is doubled, so that no two names look alike */
	GTH_VISIBLE_PROSE, /* backslashes */
	GTH_VISIBLE_LINES, /* backslashes and line feeds */
};

size_t gth_visible(char *out, size_t size, const char *bytes, size_t len,
		   enum gth_visible_keep keep);
const char *gth_shown(const char *text);

#endif /* GTH_LIB_UTIL_VISIBLE_H */
