// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * release.c - releases of a log, judged by a policy: each wrong part has an outcome of its own, and
 * a policy that cannot be read is not the same as none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/log/checkpoint.h"
#include "lib/log/proof_text.h"
#include "lib/release/judge.h"
#include "lib/release/policy_file.h"
#include "lib/text/manifest_text.h"
#include "tests/unit/lib/etc_dir.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

#define RELEASES 5
#define CREATED 1000000
#define EXPIRES 2000000
#define COSIGNED 1500000 /* by the first witness; by the second, 100 s later */
#define NOW 1600000

static struct gth_signer log_key, stranger;
static struct gth_witness_key witness[2];
static char text[RELEASES][4096]; /* manifests of versions 1, 2 ... */
static struct gth_manifest manifest[RELEASES];
static char policy_text[2048];
static struct gth_policy policy;
static int dir;

static void make_log(struct gth_tlog **log)
{
	uint64_t index;

	must(!gth_tlog_open(log, dir, &log_key));
	for (int i = 0; i < RELEASES; i++)
		must(!gth_tlog_append(*log, text[i], strlen(text[i]), &index));
}

static void make_manifests(void)
{
	for (int i = 0; i < RELEASES; i++) {
		struct gth_manifest *m = &manifest[i];

		*m = (struct gth_manifest) { .name = "main",
					     .version = (u64)i + 1,
					     .created = CREATED,
					     .expires = EXPIRES,
					     .body_size = 34,
					     .count[GTH_CLASS_MALICIOUS] = 1 };
		memset(m->body_digest, i + 1, sizeof(m->body_digest));
		must(gth_manifest_format(m, text[i], sizeof(text[i])) > 0);
	}
}

static struct gth_checkpoint checkpoint_of(uint64_t size)
{
	struct gth_checkpoint c = { .size = size };

	strcpy(c.origin, log_key.verifier.name);
	must(!gth_tlog_root(dir, size, c.root));
	return c;
}

/* The checkpoint, signed by @by and the first @witnesses. To be freed. */
static char *note_of(const struct gth_checkpoint *c, const struct gth_signer *by, int witnesses)
{
	char plain[GTH_CHECKPOINT_SIZE], *note, *line, *longer;

	must(!gth_checkpoint_format(c, plain) && !gth_note_sign(plain, by, &note));
	for (int i = 0; i < witnesses; i++) {
		must(!gth_cosign(note, COSIGNED + 100 * (uint64_t)i, &witness[i], &line));
		must(asprintf(&longer, "%s%s", note, line) > 0);
		free(line);
		free(note);
		note = longer;
	}
	return note;
}

/* A proof of entry @i in the tree of @size; to be freed. */
static char *proof_of(uint64_t size, uint64_t i, const struct gth_signer *by, int witnesses)
{
	struct gth_checkpoint c = checkpoint_of(size);
	char *note = note_of(&c, by, witnesses), *proof;
	struct gth_tree_proof p;

	must(!gth_tlog_prove_entry(dir, size, i, &p) && !gth_proof_format(&p, i, note, &proof));
	free(note);
	return proof;
}

static struct gth_release_case the_case(const char *manifest_text, const char *proof)
{
	return (struct gth_release_case) { .policy = &policy,
					   .manifest = manifest_text,
					   .manifest_len = strlen(manifest_text),
					   .proof = proof,
					   .proof_len = proof ? strlen(proof) : 0,
					   .now = NOW };
}

static bool is(const struct gth_release_case *c, enum gth_release_outcome wanted)
{
	struct gth_release_judgement j;
	enum gth_release_outcome got = gth_release_judge(c, &j);

	if (got != wanted)
		tap_note("%s", gth_release_sentence(got));
	return got == wanted;
}

static void parse_policy(const char *quorum)
{
	char keys[3][GTH_NOTE_KEY_SIZE];
	struct gth_policy_fault fault;

	must(!gth_verifier_format(&log_key.verifier, keys[0]));
	for (int i = 0; i < 2; i++) {
		struct gth_witness w = gth_witness_of(&witness[i]);

		gth_witness_format(&w, keys[i + 1]);
	}
	snprintf(policy_text, sizeof(policy_text),
		 "log %s\nwitness one %s\nwitness two %s\ngroup both all one two\nquorum %s\n",
		 keys[0], keys[1], keys[2], quorum);
	must(!gth_policy_parse(&policy, policy_text, strlen(policy_text), &fault));
}

