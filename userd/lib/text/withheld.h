/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * withheld.h - the reasons why a file, or a question about it, is not sent: each once.
 *
 * The enum, the words and the sentences are made from this list. The words are in the
 * egress journal and the numbers in store.db, so a new row goes to the end.
 *
 *   X(ID, word, sentence)
 *     word      in the journal, and on command lines
 *     sentence  for people, with the remedy
 */
#ifndef GTH_LIB_TEXT_WITHHELD_H
#define GTH_LIB_TEXT_WITHHELD_H

/* clang-format off */
#define GTH_WITHHELD(X) \
	X(NOT, "none", "it was not withheld") \
	X(LOOKUP_OFF, "lookup-off", "the region is not asked about digests: to allow it, set [send] lookup = on") \
	X(CLASS_OFF, "class-off", \
	  "files of this kind are not sent: to allow it, set [send] programs or files = on") \
	X(PATH, "path", "its path is excluded, or not known whole: to send it, change [exclude] path") \
	X(OWNER, "owner", "its owner is excluded, or not known: to send it, change [exclude] owner") \
	X(FILESYSTEM, "filesystem", \
	  "its file system is excluded, or not known: to send it, change [exclude] filesystem") \
	X(SIZE, "size", "it is too large: raise [send] max_size, if the region accepts more") \
	X(RATE, "rate", "it waits for the next minute: to send more, raise [send] per_minute") \
	X(QUOTA, "quota", "it waits until tomorrow (UTC): to send more, raise [send] daily_quota") \
	X(SPOOL, "spool", \
	  "it was dropped because the spool was full: raise [spool] quota, or free the disk") \
	X(COUNTRY, "country", \
	  "the region does not serve this machine's country: see [endpoint] country, and serves in the trust bundle") \
	X(STATEMENT, "statement", "it waits for a valid statement of the region: see gotthardctl status") \
	X(CHANGED, "changed", \
	  "it changed while it was copied: nothing to do, it is taken when it is used again") \
	X(UNREADABLE, "unreadable", \
	  "it could not be read: look at its disk or file server; it is taken when it is used again") \
	X(REFUSED, "refused", "the region refused it: gotthardctl submissions show prints the reason") \
	X(DROPPED, "dropped", "the operator dropped it: to undo that, gotthardctl submissions retry") \
	X(RECIPIENT, "recipient", \
	  "it was encrypted for a region or a key that is no longer in force: nothing to do, it is taken when it is used again")

enum gth_withheld {
#define X(id, ...) GTH_WITHHELD_##id,
	GTH_WITHHELD(X)
#undef X
	GTH_WITHHELD_REASONS
};
/* clang-format on */

const char *gth_withheld_name(enum gth_withheld reason); /* "lookup-off", … */
const char *gth_withheld_text(enum gth_withheld reason);

#endif /* GTH_LIB_TEXT_WITHHELD_H */
