/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cosign.h - what a witness says of a checkpoint: C2SP tlog-cosignature, cosignature/v1.
 *
 * A cosignature is a line of the checkpoint's note. It says that, at a time, this was the largest
 * checkpoint of its log that the witness had seen, and that it continues all others it had seen.
 */
#ifndef GTH_LIB_LOG_COSIGN_H
#define GTH_LIB_LOG_COSIGN_H

#include "lib/log/note.h"

/* The public key of a witness. As text: NAME+HEX(id)+BASE64(0x04, key). */
struct gth_witness {
	struct gth_verifier key;
};

/* Its private key. As text: PRIVATE+KEY+NAME+HEX(id)+BASE64(0x04, seed). */
struct gth_witness_key {
	struct gth_signer key;
};

int gth_witness_parse(struct gth_witness *w, const char *text);
void gth_witness_format(const struct gth_witness *w, char text[GTH_NOTE_KEY_SIZE]);
struct gth_witness gth_witness_of(const struct gth_witness_key *k);

int gth_witness_key_create(struct gth_witness_key *k, const char *name);
void gth_witness_key_format(const struct gth_witness_key *k, char text[GTH_NOTE_KEY_SIZE]);
int gth_witness_key_load(struct gth_witness_key *k, int dirfd, const char *name);

int gth_cosign(const char *note, uint64_t time, const struct gth_witness_key *k, char **line);
int gth_cosign_merge(const char *note, const char *lines, const struct gth_verifier *log,
		     const struct gth_witness *w, size_t n, uint64_t *times, char **merged);
int gth_cosigned_at(const char *note, size_t len, const struct gth_witness *w, size_t n,
		    uint64_t *times);

#endif /* GTH_LIB_LOG_COSIGN_H */
