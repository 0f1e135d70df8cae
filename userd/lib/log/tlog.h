/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tlog.h - an append-only log in a directory, as C2SP tlog-tiles lays it out:
 * tile/<L>/<N>[.p/<W>], tile/entries/<N>[.p/<W>], checkpoint (tlog-checkpoint,
 * a signed note). Hashes are RFC 6962's.
 *
 * One writer at a time (flock). Entries are durable when append returns; what a
 * crash leaves half done is completed, or taken back, by the next open.
 */
#ifndef GTH_LIB_LOG_TLOG_H
#define GTH_LIB_LOG_TLOG_H

#include <stddef.h>
#include <stdint.h>

#include "lib/log/note.h"
#include "lib/log/proof.h"

#define GTH_TLOG_ENTRY_MAX 65535
#define GTH_TLOG_HASH_SIZE 32
#define GTH_TLOG_LEAVES_MAX 256 /* that gth_tlog_leaves() gives at once */

struct gth_tlog;

/* For the writer; the origin is the signer's name. */
int gth_tlog_open(struct gth_tlog **log, int dirfd, const struct gth_signer *s);
int gth_tlog_open_public(struct gth_tlog **log, int dirfd, const struct gth_signer *s);
struct gth_tlog_entry {
	const void *data;
	size_t len; /* bytes, up to GTH_TLOG_ENTRY_MAX */
};

int gth_tlog_append(struct gth_tlog *log, const void *entry, size_t len, uint64_t *index);
int gth_tlog_append_all(struct gth_tlog *log, const struct gth_tlog_entry *entries, size_t n,
			size_t *added);
uint64_t gth_tlog_size(const struct gth_tlog *log); /* entries */
int gth_tlog_leaves(const struct gth_tlog *log, uint64_t first,
		    uint8_t hash[GTH_TLOG_LEAVES_MAX][GTH_TLOG_HASH_SIZE]);
void gth_tlog_close(struct gth_tlog *log);

/* For readers, without a lock: what the checkpoint covers. */
struct gth_checkpoint {
	char origin[GTH_NOTE_NAME_SIZE];
	uint64_t size;
	uint8_t root[GTH_TLOG_HASH_SIZE];
};

int gth_checkpoint_parse(struct gth_checkpoint *c, const char *text, size_t len);
int gth_tlog_checkpoint(int dirfd, const struct gth_verifier *v, struct gth_checkpoint *c);
int gth_tlog_root(int dirfd, uint64_t size, uint8_t root[GTH_TLOG_HASH_SIZE]);
int gth_tlog_prove_entry(int dirfd, uint64_t size, uint64_t index, struct gth_tree_proof *p);
int gth_tlog_prove_older(int dirfd, uint64_t size, uint64_t older, struct gth_tree_proof *p);
int gth_tlog_read(int dirfd, uint64_t size, uint64_t index, void **entry, size_t *len);
int gth_tlog_each(int dirfd, uint64_t size, uint64_t first,
		  int (*each)(uint64_t index, const void *entry, size_t len, void *arg), void *arg);

/*
 * gth_tlog_verify() - every entry, every tile and the root of a log
 * @each: called with every entry that was read, or NULL; not 0 ends it
 * Return: 0; -EBADMSG: it does not hash to what was signed (bad: the first entry
 * or tile that does not); -EKEYREJECTED, -ENOKEY: the checkpoint; an errno.
 */
int gth_tlog_verify(int dirfd, const struct gth_verifier *v,
		    int (*each)(uint64_t index, const void *entry, size_t len, void *arg),
		    void *arg, struct gth_checkpoint *c, char bad[64]);

#endif /* GTH_LIB_LOG_TLOG_H */
