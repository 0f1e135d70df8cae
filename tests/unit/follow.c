// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * follow.c - the newest release of a log of 1 to 600 entries, and the states of a log: frozen,
 * forked, rolled back, withheld, out of reach, refused; each by a log that is so. And expired.
 *
 * Long because all of them are made of one log and one machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/log/checkpoint.h"
#include "lib/log/seen.h"
#include "lib/release/follow.h"
#include "lib/release/remember.h"
#include "lib/text/manifest_text.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

#define SIZE 600 /* entries of the log at its end */
#define NOW 1600000
#define EXPIRES 2000000

static struct gth_signer log_key, stranger;
static struct gth_witness_key witness;
static struct gth_policy policy;
static char base[PATH_MAX];
static int log_dir, memory; /* the log, and what is remembered */
static int work = -1;	    /* the files of it that were fetched */
static struct gth_floor floor_;
static struct gth_followed r;

/* Faults of the log that is served. */
static const char *missing;
static int missing_err;
static unsigned int fetched;

static const char *at(const char *name)
{
	static char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	return path;
}

static int open_dir(const char *name)
{
	int fd = open(at(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	must(fd >= 0);
	return fd;
}

/* Entry @i: version i / 3 + 1 of one of three names. */
static size_t entry_text(uint64_t i, bool fork, char *text, struct gth_manifest *m)
{
	static const char *const names[] = { "main", "other", "third" };
	int len;

	*m = (struct gth_manifest) { .version = i / 3 + 1,
				     .created = 1000000,
				     .expires = EXPIRES,
				     .body_size = 34,
				     .count[GTH_CLASS_MALICIOUS] = 1 };
	strcpy(m->name, names[i % 3]);
	memset(m->body_digest, fork ? 0xff : (int)(i & 0x7f), sizeof(m->body_digest));
	len = gth_manifest_format(m, text, 4096);
	must(len > 0);
	return (size_t)len;
}

static void grow_log(int dir, uint64_t from, uint64_t to, uint64_t fork_at)
{
	static char text[SIZE][1024], one[4096];
	static struct gth_tlog_entry entries[SIZE];
	struct gth_manifest m;
	struct gth_tlog *log;
	size_t added;

	must(!gth_tlog_open_public(&log, dir, &log_key) && gth_tlog_size(log) == from);
	for (uint64_t i = from; i < to; i++) {
		size_t len = entry_text(i, i >= fork_at, one, &m);

		must(len < sizeof(text[0]));
		memcpy(text[i], one, len);
		entries[i] = (struct gth_tlog_entry) { text[i], len };
	}
	for (uint64_t i = from; i < to; i += added)
		must(!gth_tlog_append_all(log, &entries[i], (size_t)(to - i), &added) && added);
	gth_tlog_close(log);
}

/* The cosigned checkpoint of what @dir holds; @cosigned: whether a witness did. */
static void cosign(int dir, uint64_t time, bool cosigned)
{
	size_t len;
	uint8_t *note = read_whole(dir, "checkpoint", &len);
	char *line, *both;

	must(note && !gth_cosign((char *)note, time, &witness, &line));
	must(asprintf(&both, "%s%s", (char *)note, cosigned ? line : "") > 0);
	must(write_whole(dir, "checkpoint.cosigned", both, strlen(both)));
	free(both);
	free(line);
	free(note);
}

static int fetch(void *arg, const char *path, uint64_t max)
{
	uint8_t *data;
	size_t len;

	(void)arg;
	fetched++;
	if (missing && strstr(path, missing))
		return missing_err;
	data = read_whole(log_dir, path, &len);
	if (!data)
		return -ENOENT;
	must(len <= max && !gth_tile_make_dirs(work, path, 0700, false) &&
	     write_whole(work, path, data, len));
	free(data);
	return 0;
}

/* Nothing is left of what was fetched before. */
static void empty_work(void)
{
	if (work >= 0)
		close(work);
	remove_tree(at("work"));
	must(!mkdir(at("work"), 0700));
	work = open_dir("work");
}

static struct gth_follow the_log(void)
{
	return (struct gth_follow) { .policy = &policy,
				     .memory = memory,
				     .work = work,
				     .name = "main",
				     .floor = floor_.version ? &floor_ : NULL,
				     .now = NOW,
				     .freshness = 1000,
				     .fetch = fetch };
}

static bool is_of(const struct gth_follow *asked, enum gth_follow_state wanted)
{
	struct gth_follow f = *asked;
	enum gth_follow_state state;
	int err;

	gth_followed_free(&r);
	fetched = 0;
	empty_work();
	f.work = work;
	err = gth_follow(&f, &r, &state);
	if (err || state != wanted)
		tap_note("errno %d, %s, %s", err, gth_follow_word(state),
			 gth_release_sentence(r.outcome));
	return !err && state == wanted;
}

static bool is(enum gth_follow_state wanted)
{
	struct gth_follow f = the_log();

	return is_of(&f, wanted);
}

static void forget(void)
{
	remove_tree(at("state"));
	close(memory);
	memory = gth_release_memory_open(at("state"));
	must(memory >= 0);
}

/* The release of this entry is in force. */
static void in_force(uint64_t i)
{
	struct gth_manifest m;
	char text[4096];

	entry_text(i, false, text, &m);
	floor_ = (struct gth_floor) { .version = m.version };
	strcpy(floor_.name, m.name);
	memcpy(floor_.body_digest, m.body_digest, sizeof(floor_.body_digest));
}

static bool is_entry(uint64_t i)
{
	char text[4096];
	struct gth_manifest m;
	size_t len = entry_text(i, false, text, &m);
	struct gth_release_case c = { .policy = &policy,
				      .manifest = text,
				      .manifest_len = len,
				      .proof = r.proof,
				      .proof_len = r.proof ? strlen(r.proof) : 0,
				      .now = NOW };
	struct gth_release_judgement j;

	return r.manifest_len == len && !memcmp(r.manifest, text, len) &&
	       gth_release_judge(&c, &j) == GTH_RELEASE_GOOD && j.index == i &&
	       r.judgement.index == i;
}

/* Each size from that of before on: the newest release is found, and the log continues. */
static void test_sizes(void)
{
	static const uint64_t sizes[] = { 1,   2,   3,	 4,   7,   8,	255, 256,
					  257, 258, 300, 511, 512, 513, 600 };
	uint64_t size = 0;
	int newer = 0, same = 0, linked = 0;
	unsigned int most = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint64_t newest = (sizes[i] - 1) / 3 * 3;

		grow_log(log_dir, size, sizes[i], UINT64_MAX);
		size = sizes[i];
		cosign(log_dir, NOW - 10, true);
		floor_.version = 0;
		newer += is(GTH_FOLLOW_NEWER) && is_entry(newest) && r.checkpoint.size == size;
		linked += r.first == !i;
		most = fetched > most ? fetched : most;
		in_force(newest);
		same += is(GTH_FOLLOW_CURRENT) && !r.first && r.witnessed == NOW - 10;
	}
	tap_is(newer, sizeof(sizes) / sizeof(*sizes), "the_newest_release_is_found_and_proved");
	tap_is(same, sizeof(sizes) / sizeof(*sizes), "and_is_current_once_it_is_in_force");
	tap_is(linked, sizeof(sizes) / sizeof(*sizes), "only_the_first_checkpoint_is_the_first");
	tap_ok(most < 20, "the_number_of_files_does_not_grow_with_the_log");
	forget();
	for (uint64_t older = 1; older < SIZE; older += 1 + older / 7) {
		struct gth_checkpoint c = { .size = older };
		char text[GTH_CHECKPOINT_SIZE], *note;

		strcpy(c.origin, log_key.verifier.name);
		must(!gth_tlog_root(log_dir, older, c.root) && !gth_checkpoint_format(&c, text) &&
		     !gth_note_sign(text, &log_key, &note) &&
		     !gth_seen_store(memory, &log_key.verifier, note));
		free(note);
		if (!is(GTH_FOLLOW_CURRENT)) {
			tap_note("of %llu entries", (unsigned long long)older);
			tap_ok(false, "an_older_checkpoint_of_any_size_is_continued");
			return;
		}
	}
	tap_ok(true, "an_older_checkpoint_of_any_size_is_continued");
}

/* The cosigned checkpoint is of before: its last tiles were replaced by wider ones. */
static void test_grown(void)
{
	static const uint64_t sizes[][2] = {
		{ 1, 2 },     { 3, 200 },   { 255, 256 }, { 255, 257 },
		{ 256, 511 }, { 257, 300 }, { 257, 600 }, { 511, 513 }
	};
	int whole = log_dir, good = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		forget();
		must(!mkdir(at("grown"), 0700));
		log_dir = open_dir("grown");
		grow_log(log_dir, 0, sizes[i][0], UINT64_MAX);
		cosign(log_dir, NOW - 10, true);
		grow_log(log_dir, sizes[i][0], sizes[i][1], UINT64_MAX);
		in_force((sizes[i][0] - 1) / 3 * 3);
		good += is(GTH_FOLLOW_CURRENT) && r.checkpoint.size == sizes[i][0];
		close(log_dir);
		remove_tree(at("grown"));
	}
	tap_is(good, sizeof(sizes) / sizeof(*sizes), "a_log_that_has_grown_since_it_was_cosigned");
	log_dir = whole;
	forget();
}

