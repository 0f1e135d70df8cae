// SPDX-License-Identifier: GPL-2.0-or-later
/* proof_text.c - the text of a proof: what is written is read, and what differs is refused. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/proof_text.h"
#include "tests/unit/tap.h"

#define TITLE "c2sp.org/tlog-proof@v1\n"
#define A "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n" /* 0 to 31 */
#define NOTE "example.org/log\n1\n" A "\n\xe2\x80\x94 example.org/log AAAAAAA=\n"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* From a copy of exactly its size, so that the sanitizer sees a read past it. */
static int parse(const char *text, size_t len, struct gth_proof_text *p)
{
	char *copy = malloc(len ? len : 1);
	int err;

	if (!copy)
		abort();
	memcpy(copy, text, len);
	err = gth_proof_parse(p, copy, len);
	if (!err && p->note + p->note_len != copy + len)
		err = -1;
	free(copy);
	return err;
}

static const struct {
	const char *text;
	int err;
	const char *name;
} texts[] = {
	{ TITLE "index 0\n\n" NOTE, 0, "takes_a_proof_without_hashes" },
	{ TITLE "index 7\n" A A "\n" NOTE, 0, "takes_a_proof" },
	{ TITLE "extra AAAA\nindex 7\n" A "\n" NOTE, 0, "takes_extra_data" },
	{ TITLE "extra \nindex 7\n" A "\n" NOTE, 0, "takes_empty_extra_data" },
	{ TITLE "index 9223372036854775807\n\n" NOTE, 0, "takes_the_greatest_index" },
	{ "", -EBADMSG, "refuses_nothing" },
	{ "c2sp.org/tlog-proof@v2\nindex 0\n\n" NOTE, -EBADMSG, "refuses_another_version" },
	{ "c2sp.org/tlog-proof@v1\r\nindex 0\n\n" NOTE, -EBADMSG, "refuses_cr" },
	{ TITLE "index 07\n\n" NOTE, -EBADMSG, "refuses_a_leading_zero" },
	{ TITLE "index -1\n\n" NOTE, -EBADMSG, "refuses_a_sign" },
	{ TITLE "index \n\n" NOTE, -EBADMSG, "refuses_no_number" },
	{ TITLE "index 9223372036854775808\n\n" NOTE, -EBADMSG, "refuses_2_to_the_63" },
	{ TITLE "index 99999999999999999999999999\n\n" NOTE, -EBADMSG, "refuses_a_long_number" },
	{ TITLE "Index 7\n\n" NOTE, -EBADMSG, "refuses_another_word" },
	{ TITLE A "\n" NOTE, -EBADMSG, "refuses_a_proof_without_an_index" },
	{ TITLE "index 7\n" A, -EBADMSG, "refuses_a_proof_without_an_end" },
	{ TITLE "index 7\nAAAA\n\n" NOTE, -EBADMSG, "refuses_a_short_hash" },
	{ TITLE "index 7\nindex 8\n\n" NOTE, -EBADMSG, "refuses_two_indexes" },
	{ TITLE "extra A\nindex 7\n\n" NOTE, -EBADMSG, "refuses_extra_data_cut_off" },
	{ TITLE "index 7\nextra AAAA\n\n" NOTE, -EBADMSG, "refuses_extra_data_behind" },
	{ TITLE "index 7", -EBADMSG, "refuses_a_line_without_lf" },
};

static void test_texts(void)
{
	struct gth_proof_text p;

	for (size_t i = 0; i < COUNT(texts); i++)
		tap_is(parse(texts[i].text, strlen(texts[i].text), &p), texts[i].err,
		       texts[i].name);
	tap_is(parse(TITLE "index 7\0\n\n", sizeof(TITLE "index 7\0\n\n") - 1, &p), -EBADMSG,
	       "refuses_a_nul");
}

static void test_round(void)
{
	static char big[GTH_PROOF_TEXT_MAX + 1];
	struct gth_tree_proof proof = { .n = GTH_PROOF_MAX };
	struct gth_proof_text p;
	char *text, *more;
	int err;

	for (unsigned int i = 0; i < proof.n; i++)
		memset(proof.hash[i], (int)(i + 1), GTH_MERKLE_HASH);
	err = gth_proof_format(&proof, 1234567, NOTE, &text);
	if (!tap_ok(!err, "writes_a_proof"))
		return;
	err = gth_proof_parse(&p, text, strlen(text));
	tap_ok(!err && p.index == 1234567 && p.proof.n == proof.n &&
		       !memcmp(p.proof.hash, proof.hash, sizeof(proof.hash)) &&
		       p.note_len == strlen(NOTE) && !memcmp(p.note, NOTE, strlen(NOTE)),
	       "reads_what_it_wrote");
	if (asprintf(&more, TITLE "index 1\n%s%s", A, strchr(strchr(text, '\n') + 1, '\n') + 1) < 0)
		abort();
	tap_is(gth_proof_parse(&p, more, strlen(more)), -EBADMSG, "refuses_65_hashes");
	free(more);
	memset(big, 'A', sizeof(big) - 1);
	memcpy(big, text, strlen(text));
	tap_is(gth_proof_parse(&p, big, sizeof(big) - 1), 0, "takes_the_longest_text");
	tap_is(gth_proof_parse(&p, big, sizeof(big)), -EBADMSG, "refuses_a_longer_one");
	free(text);
}

int main(void)
{
	test_texts();
	test_round();
	return tap_done();
}
