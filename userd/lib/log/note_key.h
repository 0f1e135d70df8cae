/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note_key.h - keys of signed notes by the algorithm of their signatures (C2SP signed-note).
 *
 * A type of its own keeps each apart: gth_signer and gth_verifier sign texts (note.h), gth_witness
 * and gth_witness_key sign checkpoints at a time (cosign.h).
 */
#ifndef GTH_LIB_LOG_NOTE_KEY_H
#define GTH_LIB_LOG_NOTE_KEY_H

#include "lib/log/note.h"

enum gth_note_algorithm {
	GTH_NOTE_ED25519 = 0x01,
	GTH_NOTE_COSIGNATURE = 0x04, /* Ed25519 over a checkpoint and a time (tlog-cosignature) */
};

int gth_note_key_parse(struct gth_verifier *v, uint8_t algorithm, const char *text);
void gth_note_key_format(const struct gth_verifier *v, uint8_t algorithm,
			 char text[GTH_NOTE_KEY_SIZE]);
int gth_note_secret_create(struct gth_signer *s, uint8_t algorithm, const char *name);
int gth_note_secret_parse(struct gth_signer *s, uint8_t algorithm, const char *text);
void gth_note_secret_format(const struct gth_signer *s, uint8_t algorithm,
			    char text[GTH_NOTE_KEY_SIZE]);
int gth_note_secret_load(struct gth_signer *s, uint8_t algorithm, int dirfd, const char *name);

#endif /* GTH_LIB_LOG_NOTE_KEY_H */
