// SPDX-License-Identifier: GPL-2.0-or-later
/* note_vectors.c - tests/vectors/notes: what we write is that, byte for byte, and the bad ones are
 * refused. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/text/egress.h"
#include "lib/text/exchange.h"
#include "lib/text/residency.h"
#include "lib/util/sha256.h"
#include "tests/unit/bytes.h"
#include "tests/unit/tap.h"

#define VECTORS "tests/vectors/notes"
#define UUID "0191d6a0-7c1e-7b3a-9f00-0123456789ab"

static struct gth_signer statement_key, region_key, endpoint_key;

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* A file, with a NUL behind it. */
static struct bytes load(int dirfd, const char *name)
{
	struct bytes b, copy;
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		tap_note("%s is not there", name);
		return bytes_new(0);
	}
	b = bytes_of(fd);
	close(fd);
	copy = bytes_new(b.len + 1);
	memcpy(copy.at, b.at, b.len);
	copy.at[b.len] = '\0';
	copy.len = b.len;
	bytes_free(&b);
	return copy;
}

static void is_vector(int dirfd, const char *file, const char *text)
{
	struct bytes b = load(dirfd, file);
	char name[64];

	snprintf(name, sizeof(name), "%s_is_what_we_write", file);
	if (!tap_ok(b.len == strlen(text) && !memcmp(b.at, text, b.len), name))
		tap_note("%s", text);
	bytes_free(&b);
}

/* The text's note by the key is the vector. */
static void is_note(int dirfd, const char *file, char *text, const struct gth_signer *key)
{
	char *note;

	must(!gth_note_sign(text, key, &note));
	is_vector(dirfd, file, note);
	free(note);
	free(text);
}

static void keys(int dirfd)
{
	static const struct {
		struct gth_signer *key;
		const char *file, *public;
	} files[] = {
		{ &statement_key, "statement.key", "statement.pub" },
		{ &region_key, "region.key", "region.pub" },
		{ &endpoint_key, "endpoint.key", "endpoint.pub" },
	};
	char text[GTH_NOTE_KEY_SIZE + 1];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		must(!gth_signer_load(files[i].key, dirfd, files[i].file));
		gth_signer_format(files[i].key, text);
		is_vector(dirfd, files[i].file, strcat(text, "\n"));
		gth_verifier_format(&files[i].key->verifier, text);
		is_vector(dirfd, files[i].public, strcat(text, "\n"));
	}
}

static void digest(uint8_t out[32], const char *text)
{
	must(!gth_sha256(text, strlen(text), out));
}

