// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journal.c - an egress journal, for the tests of programs in shell:
 *
 *	journal make DIR SIZE [REGION]
 *	journal head DIR TO SIZE
 */
#include <errno.h>

#include "lib/log/merkle.h"
#include "lib/text/egress.h"
#include "lib/text/journal_head.h"
#include "tests/unit/tlog_dir.h"

static struct gth_signer signer;

/*
 * Appends entries as of an egress journal to the log in @path, up to @size, with the key in
 * PATH.secret; both are made if need be.
 */
static int make_journal(const char *path, unsigned long size, const char *region)
{
	static const char *what[] = { "GET /v1/region", "GET /v1/files/sha256:00ff", "none" };
	char secret[PATH_MAX], text[GTH_NOTE_KEY_SIZE + 1];
	struct gth_checkpoint c;
	struct gth_tlog *log;
	uint64_t index;
	int dir, err;

	snprintf(secret, sizeof(secret), "%s.secret", path);
	mkdir(path, 0700);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (gth_signer_load(&signer, AT_FDCWD, secret)) {
		gth_signer_create(&signer, "test-endpoint");
		gth_signer_format(&signer, text);
		strcat(text, "\n");
		write_whole(AT_FDCWD, secret, text, strlen(text));
		gth_verifier_format(&signer.verifier, text);
		strcat(text, "\n");
		write_whole(dir, "key", text, strlen(text));
	}
	err = gth_tlog_open(&log, dir, &signer);
	if (!err)
		err = gth_tlog_checkpoint(dir, &signer.verifier, &c);
	for (uint64_t i = c.size; i < size && !err; i++) {
		struct gth_egress e = { .time = 1795600000 + i, .bytes = i };
		char *entry;

		snprintf(e.region, sizeof(e.region), "%s", region);
		e.kind = i % 3 == 2 ? GTH_EGRESS_WITHHELD : (enum gth_egress_kind)(i % 3);
		e.reason = i % 3 == 2 ? GTH_WITHHELD_PATH : GTH_WITHHELD_NOT;
		snprintf(e.what, sizeof(e.what), "%s", what[i % 3]);
		memset(e.digest, (int)(i % 256), i % 3 ? 32 : 0);
		err = gth_egress_format(&e, &entry);
		if (err)
			break;
		err = gth_tlog_append(log, entry, strlen(entry), &index);
		free(entry);
	}
	gth_tlog_close(log);
	close(dir);
	if (err)
		fprintf(stderr, "%s: %s\n", path, strerror(-err));
	return err ? 1 : 0;
}

static int count_leaf(uint64_t index, const void *entry, size_t len, void *arg)
{
	uint8_t leaf[GTH_MERKLE_HASH];
	int err = gth_merkle_leaf(entry, len, leaf);

	(void)index;
	return err ? err : gth_frontier_add(arg, leaf);
}

/*
 * Writes what the broker would keep of the journal in @path, of @size entries, into the
 * directory @to.
 */
static int make_head(const char *path, const char *to, unsigned long size)
{
	static struct gth_journal_head h;
	char secret[PATH_MAX];
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), root;

	mkdir(to, 0700);
	root = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	snprintf(secret, sizeof(secret), "%s.secret", path);
	if (gth_signer_load(&signer, AT_FDCWD, secret) ||
	    gth_tlog_each(dir, size, 0, count_leaf, &h.tree))
		return 1;
	h.key = signer.verifier;
	return gth_journal_head_write(&h, root, GTH_JOURNAL_HEAD_FILE) ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "head"))
		return make_head(argv[2], argv[3], strtoul(argv[4], NULL, 10));
	if (argc >= 4 && !strcmp(argv[1], "make"))
		return make_journal(argv[2], strtoul(argv[3], NULL, 10),
				    argc > 4 ? argv[4] : "ch-1");
	return 64;
}
