// SPDX-License-Identifier: GPL-2.0-or-later
/* cosign.c - cosignatures of checkpoints: made, merged, and refused. tests/unit/region_witness.sh
 * has Go judge them. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/cosign.h"
#include "lib/log/note_key.h"
#include "tests/unit/tap.h"

#define ROOT "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
#define TEXT "example.org/log\n7\n" ROOT
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* The seed 00 01 02 … 1f. */
#define FIXED "PRIVATE+KEY+test/fixed+22cdfc7b+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"

static struct gth_signer log_key;
static struct gth_witness_key keys[3];
static struct gth_witness w[3];
static char *note; /* TEXT, which the log signed */

static char *line_at(uint64_t time, unsigned int key)
{
	char *line;

	if (gth_cosign(note, time, &keys[key], &line))
		abort();
	return line;
}

static char *join(const char *a, const char *b)
{
	char *out;

	if (asprintf(&out, "%s%s", a, b) < 0)
		abort();
	return out;
}

/* From a copy of exactly its size, so that the sanitizer sees a read past it. */
static int cosigned_at(const char *text, uint64_t times[3])
{
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);
	int err;

	if (!copy)
		abort();
	memcpy(copy, text, len);
	err = gth_cosigned_at(copy, len, w, COUNT(w), times);
	free(copy);
	return err;
}

static void test_keys(void)
{
	char public[GTH_NOTE_KEY_SIZE], private[GTH_NOTE_KEY_SIZE], log[GTH_NOTE_KEY_SIZE];
	struct gth_signer signer;
	struct gth_verifier v;
	struct gth_witness again;

	gth_witness_format(&w[0], public);
	gth_witness_key_format(&keys[0], private);
	tap_ok(!gth_witness_parse(&again, public) && !memcmp(&again.key.key, w[0].key.key, 32) &&
		       !memcmp(again.key.id, w[0].key.id, 4),
	       "a_key_is_read_as_it_was_written");
	tap_is(gth_verifier_parse(&v, public), -EINVAL, "a_witness_is_not_a_log");
	tap_is(gth_signer_parse(&signer, private), -EINVAL, "its_private_key_neither");
	gth_verifier_format(&log_key.verifier, log);
	tap_is(gth_witness_parse(&again, log), -EINVAL, "a_log_is_not_a_witness");
	tap_ok(!gth_signer_parse(&signer, FIXED) &&
		       !gth_note_secret_parse(&keys[2].key, GTH_NOTE_COSIGNATURE,
					      "PRIVATE+KEY+test/fixed+7b5ef953+"
					      "BAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f") &&
		       !memcmp(signer.verifier.key, keys[2].key.verifier.key, 32) &&
		       memcmp(signer.verifier.id, keys[2].key.verifier.id, 4) != 0,
	       "one_seed_has_two_ids");
	w[2] = gth_witness_of(&keys[2]);
}

/* The line was made by Python's cryptography, from the text of C2SP tlog-cosignature. */
static void test_vector(void)
{
	char *line;

	if (gth_cosign(note, 1700000000, &keys[2], &line))
		abort();
	tap_ok(!strcmp(line,
		       "\xe2\x80\x94 test/fixed e175UwAAAABlU/EADzrJEKyS+kjLNQu6nYYM3faomIiVUiu3"
		       "tqxWShziDiOiKIPtMVAVwljyvYtd50pbl+vSQUuEruzXUqVYhymTAQ==\n"),
	       "a_cosignature_is_that_of_another_program");
	free(line);
}

static void test_times(void)
{
	static const struct {
		uint64_t time;
		int err;
		const char *name;
	} cases[] = {
		{ 1, 0, "the_first_second_is_a_time" },
		{ 1700000000, 0, "so_is_one_of_today" },
		{ INT64_MAX, 0, "so_is_the_last_one" },
		{ 0, -EINVAL, "nought_is_not" },
		{ (uint64_t)INT64_MAX + 1, -EINVAL, "nor_is_2_to_the_63" },
	};
	uint64_t times[3];
	char *line, *text;

	for (size_t i = 0; i < COUNT(cases); i++) {
		int err = gth_cosign(note, cases[i].time, &keys[1], &line);

		if (!err) {
			text = join(note, line);
			err = cosigned_at(text, times);
			if (!err && (times[1] != cases[i].time || times[0] || times[2]))
				err = -1;
			free(text);
			free(line);
		}
		tap_is(err, cases[i].err, cases[i].name);
	}
	tap_is(gth_cosign("not a note\n", 1, &keys[1], &line), -EBADMSG, "only_a_note_is_cosigned");
}

