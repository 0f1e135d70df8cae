// SPDX-License-Identifier: GPL-2.0-or-later
/* tlog_proof.c - fuzzes the texts of proofs, and what is proved by them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/proof_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int right)
{
	if (!right)
		abort();
}

/* A proof without extra data has one text. */
static void again(const struct gth_proof_text *p, const char *text, size_t len)
{
	char *note = strndup(p->note, p->note_len), *out;

	check(note != NULL);
	if (strlen(note) == p->note_len && !memmem(text, len, "\nextra ", 7)) {
		check(!gth_proof_format(&p->proof, p->index, note, &out));
		check(strlen(out) == len && !memcmp(out, text, len));
		free(out);
	}
	free(note);
}

/* No proof leads to the roots that are set here. */
static void prove(const struct gth_proof_text *p)
{
	static const uint8_t leaf[GTH_MERKLE_HASH] = { 1 };
	struct gth_tree tree = { .size = p->index + 1 }, older = { .size = p->index / 2 };
	int err;

	for (unsigned int more = 0; more < 3; more++) {
		tree.size = p->index + 1 + more;
		err = gth_proof_check_entry(&p->proof, &tree, p->index, leaf);
		check(err == -EBADMSG);
		err = gth_proof_check_older(&p->proof, &older, &tree);
		check(err == -EBADMSG);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gth_proof_text p;
	/* Of exactly its size, so that the sanitizer sees a read past it. */
	char *copy = malloc(size ? size : 1);
	int err;

	check(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	err = gth_proof_parse(&p, copy, size);
	check(!err || err == -EBADMSG);
	if (!err) {
		check(p.note + p.note_len == copy + size && p.proof.n <= GTH_PROOF_MAX);
		again(&p, copy, size);
		prove(&p);
	}
	free(copy);
	return 0;
}
