// SPDX-License-Identifier: GPL-2.0-or-later
/* cosign_merge.c - cosignatures come to the checkpoint that they are of (see cosign.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/cosign.h"
#include "lib/log/note_lines.h"

struct merge {
	const char *text; /* of the checkpoint, with the empty line behind it */
	const struct gth_witness *w;
	size_t n;
	uint64_t *times;
	char **best; /* of each witness: its newest line, or NULL */
};

/* One line, if it is of one of the witnesses and holds. Return: 0 or -ENOMEM. */
static int take(struct merge *m, const char *line, size_t len)
{
	uint64_t time;
	char *note;
	int err = 0, made;

	if (asprintf(&note, "%s%.*s", m->text, (int)len, line) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < m->n && !err; i++) {
		made = gth_cosigned_at(note, strlen(note), &m->w[i], 1, &time);
		if (made == -ENOMEM)
			err = made;
		if (made || time <= m->times[i])
			continue;
		free(m->best[i]);
		m->best[i] = strndup(line, len);
		m->times[i] = time;
		err = m->best[i] ? 0 : -ENOMEM;
	}
	free(note);
	return err;
}

static int take_all(struct merge *m, const char *lines)
{
	int err = 0;

	for (const char *lf; !err && (lf = strchr(lines, '\n')); lines = lf + 1)
		err = take(m, lines, (size_t)(lf + 1 - lines));
	return err;
}

/* The log's own signature comes first, as it was. */
static int log_line(const char *signatures, const struct gth_verifier *log, char **line)
{
	const char *at = signatures, *end = at + strlen(at), *start = at;
	struct gth_note_line l;

	for (; at < end && !gth_note_line(&at, end, &l); start = at) {
		if (!gth_note_line_is(&l, log))
			continue;
		*line = strndup(start, (size_t)(at - start));
		return *line ? 0 : -ENOMEM;
	}
	return -ENOKEY;
}

static int put_together(const struct merge *m, char *first, char **merged)
{
	int err = gth_note_append(m->text, first, "", merged);
	char *longer;

	for (size_t i = 0; i < m->n && !err; i++) {
		if (!m->best[i])
			continue;
		err = gth_note_append(*merged, m->best[i], "", &longer);
		free(*merged);
		*merged = err ? NULL : longer;
	}
	return err;
}

/**
 * gth_cosign_merge() - a checkpoint with its log's signature and the newest cosignature of each
 * witness
 * @note: the checkpoint, which @log signed (gth_note_verify())
 * @lines: further signatures; what is not a cosignature of this checkpoint by a witness is ignored
 * @w: the witnesses, at most GTH_NOTE_SIGNATURES_MAX - 1 of whom fit
 * @times: set to the time of each; 0: it did not cosign
 * @merged: set to the note, to be freed
 *
 * Return: 0; -EBADMSG: @note is not one; -ENOKEY: @log did not sign it; -E2BIG; -ENOMEM.
 */
int gth_cosign_merge(const char *note, const char *lines, const struct gth_verifier *log,
		     const struct gth_witness *w, size_t n, uint64_t *times, char **merged)
{
	struct merge m = { .w = w, .n = n, .times = times };
	size_t text_len, signatures;
	char *text = NULL, *first = NULL;
	int err = gth_note_split(note, strlen(note), &text_len, &signatures);

	if (err)
		return err;
	memset(times, 0, n * sizeof(*times));
	m.text = text = strndup(note, text_len + 1);
	m.best = calloc(n + 1, sizeof(*m.best));
	err = text && m.best ? log_line(note + text_len + 1, log, &first) : -ENOMEM;
	if (!err)
		err = take_all(&m, note + text_len + 1);
	if (!err)
		err = take_all(&m, lines);
	if (!err)
		err = put_together(&m, first, merged);
	if (!err && gth_note_split(*merged, strlen(*merged), &text_len, &signatures)) {
		free(*merged);
		err = -E2BIG;
	}
	for (size_t i = 0; m.best && i < n; i++)
		free(m.best[i]);
	free(m.best);
	free(first);
	free(text);
	return err;
}
