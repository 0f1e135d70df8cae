// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * submitter.c - an endpoint's hands, for tests: makes and signs submissions, right
 * and wrong ones, and checks what a region signed. curl does the talking.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include "lib/age/age.h"
#include "lib/text/exchange.h"
#include "lib/text/residency.h"
#include "lib/util/base64.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"

struct options {
	const char *command, *arg[4];
	int args;
	const char *id, *endpoint, *region, *recipient, *claim_size, *claim_cipher_size;
	const char *journal, *root, *later; /* version 2 of the submission */
	bool garbage, other_digest;
};

static void die(const char *what, int err)
{
	fprintf(stderr, "submitter: %s: %s\n", what, strerror(-err));
	exit(1);
}

static const struct argp_option options[] = {
	{ .name = "id", .key = 'i', .arg = "UUID" },
	{ .name = "endpoint", .key = 'e', .arg = "NAME" },
	{ .name = "region", .key = 'r', .arg = "NAME" },
	{ .name = "recipient", .key = 'k', .arg = "AGE1", .doc = "Encrypt to another key" },
	{ .name = "size", .key = 's', .arg = "N", .doc = "Claim this size" },
	{ .name = "cipher-size", .key = 'c', .arg = "N", .doc = "Claim this size" },
	{ .name = "journal", .key = 'j', .arg = "N", .doc = "Entries of the endpoint's journal" },
	{ .name = "root", .key = 'o', .arg = "N", .doc = "32 of these bytes are its root" },
	{ .name = "later", .key = 't', .arg = "S", .doc = "Signed so many seconds from now" },
	{ .name = "garbage", .key = 'g', .doc = "The ciphertext is none" },
	{ .name = "other-digest", .key = 'z', .doc = "Claim another digest" },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'i':
		o->id = arg;
		return 0;
	case 'e':
		o->endpoint = arg;
		return 0;
	case 'r':
		o->region = arg;
		return 0;
	case 'k':
		o->recipient = arg;
		return 0;
	case 's':
		o->claim_size = arg;
		return 0;
	case 'c':
		o->claim_cipher_size = arg;
		return 0;
	case 'j':
		o->journal = arg;
		return 0;
	case 'o':
		o->root = arg;
		return 0;
	case 't':
		o->later = arg;
		return 0;
	case 'g':
		o->garbage = true;
		return 0;
	case 'z':
		o->other_digest = true;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->command)
			o->command = arg;
		else if (o->args < 4)
			o->arg[o->args++] = arg;
		else
			return ARGP_ERR_UNKNOWN;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static char *slurp(const char *path)
{
	char *text = calloc(1, GTH_NOTE_MAX + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!text || fd < 0 || gth_read_full(fd, text, GTH_NOTE_MAX) < 0)
		die(path, -errno);
	close(fd);
	return text;
}

static void spill(int dirfd, const char *name, const char *text)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int err = fd < 0 ? -errno : gth_write_all(fd, text, strlen(text));

	if (err)
		die(name, err);
	close(fd);
}

/* The statement, as its endpoint checks it. */
static void load_statement(struct gth_statement *s, const struct gth_trust *t, const char *path)
{
	char *note = slurp(path);
	enum gth_statement_fault fault = gth_statement_check(
		s, note, strlen(note), t, t->serves.code[0], NULL, (uint64_t)time(NULL));

	free(note);
	if (fault == GTH_STATEMENT_OK)
		return;
	fprintf(stderr, "submitter: %s: %s\n", path, gth_statement_fault_text(fault));
	exit(1);
}

static uint64_t size_of(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		die("fstat", -errno);
	return (uint64_t)st.st_size;
}