static void test_good(void)
{
	char *proof = proof_of(5, 2, &log_key, 2);
	struct gth_release_case c = the_case(text[2], proof);
	struct gth_release_judgement j;
	struct gth_checkpoint newest = checkpoint_of(5);

	tap_is(gth_release_judge(&c, &j), GTH_RELEASE_GOOD, "a_logged_release_is_good");
	tap_ok(j.m.version == 3 && j.index == 2 && j.linked &&
		       !memcmp(&j.checkpoint, &newest, sizeof(newest)),
	       "its_place_is_told");
	tap_ok(j.witnessed == COSIGNED && j.times[0] == COSIGNED && j.times[1] == COSIGNED + 100,
	       "its_witnesses_are_told");
	tap_ok(j.note + j.note_len == proof + strlen(proof) &&
		       !strncmp(j.note, newest.origin, strlen(newest.origin)),
	       "its_checkpoint_is_the_end_of_the_proof");
	free(proof);
}

static void test_wrong_parts(void)
{
	char *proof = proof_of(5, 2, &log_key, 2), *other;
	struct gth_release_case c = the_case("gotthard-signatures 1\n", proof);
	char damaged[4096];

	tap_ok(is(&c, GTH_RELEASE_MALFORMED), "what_is_not_a_manifest");
	c = the_case(text[2], proof);
	c.manifest_len = 4097;
	tap_ok(is(&c, GTH_RELEASE_MALFORMED), "what_is_too_long_for_one");
	c = the_case(text[2], NULL);
	tap_ok(is(&c, GTH_RELEASE_NO_PROOF), "no_proof");
	c = the_case(text[2], "");
	tap_ok(is(&c, GTH_RELEASE_NOT_A_PROOF), "an_empty_proof");
	c = the_case(text[2], proof);
	c.proof_len -= 30;
	tap_ok(is(&c, GTH_RELEASE_NOT_A_PROOF), "a_proof_that_was_cut_off");
	c = the_case(text[1], proof);
	tap_ok(is(&c, GTH_RELEASE_NOT_LOGGED), "a_proof_of_another_release");
	other = proof_of(4, 2, &log_key, 2);
	snprintf(damaged, sizeof(damaged), "%.*s%s", (int)(strstr(proof, "\n\n") + 2 - proof),
		 proof, strstr(other, "\n\n") + 2);
	c = the_case(text[2], damaged);
	tap_ok(is(&c, GTH_RELEASE_NOT_LOGGED), "a_proof_with_another_checkpoint");
	free(other);
	other = proof_of(5, 2, &stranger, 2);
	c = the_case(text[2], other);
	tap_ok(is(&c, GTH_RELEASE_OTHER_LOG), "a_log_that_the_policy_does_not_name");
	free(other);
	snprintf(damaged, sizeof(damaged), "%s", proof);
	other = strrchr(damaged, ' ') + 40;
	*other = *other == 'A' ? 'B' : 'A';
	c = the_case(text[2], damaged);
	tap_ok(is(&c, GTH_RELEASE_BAD_SIGNATURE), "a_cosignature_that_was_changed");
	for (int n = 0; n < 2; n++) {
		struct gth_release_judgement j;

		other = proof_of(5, 2, &log_key, n);
		c = the_case(text[2], other);
		tap_ok(is(&c, GTH_RELEASE_TOO_FEW), n ? "one_witness_of_two" : "no_witness");
		tap_ok(gth_release_judge(&c, &j) == GTH_RELEASE_TOO_FEW && j.index == 2 &&
			       j.checkpoint.size == 5 && !j.times[0] == !n && !j.times[1],
		       "all_that_is_known_is_told");
		c = the_case(text[1], other);
		tap_ok(is(&c, GTH_RELEASE_NOT_LOGGED), "another_release_counts_more");
		free(other);
	}
	free(proof);
}

