// SPDX-License-Identifier: GPL-2.0-or-later
/* cosign.c - cosignatures of checkpoints, made and checked (see cosign.h). */
#include "lib/log/cosign.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/ed25519.h"
#include "lib/log/note_key.h"
#include "lib/log/note_lines.h"
#include "lib/util/base64.h"

#define ID 4
#define TIME 8
#define BLOB (ID + TIME + GTH_ED25519_SIGNATURE)

/* gth_witness_parse() - 0; -EINVAL: it is not such a key, or the id is not its own */
int gth_witness_parse(struct gth_witness *w, const char *text)
{
	return gth_note_key_parse(&w->key, GTH_NOTE_COSIGNATURE, text);
}

void gth_witness_format(const struct gth_witness *w, char text[GTH_NOTE_KEY_SIZE])
{
	gth_note_key_format(&w->key, GTH_NOTE_COSIGNATURE, text);
}

/* gth_witness_of() - the public key of a private one */
struct gth_witness gth_witness_of(const struct gth_witness_key *k)
{
	return (struct gth_witness) { k->key.verifier };
}

/* gth_witness_key_create() - a fresh key; -EINVAL: it cannot have this name; -EIO: no randomness */
int gth_witness_key_create(struct gth_witness_key *k, const char *name)
{
	return gth_note_secret_create(&k->key, GTH_NOTE_COSIGNATURE, name);
}

void gth_witness_key_format(const struct gth_witness_key *k, char text[GTH_NOTE_KEY_SIZE])
{
	gth_note_secret_format(&k->key, GTH_NOTE_COSIGNATURE, text);
}

/* gth_witness_key_load() - from a file of one line; -EINVAL: it holds no such key; or an errno */
int gth_witness_key_load(struct gth_witness_key *k, int dirfd, const char *name)
{
	return gth_note_secret_load(&k->key, GTH_NOTE_COSIGNATURE, dirfd, name);
}

/* The signed text: two lines, and the checkpoint's text. Return: its length, or -ENOMEM. */
static int message(char **out, uint64_t time, const char *note, size_t text_len)
{
	int n = asprintf(out, "cosignature/v1\ntime %llu\n%.*s", (unsigned long long)time,
			 (int)text_len, note);

	return n < 0 ? -ENOMEM : n;
}

static uint64_t get_time(const uint8_t bytes[TIME])
{
	uint64_t time = 0;

	for (int i = 0; i < TIME; i++)
		time = time << 8 | bytes[i];
	return time;
}

/**
 * gth_cosign() - the cosignature of a checkpoint
 * @note: the signed checkpoint; its signatures are not looked at
 * @time: Unix time in seconds, 1 to 2^63 - 1
 * @line: set to the signature's line with its LF, to be freed
 *
 * The caller has verified the checkpoint, and has stored that it cosigned it.
 * Return: 0; -EBADMSG: it is not a note; -EINVAL: not such a time; -ENOMEM.
 */
int gth_cosign(const char *note, uint64_t time, const struct gth_witness_key *k, char **line)
{
	size_t text_len, signatures;
	uint8_t blob[BLOB];
	char *text;
	int n, err = gth_note_split(note, strlen(note), &text_len, &signatures);

	if (err)
		return err;
	if (!time || time > INT64_MAX)
		return -EINVAL;
	n = message(&text, time, note, text_len);
	if (n < 0)
		return n;
	memcpy(blob, k->key.verifier.id, ID);
	for (int i = 0; i < TIME; i++)
		blob[ID + i] = (uint8_t)(time >> (8 * (TIME - 1 - i)));
	err = gth_ed25519_sign(k->key.seed, text, (size_t)n, blob + ID + TIME);
	free(text);
	return err ? err : gth_note_line_format(line, k->key.verifier.name, blob, sizeof(blob));
}

/* Return: 0; -EKEYREJECTED: it is not a cosignature by the witness; -ENOMEM. */
static int check(const char *note, size_t text_len, const struct gth_note_line *l,
		 const struct gth_witness *w, uint64_t *time)
{
	uint8_t blob[BLOB];
	char *text;
	int n, err;

	if (gth_base64_decode(blob, sizeof(blob), l->data, l->data_len))
		return -EKEYREJECTED;
	*time = get_time(blob + ID);
	if (!*time || *time > INT64_MAX)
		return -EKEYREJECTED;
	n = message(&text, *time, note, text_len);
	if (n < 0)
		return n;
	err = gth_ed25519_verify(w->key.key, text, (size_t)n, blob + ID + TIME);
	free(text);
	return err;
}

/**
 * gth_cosigned_at() - when did these witnesses cosign a checkpoint?
 * @note: the signed checkpoint; it may hold anything
 * @w: the witnesses
 * @n: how many
 * @times: set to the time of each, the newest of several; 0: it did not
 *
 * Signatures by other keys are ignored, as in gth_note_verify().
 * Return: 0; -EBADMSG: it is not a note; -EKEYREJECTED: a cosignature by one of the witnesses is
 * invalid; -ENOMEM.
 */
int gth_cosigned_at(const char *note, size_t len, const struct gth_witness *w, size_t n,
		    uint64_t *times)
{
	size_t text_len, signatures;
	struct gth_note_line l;
	const char *at;
	uint64_t time;
	int err = gth_note_split(note, len, &text_len, &signatures);

	memset(times, 0, n * sizeof(*times));
	for (at = err ? NULL : note + text_len + 1; !err && at < note + len;) {
		err = gth_note_line(&at, note + len, &l);
		for (size_t i = 0; !err && i < n; i++) {
			if (!gth_note_line_is(&l, &w[i].key))
				continue;
			err = check(note, text_len, &l, &w[i], &time);
			if (!err && time > times[i])
				times[i] = time;
		}
	}
	if (err)
		memset(times, 0, n * sizeof(*times));
	return err;
}