static void encrypt(const struct options *o, const struct gth_statement *st, int in, int out)
{
	struct gth_age_recipient to = st->recipient;
	int err = 0;

	if (o->recipient)
		err = gth_age_recipient_parse(&to, o->recipient);
	if (!err && lseek(in, 0, SEEK_SET))
		err = -errno;
	if (!err)
		err = gth_age_encrypt(in, out, &to, 1);
	/* In the header, so that it is not even age. */
	if (!err && o->garbage && pwrite(out, "garbage", 7, 0) != 7)
		err = -errno;
	if (err)
		die("encrypt", err);
}

static void write_note(const struct options *o, struct gth_submission *s,
		       const struct gth_signer *key, int dirfd)
{
	char repr[80], digest[GTH_BASE64_LEN(32) + 1], hex[65], *text, *note;
	int err;

	gth_base64_encode(digest, s->cipher_digest, 32);
	snprintf(repr, sizeof(repr), "Repr-Digest: sha-256=:%s:\n", digest);
	spill(dirfd, "repr", repr);
	spill(dirfd, "id", s->id);
	gth_hex_encode(hex, s->digest, 32);
	hex[64] = '\0';
	spill(dirfd, "digest", hex);
	if (o->other_digest)
		memset(s->digest, 7, sizeof(s->digest));
	err = gth_submission_format(s, &text);
	if (!err)
		err = gth_note_sign(text, key, &note);
	if (err)
		die("submission", err);
	spill(dirfd, "note", note);
	free(note);
	free(text);
}

/* make ENDPOINT-DIR STATEMENT FILE OUT: OUT/{cipher,note,id,digest,repr} */
static void make(const struct options *o)
{
	struct gth_submission s = { .time = (uint64_t)time(NULL), .class = GTH_D3 };
	int dir = open(o->arg[0], O_RDONLY | O_DIRECTORY), in, out, dirfd;
	struct gth_statement st;
	struct gth_signer key;
	struct gth_trust t;
	uuid_t id;
	int err;

	if (dir < 0 || (mkdir(o->arg[3], 0700) && errno != EEXIST))
		die(o->arg[0], -errno);
	dirfd = open(o->arg[3], O_RDONLY | O_DIRECTORY);
	in = open(o->arg[2], O_RDONLY);
	out = openat(dirfd, "cipher", O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (dirfd < 0 || in < 0 || out < 0)
		die(o->arg[2], -errno);
	err = gth_trust_load(&t, dir);
	if (!err)
		err = gth_signer_load(&key, dir, "endpoint.key");
	if (err)
		die(o->arg[0], err);
	load_statement(&st, &t, o->arg[1]);
	uuid_generate_random(id);
	uuid_unparse_lower(id, s.id);
	if (o->id)
		snprintf(s.id, sizeof(s.id), "%s", o->id);
	snprintf(s.endpoint, sizeof(s.endpoint), "%.63s",
		 o->endpoint ? o->endpoint : key.verifier.name);
	snprintf(s.region, sizeof(s.region), "%s", o->region ? o->region : t.region);
	snprintf(s.type, sizeof(s.type), "application/octet-stream");
	encrypt(o, &st, in, out);
	s.size = size_of(in);
	s.cipher_size = size_of(out);
	if (o->claim_size)
		s.size = strtoull(o->claim_size, NULL, 10);
	s.time += o->later ? strtoull(o->later, NULL, 10) : 0;
	s.has_journal = o->journal;
	s.journal_size = o->journal ? strtoull(o->journal, NULL, 10) : 0;
	if (o->journal)
		memset(s.journal_root, o->root ? atoi(o->root) : 0, sizeof(s.journal_root));
	if (o->claim_cipher_size)
		s.cipher_size = strtoull(o->claim_cipher_size, NULL, 10);
	if (lseek(in, 0, SEEK_SET) || lseek(out, 0, SEEK_SET))
		die("lseek", -errno);
	err = gth_sha256_fd(in, s.digest);
	if (!err)
		err = gth_sha256_fd(out, s.cipher_digest);
	if (err)
		die("digest", err);
	write_note(o, &s, &key, dirfd);
	close(in);
	close(out);
	close(dir);
	close(dirfd);
}

static void expect(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "submitter: %s is not as it should be\n", what);
	exit(1);
}