static void test_seen(void)
{
	char *proof = proof_of(4, 2, &log_key, 2);
	struct gth_release_case c = the_case(text[2], proof);
	struct gth_checkpoint seen = checkpoint_of(3), fork;
	struct gth_release_judgement j;
	struct gth_tree_proof link;

	c.seen = &seen;
	must(!gth_tlog_prove_older(dir, 4, 3, &link));
	tap_ok(!gth_release_judge(&c, &j) && !j.linked, "witnesses_vouch_for_a_larger_log");
	c.link = &link;
	tap_ok(!gth_release_judge(&c, &j) && j.linked, "or_a_proof_shows_it");
	fork = seen;
	fork.root[5] ^= 1;
	c.seen = &fork;
	tap_ok(is(&c, GTH_RELEASE_FORKED), "a_log_that_does_not_continue_is_forked");
	fork = checkpoint_of(4);
	c.link = NULL;
	tap_ok(!gth_release_judge(&c, &j) && j.linked, "the_same_checkpoint_again");
	fork.root[5] ^= 1;
	tap_ok(is(&c, GTH_RELEASE_FORKED), "another_one_of_the_same_size_is_a_fork");
	fork = checkpoint_of(5);
	tap_ok(is(&c, GTH_RELEASE_ROLLED_BACK), "a_smaller_one_is_rolled_back");
	must(!gth_tlog_prove_older(dir, 5, 4, &link));
	c.link = &link;
	tap_ok(!gth_release_judge(&c, &j) && j.linked, "unless_the_larger_one_continues_it");
	fork.root[5] ^= 1;
	tap_ok(is(&c, GTH_RELEASE_FORKED), "which_a_fork_does_not");
	c.link = NULL;
	strcpy(fork.origin, "another.example");
	tap_ok(!gth_release_judge(&c, &j) && j.linked, "of_another_log_nothing_was_seen");
	free(proof);
	parse_policy("none");
	proof = proof_of(4, 2, &log_key, 0);
	c = the_case(text[2], proof);
	tap_ok(is(&c, GTH_RELEASE_GOOD), "the_log_alone_where_no_witness_is_needed");
	c.seen = &seen;
	must(!gth_tlog_prove_older(dir, 4, 3, &link));
	tap_ok(is(&c, GTH_RELEASE_UNLINKED), "without_witnesses_the_link_must_be_shown");
	c.link = &link;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "and_is_enough");
	c.freshness = 1;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "there_is_no_freshness_without_witnesses");
	parse_policy("both");
	free(proof);
}

static void test_age(void)
{
	char *proof = proof_of(5, 2, &log_key, 2);
	struct gth_release_case c = the_case(text[2], proof);
	struct gth_floor floor = { .name = "main", .version = 3 };

	memcpy(floor.body_digest, manifest[2].body_digest, sizeof(floor.body_digest));
	c.floor = &floor;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "the_release_in_force_again");
	floor.body_digest[0] ^= 1;
	tap_ok(is(&c, GTH_RELEASE_OLD), "not_another_one_of_its_version");
	floor.version = 4;
	tap_ok(is(&c, GTH_RELEASE_OLD), "not_an_older_one");
	strcpy(floor.name, "mai");
	tap_ok(is(&c, GTH_RELEASE_GOOD), "unless_of_another_name");
	floor.version = 2;
	strcpy(floor.name, "main");
	tap_ok(is(&c, GTH_RELEASE_GOOD), "a_newer_one");

	c.now = EXPIRES - 1;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "the_last_second");
	c.now = EXPIRES;
	tap_ok(is(&c, GTH_RELEASE_EXPIRED), "after_it_has_expired");
	tap_ok(!gth_release_may_load(&policy, GTH_RELEASE_EXPIRED), "an_expired_one_is_not_loaded");
	policy.expired_warns = true;
	tap_ok(is(&c, GTH_RELEASE_EXPIRED), "it_has_expired_by_any_policy");
	tap_ok(gth_release_may_load(&policy, GTH_RELEASE_EXPIRED), "and_is_loaded_by_one");
	tap_ok(!gth_release_may_load(&policy, GTH_RELEASE_OLD) &&
		       !gth_release_may_load(&policy, GTH_RELEASE_FROZEN) &&
		       gth_release_may_load(&policy, GTH_RELEASE_GOOD),
	       "which_allows_nothing_else");
	c.freshness = 1;
	tap_ok(is(&c, GTH_RELEASE_FROZEN), "nor_hides_a_frozen_log");
	c.freshness = 0;
	policy.expired_warns = false;
	c.now = GTH_RELEASE_NO_CLOCK;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "without_a_clock_nothing_expires");
	c.now = COSIGNED + 500;
	c.freshness = 500;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "fresh_to_the_second");
	c.freshness = 499;
	tap_ok(is(&c, GTH_RELEASE_FROZEN), "and_frozen_after_it");
	c.now = COSIGNED + 100 - GTH_RELEASE_AHEAD;
	tap_ok(is(&c, GTH_RELEASE_GOOD), "a_clock_a_day_late");
	c.now--;
	tap_ok(is(&c, GTH_RELEASE_TOO_FEW), "not_later");
	free(proof);
}

