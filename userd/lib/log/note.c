// SPDX-License-Identifier: GPL-2.0-or-later
/* note.c - signed notes, written and checked (see note.h). */
#include "lib/log/note.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/ed25519.h"
#include "lib/log/note_lines.h"
#include "lib/log/note_text.h"
#include "lib/util/base64.h"

#define BLOB (4 + GTH_ED25519_SIGNATURE)

static int sign(const char *text, size_t len, const struct gth_signer *s, char **line)
{
	uint8_t blob[BLOB];
	int err;

	memcpy(blob, s->verifier.id, 4);
	err = gth_ed25519_sign(s->seed, text, len, blob + 4);
	return err ? err : gth_note_line_format(line, s->verifier.name, blob, sizeof(blob));
}

/**
 * gth_note_sign() - a note of a text
 * @text: not empty, ends with LF
 * @s: the key
 * @note: set to the note, to be freed
 *
 * Return: 0, -EINVAL (not such a text), -E2BIG (more than GTH_NOTE_MAX), -ENOMEM.
 */
int gth_note_sign(const char *text, const struct gth_signer *s, char **note)
{
	size_t len = strlen(text);
	char *line;
	int err;

	if (!len || text[len - 1] != '\n' || !gth_note_text_ok(text, len))
		return -EINVAL;
	err = sign(text, len, s, &line);
	if (err)
		return err;
	err = gth_note_append(text, "\n", line, note);
	free(line);
	return err;
}

/**
 * gth_note_cosign() - one more signature
 * @note: a note
 * @s: the key
 * @cosigned: set to the note with both, to be freed
 *
 * Return: 0, -EBADMSG (it is not a note), -E2BIG (too long, or too many signatures), -ENOMEM.
 */
int gth_note_cosign(const char *note, const struct gth_signer *s, char **cosigned)
{
	size_t text_len, signatures;
	char *line;
	int err = gth_note_split(note, strlen(note), &text_len, &signatures);

	if (!err && signatures == GTH_NOTE_SIGNATURES_MAX)
		err = -E2BIG;
	if (!err)
		err = sign(note, text_len, s, &line);
	if (err)
		return err;
	err = gth_note_append(note, line, "", cosigned);
	free(line);
	return err;
}

/* The known key that the signature names; NULL: none. */
static const struct gth_verifier *find_key(const struct gth_note_line *l,
					   const struct gth_verifier *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (gth_note_line_is(l, &v[i]))
			return &v[i];
	return NULL;
}

/**
 * gth_note_verify() - is a text signed by one of these keys
 * @note: the note; it may hold anything
 * @len: bytes
 * @v: the keys
 * @n: how many
 * @text_len: set to the length of the text, which the note begins with; its last byte is LF
 *
 * Signatures by keys that are not among these are passed over (C2SP signed-note).
 *
 * Return: 0; -EBADMSG: no note; -EKEYREJECTED: a signature by one of the keys does
 * not hold; -ENOKEY: there is none by them; -ENOMEM.
 */
int gth_note_verify(const char *note, size_t len, const struct gth_verifier *v, size_t n,
		    size_t *text_len)
{
	size_t text, signatures;
	bool verified = false;
	const char *at;
	int err = gth_note_split(note, len, &text, &signatures);

	if (err)
		return err;
	for (at = note + text + 1; at < note + len;) {
		const struct gth_verifier *key;
		uint8_t blob[BLOB];
		struct gth_note_line l;

		if (gth_note_line(&at, note + len, &l))
			return -EBADMSG;
		key = find_key(&l, v, n);
		if (!key)
			continue;
		err = gth_base64_decode(blob, sizeof(blob), l.data, l.data_len)
			      ? -EKEYREJECTED
			      : gth_ed25519_verify(key->key, note, text, blob + 4);
		if (err)
			return err;
		verified = true;
	}
	if (!verified)
		return -ENOKEY;
	*text_len = text;
	return 0;
}