static void check_receipt(const char *text, size_t len, const struct gth_trust *t, const char *out)
{
	struct gth_receipt r;
	char path[4096], *note;
	uint8_t digest[32];
	int fd;

	expect(!gth_receipt_parse(&r, text, len), "the receipt");
	snprintf(path, sizeof(path), "%s/note", out);
	note = slurp(path);
	expect(!gth_sha256(note, strlen(note), digest) && !memcmp(digest, r.submission_digest, 32),
	       "submission-digest");
	free(note);
	snprintf(path, sizeof(path), "%s/cipher", out);
	fd = open(path, O_RDONLY);
	expect(fd >= 0 && !gth_sha256_fd(fd, digest) && !memcmp(digest, r.cipher_digest, 32),
	       "cipher-digest");
	close(fd);
	snprintf(path, sizeof(path), "%s/id", out);
	note = slurp(path);
	expect(!strcmp(note, r.id) && !strcmp(r.region, t->region), "id or region");
	free(note);
	expect(r.delete_by > r.received, "delete-by");
}

static void check_deletion(const char *text, size_t len, const char *out)
{
	struct gth_deletion d;
	char path[4096], *id;
	uint8_t digest[32];
	int fd;

	expect(!gth_deletion_parse(&d, text, len), "the deletion");
	snprintf(path, sizeof(path), "%s/id", out);
	id = slurp(path);
	expect(!strcmp(id, d.id), "id");
	free(id);
	snprintf(path, sizeof(path), "%s/cipher", out);
	fd = open(path, O_RDONLY);
	expect(fd >= 0 && !gth_sha256_fd(fd, digest) && !memcmp(digest, d.cipher_digest, 32),
	       "cipher-digest");
	close(fd);
}

static void check_verdict(const char *text, size_t len, const char *out)
{
	struct gth_region_verdict v;
	char path[4096], hex[65] = "", *digest;

	expect(!gth_region_verdict_parse(&v, text, len), "the verdict");
	snprintf(path, sizeof(path), "%s/digest", out);
	digest = slurp(path);
	gth_hex_encode(hex, v.digest, 32);
	expect(!strcmp(hex, digest), "digest");
	free(digest);
	printf("%s %s %llu\n", gth_finding_name(v.finding), v.name,
	       (unsigned long long)(v.expires - v.issued));
}

/* check ENDPOINT-DIR STATEMENT OUT receipt|deletion|verdict < NOTE */
static void check(const struct options *o)
{
	char *note = calloc(1, GTH_NOTE_MAX + 1);
	int dir = open(o->arg[0], O_RDONLY | O_DIRECTORY);
	struct gth_statement st;
	struct gth_trust t;
	ssize_t n = gth_read_full(0, note, GTH_NOTE_MAX);
	size_t len;

	if (n < 0 || dir < 0 || gth_trust_load(&t, dir))
		die(o->arg[0], -EIO);
	close(dir);
	load_statement(&st, &t, o->arg[1]);
	expect(!gth_note_verify(note, (size_t)n, &st.region_key, 1, &len), "the signature");
	if (!strcmp(o->arg[3], "receipt"))
		check_receipt(note, len, &t, o->arg[2]);
	else if (!strcmp(o->arg[3], "deletion"))
		check_deletion(note, len, o->arg[2]);
	else
		check_verdict(note, len, o->arg[2]);
	free(note);
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.args_doc = "make ENDPOINT-DIR STATEMENT FILE OUT\n"
			    "check ENDPOINT-DIR STATEMENT OUT receipt|deletion|verdict",
	};
	struct options o = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.args != 4 || (strcmp(o.command, "make") && strcmp(o.command, "check"))) {
		fputs("submitter: see --help\n", stderr);
		return 2;
	}
	if (!strcmp(o.command, "make"))
		make(&o);
	else
		check(&o);
	return 0;
}