static void test_names(void)
{
	struct gth_follow f = the_log();

	f.name = "third";
	f.floor = NULL;
	tap_ok(is_of(&f, GTH_FOLLOW_NEWER) && is_entry(SIZE - 1), "another_name");
	f.name = "nobody";
	tap_ok(is_of(&f, GTH_FOLLOW_ABSENT) && r.checkpoint.size == SIZE,
	       "a_name_that_is_not_there");
	f.name = "third";
	f.now = EXPIRES - 1;
	f.freshness = 0;
	tap_ok(is_of(&f, GTH_FOLLOW_NEWER), "the_last_second_of_a_release");
	f.now = EXPIRES;
	tap_ok(is_of(&f, GTH_FOLLOW_EXPIRED) && is_entry(SIZE - 1) && r.proof, "it_has_expired");
	policy.expired_warns = true;
	tap_ok(is_of(&f, GTH_FOLLOW_NEWER), "unless_the_policy_allows_it");
	policy.expired_warns = false;
	f = the_log();
	f.now = EXPIRES;
	f.freshness = 0;
	tap_ok(is_of(&f, GTH_FOLLOW_CURRENT), "what_is_in_force_stays_current");
}

static void test_states(void)
{
	struct gth_follow f = the_log();
	char *text;
	size_t len;

	f.now = NOW - 10 + 1001;
	tap_ok(is_of(&f, GTH_FOLLOW_FROZEN), "frozen_after_that_time");
	f.now--;
	tap_ok(is_of(&f, GTH_FOLLOW_CURRENT), "not_a_second_before");
	missing_err = -ECONNREFUSED;
	missing = "checkpoint";
	tap_ok(is(GTH_FOLLOW_UNREACHABLE), "no_checkpoint_is_out_of_reach");
	missing = "tile/1";
	tap_ok(is(GTH_FOLLOW_UNREACHABLE), "so_is_a_tile_that_did_not_come");
	missing_err = -ENOENT;
	tap_ok(is(GTH_FOLLOW_WITHHELD), "a_tile_that_is_not_there_is_withheld");
	missing = "tile/entries/";
	tap_ok(is(GTH_FOLLOW_WITHHELD), "so_are_the_entries");
	missing = NULL;
	cosign(log_dir, NOW - 10, false);
	tap_ok(is(GTH_FOLLOW_REFUSED) && r.outcome == GTH_RELEASE_TOO_FEW, "no_witness_is_refused");
	must(write_whole(log_dir, "checkpoint.cosigned", "x", 1));
	tap_ok(is(GTH_FOLLOW_REFUSED) && r.outcome == GTH_RELEASE_NOT_A_PROOF,
	       "what_is_not_a_checkpoint_is_refused");
	must(!unlinkat(log_dir, "checkpoint.cosigned", 0));
	tap_ok(is(GTH_FOLLOW_REFUSED) && r.outcome == GTH_RELEASE_TOO_FEW,
	       "without_a_cosigned_one_the_newest_is_asked");
	cosign(log_dir, NOW - 10, true);

	/* An entry that was changed to hide the newest release. */
	text = (char *)read_whole(log_dir, "tile/entries/002.p/88", &len);
	must(text);
	memcpy(memmem(text, len, "name: third\nversion: 200", 24), "name: thire", 11);
	must(write_whole(log_dir, "tile/entries/002.p/88", text, len));
	tap_ok(is(GTH_FOLLOW_WITHHELD), "an_entry_that_was_changed_is_withheld");
	memcpy(memmem(text, len, "name: thire", 11), "name: third", 11);
	must(write_whole(log_dir, "tile/entries/002.p/88", text, len));
	free(text);
	text = (char *)read_whole(log_dir, "tile/0/002.p/88", &len);
	text[7] ^= 1;
	must(write_whole(log_dir, "tile/0/002.p/88", text, len));
	tap_ok(is(GTH_FOLLOW_WITHHELD), "so_is_a_tile");
	text[7] ^= 1;
	must(write_whole(log_dir, "tile/0/002.p/88", text, len));
	free(text);
	in_force(SIZE - 3);
	floor_.version++;
	tap_ok(is(GTH_FOLLOW_ROLLED_BACK), "a_release_that_is_older_than_the_one_in_force");
	in_force(SIZE - 3);
	floor_.body_digest[0] ^= 1;
	tap_ok(is(GTH_FOLLOW_ROLLED_BACK), "or_another_one_of_its_version");
	in_force(SIZE - 3);
}

