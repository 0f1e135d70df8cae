/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note_lines.h - the parts of a signed note: its text and the lines of its signatures (see note.h).
 */
#ifndef GTH_LIB_LOG_NOTE_LINES_H
#define GTH_LIB_LOG_NOTE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/log/note.h"

/* A signature's line; points into the note. */
struct gth_note_line {
	const char *name, *data; /* data: base64 of the key's id and the signature */
	size_t name_len, data_len;
	uint8_t id[4];
};

int gth_note_split(const char *note, size_t len, size_t *text_len, size_t *signatures);
int gth_note_line(const char **at, const char *end, struct gth_note_line *l);
bool gth_note_line_is(const struct gth_note_line *l, const struct gth_verifier *v);
int gth_note_line_format(char **line, const char *name, const uint8_t *blob, size_t len);
int gth_note_append(const char *a, const char *b, const char *c, char **out);

#endif /* GTH_LIB_LOG_NOTE_LINES_H */