static void test_outcomes(void)
{
	bool good = !gth_release_errno(GTH_RELEASE_GOOD);

	for (enum gth_release_outcome o = GTH_RELEASE_GOOD + 1; o <= GTH_RELEASE_FROZEN; o++) {
		good = good && gth_release_errno(o) < 0 && strlen(gth_release_sentence(o)) > 10;
		for (enum gth_release_outcome other = GTH_RELEASE_GOOD; other < o; other++)
			good = good && gth_release_errno(o) != gth_release_errno(other);
	}
	tap_ok(good, "each_outcome_has_an_errno_of_its_own");
}

static int load_policy(unsigned int *line)
{
	struct gth_policy_fault fault;
	int err = gth_release_policy_load(&policy, etc, &fault);

	*line = fault.line;
	return err;
}

static void test_file(void)
{
	char path[300];
	unsigned int line;

	etc_begin();
	snprintf(path, sizeof(path), "%s/" GTH_RELEASE_POLICY, etc);
	tap_is(load_policy(&line), -ENOENT, "no_file_is_no_policy");
	etc_write(GTH_RELEASE_POLICY, policy_text);
	tap_ok(!load_policy(&line) && policy.witnesses == 2 && policy.quorum != GTH_POLICY_NONE,
	       "a_file_is_read");
	must(!chmod(path, 0620));
	tap_is(load_policy(&line), -EPERM, "not_one_that_others_write");
	must(!unlink(path) && !mkfifo(path, 0600));
	tap_is(load_policy(&line), -ENOTSUP, "a_fifo_is_not_no_policy");
	must(!unlink(path) && !symlink("nowhere", path));
	tap_is(load_policy(&line), -ENOLINK, "nor_is_a_link_to_nothing");
	must(!unlink(path));
	etc_write("elsewhere", policy_text);
	must(!symlink("elsewhere", path));
	tap_is(load_policy(&line), 0, "a_link_is_followed");
	must(!unlink(path));
	etc_write(GTH_RELEASE_POLICY, "# mine\nquorum nobody\n");
	tap_ok(load_policy(&line) == -EINVAL && line == 2, "a_wrong_line_is_named");
	etc_write(GTH_RELEASE_POLICY, "");
	tap_is(load_policy(&line), -EINVAL, "an_empty_file_is_wrong");
	must(!truncate(path, GTH_POLICY_MAX + 1));
	tap_is(load_policy(&line), -EINVAL, "a_long_file_is_wrong");
	etc_remove("");
}

int main(void)
{
	struct gth_tlog *log;
	char path[PATH_MAX];

	must(!gth_signer_create(&log_key, "log.example") &&
	     !gth_signer_create(&stranger, "log.example") &&
	     !gth_witness_key_create(&witness[0], "one.example") &&
	     !gth_witness_key_create(&witness[1], "two.example"));
	make_manifests();
	dir = scratch_dir(path);
	make_log(&log);
	parse_policy("both");
	test_good();
	test_wrong_parts();
	test_seen();
	test_age();
	test_outcomes();
	test_file();
	gth_tlog_close(log);
	close(dir);
	remove_tree(path);
	return tap_done();
}