static void test_other_logs(void)
{
	int whole = log_dir;
	struct gth_follow f;

	must(!mkdir(at("short"), 0700) && !mkdir(at("fork"), 0700));
	log_dir = open_dir("short");
	grow_log(log_dir, 0, 500, UINT64_MAX);
	cosign(log_dir, NOW - 5, true);
	tap_ok(is(GTH_FOLLOW_ROLLED_BACK), "a_smaller_log_is_rolled_back");
	close(log_dir);
	log_dir = open_dir("fork");
	grow_log(log_dir, 0, SIZE, 590);
	cosign(log_dir, NOW - 5, true);
	tap_ok(is(GTH_FOLLOW_FORKED), "a_fork_of_the_same_size");
	close(log_dir);
	log_dir = whole;
	tap_ok(is(GTH_FOLLOW_CURRENT), "neither_was_remembered");
	forget();
	must(!mkdir(at("first"), 0700));
	log_dir = open_dir("first");
	grow_log(log_dir, 0, 595, UINT64_MAX);
	cosign(log_dir, NOW - 5, true);
	in_force(594);
	must(is(GTH_FOLLOW_CURRENT));
	close(log_dir);
	log_dir = open_dir("fork");
	tap_ok(is(GTH_FOLLOW_FORKED), "a_fork_that_is_longer");
	close(log_dir);
	log_dir = whole;
	in_force(SIZE - 3);
	tap_ok(is(GTH_FOLLOW_CURRENT), "the_log_itself_is_longer_too");

	f = the_log();
	policy.log[0] = stranger.verifier;
	tap_ok(is_of(&f, GTH_FOLLOW_REFUSED) && r.outcome == GTH_RELEASE_OTHER_LOG,
	       "a_log_of_another_key");
	policy.log[0] = log_key.verifier;
	policy.quorum = GTH_POLICY_NONE;
	missing = "cosigned";
	f.now = NOW * 10;
	tap_ok(is_of(&f, GTH_FOLLOW_CURRENT), "without_witnesses_there_is_no_freshness");
	missing = NULL;
	policy.quorum = 0;
}

