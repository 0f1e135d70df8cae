/* SPDX-License-Identifier: GPL-2.0-or-later */
/* note_text.h - what text a note may hold and what a key may be called, for note.c and note_key.c.
 */
#ifndef GTH_LIB_LOG_NOTE_TEXT_H
#define GTH_LIB_LOG_NOTE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

bool gth_note_text_ok(const char *text, size_t len);
bool gth_note_name_ok(const char *name, size_t len);

#endif /* GTH_LIB_LOG_NOTE_TEXT_H */
