/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cursor.h - reads texts of fixed lines: "key: value", one LF, nothing else.
 *
 * Pure: no locks, no allocation, no I/O. Each function returns 0 or -EINVAL;
 * then c->at is where the text differs from what was expected.
 */
#ifndef GTH_CURSOR_H
#define GTH_CURSOR_H

#include <linux/gotthard.h>
#include <linux/types.h>

/* The text that is left. */
struct gth_cursor {
	const char *at;
	const char *end;
};

bool gth_is_name(const char name[GTH_NAME_SIZE]);
int gth_cursor_take(struct gth_cursor *c, const char *word);
int gth_cursor_name(struct gth_cursor *c, char name[GTH_NAME_SIZE]);
int gth_cursor_number(struct gth_cursor *c, const char *key, u64 min, u64 *value);
int gth_cursor_digest(struct gth_cursor *c, const char *key, u8 digest[GTH_DIGEST_SIZE]);

#endif /* GTH_CURSOR_H */
