/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof_text.h - a proof that data is in a log, as one text: C2SP tlog-proof.
 *
 *	c2sp.org/tlog-proof@v1
 *	index NUMBER
 *	BASE64 of each hash, from the leaf's neighbour on
 *
 *	the checkpoint, as a signed note
 */
#ifndef GTH_LIB_LOG_PROOF_TEXT_H
#define GTH_LIB_LOG_PROOF_TEXT_H

#include "lib/log/proof.h"

#define GTH_PROOF_TEXT_MAX (72 << 10) /* bytes: a note, the hashes, and extra data of 4 KiB */

struct gth_proof_text {
	uint64_t index;
	struct gth_tree_proof proof;
	const char *note; /* the checkpoint; points into the text */
	size_t note_len;
};

int gth_proof_format(const struct gth_tree_proof *p, uint64_t index, const char *note, char **text);
int gth_proof_parse(struct gth_proof_text *p, const char *text, size_t len);

#endif /* GTH_LIB_LOG_PROOF_TEXT_H */
