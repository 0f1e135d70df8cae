// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * statement.c - fuzzes the reader of statements, and what is said of one that was signed;
 * the first byte chooses.
 */
#include "lib/text/residency.h"
#include "tests/fuzz/texts.h"

#define NOW 1700000000

TEXTS_READER(statement)

/* Text that was signed: only a statement that is read, and serves the country, holds. */
static void checked(const char *text, size_t len)
{
	static struct gth_signer key;
	static struct gth_trust trust = { .region = "ch-1", .country = "CH" };
	struct gth_statement s, out;
	enum gth_statement_fault fault;
	char *copy = strndup(text, len), *note;

	check(copy != NULL);
	if (!key.verifier.name[0]) {
		check(!gth_signer_create(&key, "ch-1/statement"));
		check(!gth_countries_parse(&trust.serves, "CH LI"));
		trust.statement_key = key.verifier;
	}
	if (!gth_note_sign(copy, &key, &note)) {
		fault = gth_statement_check(&out, note, strlen(note), &trust, "CH", NULL, NOW);
		check(fault < GTH_STATEMENT_FAULTS && fault != GTH_STATEMENT_SIGNATURE);
		check((fault == GTH_STATEMENT_TEXT) ==
		      (gth_statement_parse(&s, copy, strlen(copy)) != 0));
		if (fault == GTH_STATEMENT_OK)
			check(!strcmp(out.region, "ch-1") && !strcmp(out.country, "CH") &&
			      out.expires > NOW && gth_countries_have(&out.serves, "CH"));
		free(note);
	}
	free(copy);
}

/* Never without the signature. */
static void unsigned_(const char *note, size_t len)
{
	static const struct gth_trust trust = { .region = "ch-1", .country = "CH" };
	struct gth_statement out;

	check(gth_statement_check(&out, note, len, &trust, "CH", NULL, NOW) ==
	      GTH_STATEMENT_SIGNATURE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(const char *, size_t) = { read_statement, checked,
								 unsigned_ };

	if (size)
		texts_read(readers[(data[0] - '0') % 3U], data + 1, size - 1);
	return 0;
}
