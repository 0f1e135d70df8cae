/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * note.h - signed text, as others can check it: C2SP signed-note with Ed25519
 * (signature type 0x01), as golang.org/x/mod/sumdb/note reads and writes it.
 *
 * A note is text that ends with LF, an empty line, and one line for each
 * signature: "— NAME BASE64(key id, signature)".
 */
#ifndef GTH_LIB_LOG_NOTE_H
#define GTH_LIB_LOG_NOTE_H

#include <stddef.h>
#include <stdint.h>

#define GTH_NOTE_MAX (64 << 10)	   /* bytes, signatures included */
#define GTH_NOTE_SIGNATURES_MAX 64 /* a policy has 32 witnesses; x/mod takes 100 */
#define GTH_NOTE_NAME_SIZE 128	   /* of a key's name, with its NUL */
#define GTH_NOTE_KEY_SIZE 256	   /* of a key as text, with its NUL */

/* A key that signatures are checked with. As text: NAME+HEX(id)+BASE64(0x01, key). */
struct gth_verifier {
	char name[GTH_NOTE_NAME_SIZE];
	uint8_t id[4];
	uint8_t key[32];
};

/* A key that signs. As text: PRIVATE+KEY+NAME+HEX(id)+BASE64(0x01, seed). */
struct gth_signer {
	struct gth_verifier verifier;
	uint8_t seed[32];
};

int gth_verifier_parse(struct gth_verifier *v, const char *text);
int gth_verifier_format(const struct gth_verifier *v, char text[GTH_NOTE_KEY_SIZE]);

int gth_signer_create(struct gth_signer *s, const char *name);
int gth_signer_parse(struct gth_signer *s, const char *text);
int gth_signer_format(const struct gth_signer *s, char text[GTH_NOTE_KEY_SIZE]);
int gth_signer_parse_file(struct gth_signer *s, const char *data, size_t len);
int gth_signer_load(struct gth_signer *s, int dirfd, const char *name);

int gth_note_sign(const char *text, const struct gth_signer *s, char **note);
int gth_note_cosign(const char *note, const struct gth_signer *s, char **cosigned);
int gth_note_verify(const char *note, size_t len, const struct gth_verifier *v, size_t n,
		    size_t *text_len);

#endif /* GTH_LIB_LOG_NOTE_H */
