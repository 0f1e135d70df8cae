// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * cosign.c - fuzzes cosigned checkpoints; the first byte chooses what: any text, lines around a
 * cosignature that holds, or lines that are merged.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/cosign.h"

#define TEXT "log\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gth_signer log_key;
static struct gth_witness_key key;
static struct gth_witness w;
static char *note, *line;

static void check(int right)
{
	if (!right)
		abort();
}

static void make(void)
{
	check(!gth_signer_create(&log_key, "log") && !gth_witness_key_create(&key, "w"));
	check(!gth_note_sign(TEXT, &log_key, &note) && !gth_cosign(note, 5, &key, &line));
	w = gth_witness_of(&key);
}

/* Only the cosignature of the witness holds; a text that is not a note has no times. */
static uint64_t time_of(const char *text, size_t len, int *err)
{
	uint64_t time = 1;

	*err = gth_cosigned_at(text, len, &w, 1, &time);
	check(!*err || *err == -EBADMSG || *err == -EKEYREJECTED);
	check(!*err || !time);
	check(!time || time == 5);
	return time;
}

static void any(const char *text)
{
	int err;

	check(!time_of(text, strlen(text), &err));
}

/* Signatures follow the last empty line of a note: one more line makes it another text. */
static void around(const char *text)
{
	uint64_t time;
	char *all;
	bool other;
	int err;

	check(asprintf(&all, "%s%s%s", note, line, text) > 0);
	other = strstr(all + strlen(note) - 1, "\n\n");
	time = time_of(all, strlen(all), &err);
	check(time == (err || other ? 0 : 5));
	free(all);
}

/* The merged note holds with any lines. */
static void merge(const char *text)
{
	uint64_t time;
	char *all, *merged;
	size_t text_len;
	int err;

	check(asprintf(&all, "%s%s", line, text) > 0);
	check(!gth_cosign_merge(note, all, &log_key.verifier, &w, 1, &time, &merged) && time == 5);
	check(!gth_note_verify(merged, strlen(merged), &log_key.verifier, 1, &text_len));
	check(time_of(merged, strlen(merged), &err) == 5);
	free(merged);
	free(all);
	err = gth_cosign_merge(text, line, &log_key.verifier, &w, 1, &time, &merged);
	check(err == -EBADMSG || err == -ENOKEY || !err);
	if (!err)
		free(merged);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *) = { any, around, merge };
	char *copy;

	if (!note)
		make();
	if (!size)
		return 0;
	copy = strndup((const char *)data + 1, size - 1);
	check(copy != NULL);
	readers[data[0] % 3U](copy);
	free(copy);
	return 0;
}