/* The EICAR test file, as every scanner knows it: in two parts, so that this file is none. */
static void eicar(uint8_t out[32])
{
	digest(out, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR"
		    "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
}

static void region_side(int dirfd)
{
	struct gth_trust t = { "ch-test-1", "CH", "https://region.example:8443", .serves.n = 2 };
	struct gth_statement s = {
		.region = "ch-test-1",
		.country = "CH",
		.issued = 1700000000,
		.expires = 1700086400,
		.max_size = 64 << 20,
		.retention = 7 * 86400,
	};
	struct gth_region_verdict v = {
		.region = "ch-test-1",
		.finding = GTH_FINDING_MALICIOUS,
		.name = "Eicar-Signature",
		.engine = "ClamAV 1.4.6",
		.database = "27456",
		.issued = 1700000100,
		.expires = 1702592100,
	};
	char *text;

	must(!gth_countries_parse(&t.serves, "CH LI"));
	t.statement_key = statement_key.verifier;
	must(!gth_trust_format(&t, &text));
	is_vector(dirfd, "trust", text);
	free(text);

	s.serves = t.serves;
	s.region_key = region_key.verifier;
	must(!gth_age_recipient_parse(
		&s.recipient, "age1c96wdnze6emu0qfrfcy4zvdlfwcl4uavwmwftq2tncr9vxdukspqlggqrq"));
	must(!gth_statement_format(&s, &text));
	is_note(dirfd, "statement", text, &statement_key);

	eicar(v.digest);
	must(!gth_region_verdict_format(&v, &text));
	is_note(dirfd, "verdict", text, &region_key);
}

static void both_sides(int dirfd)
{
	static struct gth_submission s = {
		.endpoint = "endpoint-1",
		.region = "ch-test-1",
		.id = UUID,
		.time = 1700000060,
		.class = GTH_D4,
		.size = 68,
		.type = "text/plain",
		.cipher_size = 268,
		.path = "/tmp/a b%\xc3\xa9\n/eicar.com",
		.comm = "none",
	};
	struct gth_receipt r = { "ch-test-1", UUID, .received = 1700000061,
				 .delete_by = 1700604861 };
	struct gth_deletion d = { "ch-test-1", UUID, .deleted = 1700000120 };
	struct gth_egress e = {
		.kind = GTH_EGRESS_SUBMISSION,
		.time = 1700000060,
		.region = "ch-test-1",
		.what = "PUT /v1/submissions/" UUID,
		.id = UUID,
	};
	struct gth_egress w = { .kind = GTH_EGRESS_WITHHELD,
				.time = 1700000000,
				.reason = GTH_WITHHELD_COUNTRY };
	struct bytes note = load(dirfd, "submission");
	char *text;

	eicar(s.digest);
	digest(s.cipher_digest, "abc");
	must(!gth_submission_format(&s, &text));
	is_note(dirfd, "submission", text, &endpoint_key);

	must(!gth_sha256(note.at, note.len, r.submission_digest));
	digest(r.cipher_digest, "abc");
	must(!gth_receipt_format(&r, &text));
	is_note(dirfd, "receipt", text, &region_key);

	digest(d.cipher_digest, "abc");
	must(!gth_deletion_format(&d, &text));
	is_note(dirfd, "deletion", text, &region_key);

	e.bytes = note.len;
	memcpy(e.body_digest, r.submission_digest, 32);
	eicar(e.digest);
	must(!gth_egress_format(&e, &text));
	is_vector(dirfd, "egress", text);
	free(text);
	eicar(w.digest);
	must(!gth_egress_format(&w, &text));
	is_vector(dirfd, "egress-withheld", text);
	free(text);
	bytes_free(&note);
}

/* Reads a file as the word at the begin of its name says. */
static int read_vector(const char *file, struct bytes b)
{
	static struct gth_submission submission;
	struct gth_trust trust;
	struct gth_statement statement;
	struct gth_receipt receipt;
	struct gth_deletion deletion;
	struct gth_region_verdict verdict;
	struct gth_egress egress;
	const struct gth_signer *key = &region_key;
	const char *text = (const char *)b.at;
	size_t len;
	int err;

	if (!strncmp(file, "trust", 5))
		return gth_trust_parse(&trust, text, b.len);
	if (!strncmp(file, "egress", 6))
		return gth_egress_parse(&egress, text, b.len);
	if (!strncmp(file, "statement", 9))
		key = &statement_key;
	else if (!strncmp(file, "submission", 10))
		key = &endpoint_key;
	err = gth_note_verify(text, b.len, &key->verifier, 1, &len);
	if (err)
		return err;
	switch (file[0] << 8 | file[1]) {
	case 's' << 8 | 't':
		return gth_statement_parse(&statement, text, len);
	case 's' << 8 | 'u':
		return gth_submission_parse(&submission, text, len);
	case 'r' << 8 | 'e':
		return gth_receipt_parse(&receipt, text, len);
	case 'd' << 8 | 'e':
		return gth_deletion_parse(&deletion, text, len);
	case 'v' << 8 | 'e':
		return gth_region_verdict_parse(&verdict, text, len);
	}
	return -ENOENT;
}

static const struct {
	const char *file;
	int err;
} bad[] = {
	{ "statement-signature", -EKEYREJECTED },
	{ "statement-unsigned", -EBADMSG },
	{ "statement-stranger", -ENOKEY },
	{ "statement-other-name", -ENOKEY },
	{ "statement-no-blank-line", -EBADMSG },
	{ "statement-no-lf", -EBADMSG },
	{ "statement-dash", -EBADMSG },
	{ "statement-short-signature", -EKEYREJECTED },
	{ "statement-base64", -EKEYREJECTED },
	{ "statement-utf8", -EBADMSG },
	{ "statement-65-signatures", -EBADMSG },
	{ "statement-two-signatures", -EKEYREJECTED },
	{ "statement-crlf", -EBADMSG },
	{ "statement-title", -EBADMSG },
	{ "statement-missing", -EBADMSG },
	{ "statement-doubled", -EBADMSG },
	{ "statement-order", -EBADMSG },
	{ "statement-trailing", -EBADMSG },
	{ "statement-leading-zero", -EBADMSG },
	{ "statement-large-number", -EBADMSG },
	{ "statement-expiry", -EBADMSG },
	{ "statement-country", -EBADMSG },
	{ "statement-countries", -EBADMSG },
	{ "statement-recipient", -EBADMSG },
	{ "statement-region-key", -EBADMSG },
	{ "statement-key-id", -EBADMSG },
	{ "submission-class", -EBADMSG },
	{ "submission-percent", -EBADMSG },
	{ "submission-percent-needless", -EBADMSG },
	{ "submission-nul", -EBADMSG },
	{ "submission-comm", -E2BIG },
	{ "submission-uuid", -EBADMSG },
	{ "receipt-digest", -EBADMSG },
	{ "receipt-as-deletion", -EBADMSG },
	{ "deletion-region", -EBADMSG },
	{ "verdict-word", -EBADMSG },
	{ "verdict-space", -EBADMSG },
	{ "verdict-empty", -EBADMSG },
	{ "verdict-latin", -EBADMSG },
	{ "trust-url", -EBADMSG },
	{ "trust-port", -EBADMSG },
	{ "trust-path", -EBADMSG },
	{ "trust-key", -EBADMSG },
	{ "egress-zero", -EBADMSG },
	{ "egress-reason", -EBADMSG },
	{ "egress-no-reason", -EBADMSG },
	{ "egress-region", -EBADMSG },
};

#define BAD (sizeof(bad) / sizeof(bad[0]))

static void good_and_bad(int vectors)
{
	static const char *const good[] = {
		"trust",    "statement", "submission", "receipt",
		"deletion", "verdict",	 "egress",     "egress-withheld"
	};
	char name[64];
	size_t files = 0;
	DIR *dir = opendir(VECTORS "/bad");
	struct bytes b;

	must(dir != NULL);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		b = load(vectors, good[i]);
		snprintf(name, sizeof(name), "takes_%s", good[i]);
		tap_is(read_vector(good[i], b), 0, name);
		bytes_free(&b);
	}
	for (size_t i = 0; i < BAD; i++) {
		b = load(dirfd(dir), bad[i].file);
		snprintf(name, sizeof(name), "refuses_%s", bad[i].file);
		tap_is(read_vector(bad[i].file, b), bad[i].err, name);
		bytes_free(&b);
	}
	for (struct dirent *d; (d = readdir(dir));)
		files += d->d_name[0] != '.';
	tap_is(files, BAD, "every_bad_vector_was_tried");
	closedir(dir);
}

int main(void)
{
	int dirfd = open(VECTORS, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dirfd < 0) {
		puts("Bail out! " VECTORS " is not there: run it from the top directory");
		return 1;
	}
	keys(dirfd);
	region_side(dirfd);
	both_sides(dirfd);
	good_and_bad(dirfd);
	close(dirfd);
	return tap_done();
}
