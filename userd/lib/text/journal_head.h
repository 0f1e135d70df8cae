/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal_head.h - how far the egress journal has come, as root keeps it, out of reach of
 * the process that writes the journal (docs/formats.md). The directory is STATE-root:
 * beside the daemon's state directory, and root's alone.
 */
#ifndef GTH_LIB_TEXT_JOURNAL_HEAD_H
#define GTH_LIB_TEXT_JOURNAL_HEAD_H

#include "lib/log/frontier.h"
#include "lib/text/fields.h"

#define GTH_JOURNAL_HEAD_DIR "-root"		   /* behind the state directory's name */
#define GTH_JOURNAL_HEAD_FILE "journal-head"	   /* of the key that is in force */
#define GTH_JOURNAL_ACCEPT_FILE "journal-accepted" /* what is to take its place */
#define GTH_JOURNAL_ACCEPTED_SIZE 256		   /* of a text, with its NUL */

struct gth_journal_head {
	struct gth_verifier key; /* that the journal is signed with */
	struct gth_frontier tree;
	/* The last time that root accepted another journal; 0: never, and the rest is 0 too */
	uint64_t accepted;	/* Unix time */
	uint64_t accepted_by;	/* uid: of the login, if that is known */
	uint64_t replaced_size; /* of what it replaced; 0 and a root of zeros: not known */
	uint8_t replaced_root[GTH_MERKLE_HASH];
};

int gth_journal_head_parse(struct gth_journal_head *h, const char *text, size_t len);
int gth_journal_head_format(const struct gth_journal_head *h, char **text);
void gth_journal_head_accepted(const struct gth_journal_head *h,
			       char text[GTH_JOURNAL_ACCEPTED_SIZE]);
int gth_journal_head_path(char *path, size_t size, const char *state);
int gth_journal_head_read(struct gth_journal_head *h, int dirfd, const char *name);
int gth_journal_head_write(const struct gth_journal_head *h, int dirfd, const char *name);

#endif /* GTH_LIB_TEXT_JOURNAL_HEAD_H */