static void test_memory(void)
{
	enum gth_follow_state state;
	struct gth_follow f = the_log();
	size_t len;
	char *note;

	cosign(log_dir, NOW - 1, true);
	must(is(GTH_FOLLOW_CURRENT) && !gth_seen_note(memory, &log_key.verifier, &note, &len));
	free(note);
	cosign(log_dir, NOW - 500, true);
	must(is(GTH_FOLLOW_CURRENT) && r.witnessed == NOW - 500);
	must(!gth_seen_note(memory, &log_key.verifier, &note, &len));
	{
		struct gth_checkpoint c;
		uint64_t time;

		tap_ok(!gth_policy_judge(&policy, note, len, 0, NOW, &c, &time) && time == NOW - 1,
		       "the_newest_cosignature_is_remembered");
	}
	free(note);
	gth_followed_free(&r);
	must(!gth_seen_store(memory, &log_key.verifier, "torn\n"));
	empty_work();
	f.work = work;
	tap_is(gth_follow(&f, &r, &state), -EBADMSG, "a_damaged_memory_is_an_error");
	gth_followed_free(&r);
}

int main(void)
{
	close(scratch_dir(base));
	must(!gth_signer_create(&log_key, "log.example") &&
	     !gth_signer_create(&stranger, "log.example") &&
	     !gth_witness_key_create(&witness, "w.example"));
	policy.logs = policy.witnesses = 1;
	policy.log[0] = log_key.verifier;
	policy.witness[0] = gth_witness_of(&witness);
	must(!mkdir(at("log"), 0700));
	log_dir = open_dir("log");
	memory = gth_release_memory_open(at("state"));
	must(memory >= 0);
	test_grown();
	test_sizes();
	test_names();
	test_states();
	test_other_logs();
	test_memory();
	gth_followed_free(&r);
	remove_tree(base);
	return tap_done();
}
