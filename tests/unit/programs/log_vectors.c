// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * log_vectors.c - writes what tests/vectors/log has, from the keys in it and from the manifests of
 * three other vectors, for tests/unit/log_vectors.sh.
 *
 *	log_vectors KEYS OUT		OUT is an empty directory
 */
#include <stdarg.h>

#include "lib/log/cosign.h"
#include "lib/log/proof_text.h"
#include "lib/log/tlog.h"
#include "tests/unit/tlog_dir.h"

#define ENTRIES 3
#define INDEX 1		/* of the entry that is proven */
#define TIME 1700100000 /* of the first witness; each other cosigns a minute later */
#define WITNESSES 4	/* the last one is not in the policy */

static const char *const manifests[ENTRIES] = { "tests/vectors/small/manifest",
						"tests/vectors/next/manifest",
						"tests/vectors/domains/manifest" };
static const char *const names[WITNESSES] = { "one", "two", "three", "stranger" };

static int out;
static struct gth_signer log_key, other_log;
static struct gth_witness_key witness[WITNESSES];
static char *checkpoint, *cosigned;
static char *line[WITNESSES];
static struct gth_tree_proof proof[ENTRIES];

static void must(bool right, const char *what)
{
	if (right)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Keeps memory until the end. Return: @made. */
static char *keep(char *made)
{
	static char *kept[256];
	static unsigned int n;

	must(made && n < sizeof(kept) / sizeof(kept[0]), "memory");
	return kept[n++] = made;
}

__attribute__((format(printf, 1, 2))) static char *text(const char *format, ...)
{
	va_list args;
	char *made;

	va_start(args, format);
	must(vasprintf(&made, format, args) >= 0, "memory");
	va_end(args);
	return keep(made);
}

static void put(const char *name, const char *data)
{
	must(write_whole(out, name, data, strlen(data)), name);
}

static void load_keys(int dir)
{
	must(!gth_signer_load(&log_key, dir, "log.key"), "log.key");
	must(!gth_signer_load(&other_log, dir, "other.key"), "other.key");
	for (int i = 0; i < WITNESSES; i++) {
		const char *name = text("%s.key", names[i]);

		must(!gth_witness_key_load(&witness[i], dir, name), name);
	}
}

static void make_policy(void)
{
	char key[GTH_NOTE_KEY_SIZE];
	const char *lines;

	must(!gth_verifier_format(&log_key.verifier, key), "key");
	lines = text("log %s\n", key);
	put("log.pub", text("%s\n", key));
	for (int i = 0; i < WITNESSES; i++) {
		struct gth_witness w = gth_witness_of(&witness[i]);
		const char *name = text("%s.pub", names[i]);

		gth_witness_format(&w, key);
		put(name, text("%s\n", key));
		if (i == WITNESSES - 1)
			break;
		lines = text("%switness %s %s\n", lines, names[i], key);
	}
	put("policy", text("%sgroup most 2 one two three\nquorum most\n", lines));
}

static void make_log(void)
{
	struct gth_tlog *log;
	uint64_t index;
	size_t len;

	must(!gth_tlog_open_public(&log, out, &log_key), "the log");
	for (int i = 0; i < ENTRIES; i++) {
		char *entry = keep((char *)read_whole(AT_FDCWD, manifests[i], &len));

		must(!gth_tlog_append(log, entry, len, &index), "append");
	}
	gth_tlog_close(log);
	checkpoint = keep((char *)read_whole(out, "checkpoint", &len));
	for (int i = 0; i < ENTRIES; i++)
		must(!gth_tlog_prove_entry(out, ENTRIES, (uint64_t)i, &proof[i]), "prove");
}

static void cosign(void)
{
	for (int i = 0; i < WITNESSES; i++)
		must(!gth_cosign(checkpoint, (uint64_t)TIME + 60U * (unsigned int)i, &witness[i],
				 &line[i]),
		     names[i]);
	for (int i = 0; i < WITNESSES; i++)
		keep(line[i]);
	put("cosignature-one", line[0]);
	put("cosignature-three", line[2]);
	cosigned = text("%s%s%s", checkpoint, line[0], line[2]);
	put("checkpoint.cosigned", cosigned);
}

static char *proof_of(const struct gth_tree_proof *p, uint64_t index, const char *note)
{
	char *made;

	must(!gth_proof_format(p, index, note, &made), "format");
	return keep(made);
}

static void bad(const char *name, const struct gth_tree_proof *p, uint64_t index, const char *note)
{
	put(text("bad/%s", name), proof_of(p, index, note));
}

/* One character of the text, which is in it once, is another. */
static char *changed(const char *whole, const char *part, size_t at)
{
	char *copy = text("%s", whole), *found = strstr(copy, part);

	must(found && strlen(part) > at, part);
	found[at] = found[at] == 'A' ? 'B' : 'A';
	return copy;
}

static char *signed_by(const struct gth_signer *s, const char *words)
{
	char *note;

	must(!gth_note_sign(words, s, &note), "sign");
	return text("%s%s%s", keep(note), line[0], line[2]);
}

static void make_bad_proofs(void)
{
	struct gth_tree_proof p = proof[INDEX];

	bad("another-entry", &proof[0], 0, cosigned);
	bad("another-index", &p, 0, cosigned);
	p.hash[0][5] ^= 1;
	bad("hash", &p, INDEX, cosigned);
	p = proof[INDEX];
	p.n--;
	bad("one-hash-less", &p, INDEX, cosigned);
	p.n += 2;
	memcpy(p.hash[p.n - 1], p.hash[0], sizeof(p.hash[0]));
	bad("one-hash-more", &p, INDEX, cosigned);
}

static void make_bad_checkpoints(void)
{
	const struct gth_tree_proof *p = &proof[INDEX];
	const char *body = strstr(checkpoint, "\n\n"), *root = strchr(checkpoint, '\n');
	char *words;

	bad("no-cosignature", p, INDEX, checkpoint);
	bad("one-cosignature", p, INDEX, text("%s%s", checkpoint, line[0]));
	bad("one-witness-twice", p, INDEX, text("%s%s%s", checkpoint, line[0], line[0]));
	bad("stranger", p, INDEX, text("%s%s%s", checkpoint, line[0], line[3]));
	bad("log-signature", p, INDEX, changed(cosigned, strrchr(checkpoint, ' '), 40));
	bad("cosignature", p, INDEX, changed(cosigned, strrchr(line[0], ' '), 40));
	bad("cosignature-time", p, INDEX, changed(cosigned, strrchr(line[0], ' '), 14));
	root = strchr(root + 1, '\n') + 1;
	bad("root", p, INDEX, changed(cosigned, root, 3));
	words = text("%.*s", (int)(body - checkpoint) + 1, checkpoint);
	bad("another-log", p, INDEX, signed_by(&other_log, words));
	words[0] = 'f';
	bad("another-origin", p, INDEX, signed_by(&log_key, words));
}

static void make_bad_texts(const char *good)
{
	put("bad/title", text("c2sp.org/tlog-proof@v2%s", strchr(good, '\n')));
	put("bad/no-line-feed", text("%.*s", (int)strlen(good) - 1, good));
	put("bad/leading-zero",
	    text("c2sp.org/tlog-proof@v1\nindex 01%s", strchr(strchr(good, '\n') + 1, '\n')));
	put("bad/no-checkpoint", text("%.*s", (int)(strstr(good, "\n\n") - good) + 2, good));
}

int main(int argc, char **argv)
{
	char *good;
	int keys;

	must(argc == 3, "usage: log_vectors KEYS OUT");
	keys = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	out = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(keys >= 0 && out >= 0 && !mkdirat(out, "bad", 0755), "the directories");
	load_keys(keys);
	make_policy();
	make_log();
	cosign();
	good = proof_of(&proof[INDEX], INDEX, cosigned);
	put("proof", good);
	make_bad_proofs();
	make_bad_checkpoints();
	make_bad_texts(good);
	return 0;
}