static void test_damage(void)
{
	char *line = line_at(1700000000, 0), *text = join(note, line);
	size_t start = strlen(note), at;
	uint64_t times[3];
	int held = 0;

	tap_ok(!cosigned_at(text, times) && times[0] == 1700000000, "a_cosignature_holds");
	for (at = 0; at < strlen(text); at++) {
		char was = text[at];

		/* The log's own signature is not looked at here. */
		if (at >= strlen(TEXT) && at < start)
			continue;
		text[at] = was == 'B' ? 'C' : 'B';
		held += !cosigned_at(text, times) && times[0];
		text[at] = was;
	}
	tap_is(held, 0, "none_holds_with_a_character_changed");
	text[3] = 'X';
	tap_is(cosigned_at(text, times), -EKEYREJECTED, "one_of_another_text_is_rejected");
	tap_ok(!times[0] && !times[1], "and_leaves_no_times");
	tap_is(cosigned_at("x", times), -EBADMSG, "what_is_not_a_note_has_none");
	free(text);
	text = join(line, "");
	free(line);
	free(text);
}

static int merge(const char *to, const char *lines, uint64_t times[3], char **merged)
{
	return gth_cosign_merge(to, lines, &log_key.verifier, w, 2, times, merged);
}

static void test_merge(void)
{
	char *old = line_at(100, 0), *new = line_at(200, 0), *other = line_at(150, 1);
	char *unknown = line_at(300, 2), *lines, *more, *merged, *again, *wanted;
	uint64_t times[3];
	int err;

	lines = join(new, old);
	more = join(lines, unknown);
	free(lines);
	lines = join(more, "garbage\n\n\xe2\x80\x94 x AAAAAAA=\nno end");
	err = merge(note, lines, times, &merged);
	wanted = join(note, new);
	tap_ok(!err && times[0] == 200 && !times[1] && !strcmp(merged, wanted),
	       "the_newest_of_each_witness_comes_in");
	err = err ? err : merge(merged, other, times, &again);
	free(wanted);
	wanted = join(merged, other);
	tap_ok(!err && times[0] == 200 && times[1] == 150 && !strcmp(again, wanted),
	       "what_was_there_stays");
	free(merged);
	err = err ? err : merge(again, old, times, &merged);
	tap_ok(!err && times[0] == 200 && !strcmp(merged, wanted),
	       "an_older_one_does_not_replace_it");
	free(again);
	free(wanted);
	free(merged);
	/* The log's line comes first, wherever it was. */
	again = join(TEXT "\n", other);
	wanted = join(again, note + strlen(TEXT) + 1);
	err = merge(wanted, "", times, &merged);
	free(again);
	again = join(note, other);
	tap_ok(!err && !strcmp(merged, again), "the_logs_signature_comes_first");
	free(merged);
	free(again);
	free(wanted);
	again = join(TEXT "\n", other);
	tap_is(merge(again, "", times, &merged), -ENOKEY, "without_that_nothing_is_merged");
	free(again);
	free(lines);
	free(more);
	free(old);
	free(new);
	free(other);
	free(unknown);
}

int main(void)
{
	for (unsigned int i = 0; i < COUNT(w); i++) {
		if (gth_witness_key_create(&keys[i], i ? "test/w1" : "test/w0"))
			abort();
		w[i] = gth_witness_of(&keys[i]);
	}
	if (gth_signer_create(&log_key, "example.org/log") || gth_note_sign(TEXT, &log_key, &note))
		abort();
	test_keys();
	test_vector();
	test_times();
	test_damage();
	test_merge();
	free(note);
	return tap_done();
}
