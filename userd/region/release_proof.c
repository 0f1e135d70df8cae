// SPDX-License-Identifier: GPL-2.0-or-later
/* release_proof.c - proofs of a log's entries (see release_proof.h). */
#include "region/release_proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/checkpoint.h"
#include "lib/log/proof_text.h"
#include "lib/log/tile.h"
#include "lib/util/say.h"
#include "region/log_dir.h"

static int fail(const char *what, const char *why)
{
	gth_say("%s: %s", what, why);
	return -1;
}

/**
 * region_checkpoint_load() - the checkpoint of a log, which the log's key signed
 * @key: set to the log's key
 * @c: set to the checkpoint
 * @note: set to it as it was signed, to be freed
 *
 * Says what is wrong. Return: 0 or -1.
 */
int region_checkpoint_load(int log, struct gth_verifier *key, struct gth_checkpoint *c, char **note)
{
	size_t len, text_len;
	uint8_t *data;
	int err = region_log_verifier(log, key);

	if (err)
		return fail(REGION_LOG_KEY, err == -EINVAL ? "is not a key" : strerror(-err));
	err = gth_tile_read_file(log, GTH_CHECKPOINT_FILE, GTH_NOTE_MAX, &data, &len);
	if (err)
		return fail(GTH_CHECKPOINT_FILE, strerror(-err));
	*note = (char *)data;
	err = gth_note_verify(*note, len, key, 1, &text_len);
	if (!err)
		err = gth_checkpoint_parse(c, *note, text_len);
	if (!err)
		return 0;
	free(data);
	return fail(GTH_CHECKPOINT_FILE, "is damaged, or of another key");
}

static int check(int log, const struct gth_tree *tree, uint64_t index,
		 const struct gth_tree_proof *proof)
{
	uint8_t leaf[GTH_MERKLE_HASH];
	size_t len;
	void *entry;
	int err = gth_tlog_read(log, tree->size, index, &entry, &len);

	if (err)
		return err;
	err = gth_merkle_leaf(entry, len, leaf);
	free(entry);
	return err ? err : gth_proof_check_entry(proof, tree, index, leaf);
}

/**
 * region_proof_make() - the proof (C2SP tlog-proof) that an entry is in a log
 * @c, @note: the checkpoint, from region_checkpoint_load()
 * @text: set to the proof, to be freed
 *
 * It is checked before it is given out: tiles can be damaged.
 * Return: 0; -EBADMSG: the tiles are not those of the checkpoint; or a negative errno.
 */
int region_proof_make(int log, const struct gth_checkpoint *c, const char *note, uint64_t index,
		      char **text)
{
	struct gth_tree tree = { .size = c->size };
	struct gth_tree_proof proof;
	int err = gth_tlog_prove_entry(log, c->size, index, &proof);

	memcpy(tree.root, c->root, sizeof(tree.root));
	if (!err)
		err = check(log, &tree, index, &proof);
	return err ? err : gth_proof_format(&proof, index, note, text);
}
