// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * witness_crash.c - gotthard-region witness and cosign that are killed, lose power or meet a full
 * disk at each call that changes something. No cosignature is there whose checkpoint the witness
 * does not remember; the checkpoint of the log stays signed; and the same command, given again,
 * ends the work.
 */
#include <errno.h>

#include "lib/log/policy.h"
#include "region/log_dir.h"
#include "region/region.h"
#include "lib/log/seen.h"
#include "tests/unit/tlog_disk.h"

#include "tests/unit/tap.h"

/* As in publish_crash.c: calls in a row whose errors are ignored. */
#define DIGEST "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define CALM 40
#define TIME 1700000000

static struct gth_signer signer;
static struct gth_witness_key witness_key;
static struct gth_witness witness;
static char base[PATH_MAX];

/* The path of a file in the directory of the test; eight of them are valid at a time. */
static const char *file(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned int n;
	char *path = paths[n++ % 8];

	snprintf(path, PATH_MAX, "%.200s/%s", base, name);
	return path;
}

/* The directory that a command changes, the command, and what must be true after it. */
struct trial {
	const char *seed; /* the directory as it was before */
	int (*command)(const char *dir);
	bool (*sound)(int dir, bool done);
};

static int witness_command(const char *dir)
{
	char out[PATH_MAX + 8];
	char *args[] = { "gotthard-region witness",
			 "--log",
			 (char *)file("log"),
			 "--log-key",
			 (char *)file("key.pub"),
			 "--state",
			 (char *)dir,
			 "--key",
			 (char *)file("witness"),
			 "-o",
			 out,
			 NULL };

	snprintf(out, sizeof(out), "%s/out", dir);
	return region_witness(11, args);
}

/* The state is that of one entry or of two; a cosignature is of what the state has. */
static bool witness_sound(int dir, bool done)
{
	struct gth_checkpoint c;
	struct stat st;
	bool out = !fstatat(dir, "out", &st, 0) && st.st_size;

	if (gth_seen_load(dir, &signer.verifier, &c))
		return false;
	return c.size == 2 || (c.size == 1 && !out && !done);
}

static int cosign_command(const char *dir)
{
	char *args[] = { "gotthard-region cosign",    (char *)dir,
			 (char *)file("cosignature"), "--policy",
			 (char *)file("policy"),      NULL };

	return region_cosign(5, args);
}

/* The checkpoint is of the log, with the cosignature or without. */
static bool cosign_sound(int dir, bool done)
{
	struct gth_checkpoint c;
	uint64_t time = 0;
	size_t len = 0;
	char *note = (char *)read_whole(dir, "checkpoint", &len);
	bool good = note && !gth_tlog_checkpoint(dir, &signer.verifier, &c) && c.size == 2 &&
		    !gth_cosigned_at(note, len, &witness, 1, &time) &&
		    (time == TIME || (!time && !done));

	free(note);
	return good;
}

struct run {
	const struct trial *trial;
	const char *path;
};

static int command(const void *arg)
{
	const struct run *r = arg;

	return r->trial->command(r->path);
}

static int run_command(const struct trial *t, const char *path, int dir, enum disk_end end,
		       unsigned long at, int to)
{
	const struct run r = { t, path };

	return disk_run(end, at, dir, to, command, &r);
}

static bool goes_on(const struct trial *t, const char *path, int dir)
{
	bool good = t->sound(dir, false);

	for (int i = 0; i < 2 && good; i++)
		good = !run_command(t, path, dir, DISK_GOES_ON, 0, -1) && t->sound(dir, true);
	return good;
}

/* Return: 1: it ended, or met the error, at the call number @at; 0: it came to its end; -1: bad. */
static int run(const struct trial *t, enum disk_end end, unsigned long at)
{
	char path[PATH_MAX], left[PATH_MAX];
	int dir = scratch_dir(path), to = scratch_dir(left), status, ret;
	int from = open(t->seed, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool cut;

	copy_tree(t->seed, from, dir);
	status = run_command(t, path, dir, end, at, to);
	ret = disk_ended(end, status);
	cut = end == DISK_CUT && ret == 1;
	if (ret >= 0 && !goes_on(t, cut ? left : path, cut ? to : dir))
		ret = -1;
	if (ret < 0)
		tap_note("at call %lu: status %#x", at, (unsigned int)status);
	remove_tree(left);
	remove_tree(path);
	close(from);
	close(dir);
	close(to);
	return ret;
}

static void test_each_call(const struct trial *t, enum disk_end end, const char *name)
{
	unsigned long at = 0, met = 0, calm = 0;
	int ret;

	do {
		ret = run(t, end, ++at);
		for (int i = 0; i < 2 && ret == 1 && end == DISK_CUT; i++) {
			disk.torn = true;
			random_u64();
			ret = run(t, end, at);
			disk.torn = false;
		}
		met += ret == 1;
		calm = ret ? 0 : calm + 1;
	} while (ret == 1 || (!ret && end == DISK_FAILS && calm < CALM));
	tap_note("%lu calls", met);
	tap_ok(!ret && met > 3, name);
}

static bool put(const char *name, const char *text)
{
	return write_whole(AT_FDCWD, file(name), text, strlen(text));
}

/* A log of two entries, a witness that has cosigned the first one, and its cosignature of both. */
/* The manifest of a release whose files are not in the log any more: it gets no proof. */
static int append_release(struct gth_tlog *log, const char *version, const char *prev,
			  uint64_t *index)
{
	char text[512];
	int len = snprintf(text, sizeof(text),
			   "gotthard-signatures 1\nname: main\nversion: %s\n"
			   "created: 1700000000\nexpires: 1702592000\nprev: %s\n"
			   "body-size: 204\nbody-sha256: " DIGEST "\n"
			   "malicious: 1\nsuspicious: 2\ntrusted: 3\n",
			   version, prev);

	return gth_tlog_append(log, text, (size_t)len, index);
}

static bool make_all(void)
{
	char key[GTH_NOTE_KEY_SIZE], private[GTH_NOTE_KEY_SIZE];
	char policy[3 * GTH_NOTE_KEY_SIZE], *line;
	struct gth_tlog *log;
	uint64_t index;
	size_t len = 0;
	uint8_t *note;
	int dir, state, err;

	if (mkdir(file("log"), 0700) || mkdir(file("state"), 0700) ||
	    gth_signer_create(&signer, "example.org/releases") ||
	    gth_verifier_format(&signer.verifier, key) || !put("key.pub", key) ||
	    gth_witness_key_create(&witness_key, "w.example"))
		return false;
	witness = gth_witness_of(&witness_key);
	gth_witness_key_format(&witness_key, private);
	gth_witness_format(&witness, key);
	snprintf(policy, sizeof(policy), "witness w %s\nquorum w\n", key);
	dir = open(file("log"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	state = open(file("state"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!put("witness", private) || !put("policy", policy) || dir < 0 || state < 0 ||
	    region_log_init(dir, &signer) || gth_tlog_open_public(&log, dir, &signer))
		return false;
	err = append_release(log, "7", "none", &index);
	note = read_whole(dir, "checkpoint", &len);
	if (err || gth_seen_store(state, &signer.verifier, (char *)note))
		return false;
	free(note);
	err = append_release(log, "8", DIGEST, &index);
	gth_tlog_close(log);
	note = read_whole(dir, "checkpoint", &len);
	if (err || gth_cosign((char *)note, TIME, &witness_key, &line) || !put("cosignature", line))
		return false;
	free(line);
	free(note);
	close(state);
	close(dir);
	return true;
}

int main(void)
{
	struct trial of_witness = { NULL, witness_command, witness_sound };
	struct trial of_cosign = { NULL, cosign_command, cosign_sound };
	char state[PATH_MAX], log[PATH_MAX];

	random_start();
	close(scratch_dir(base));
	if (!make_all()) {
		fputs("the log is not made\n", stderr);
		return 1;
	}
	snprintf(state, sizeof(state), "%s", file("state"));
	snprintf(log, sizeof(log), "%s", file("log"));
	of_witness.seed = state;
	of_cosign.seed = log;
	test_each_call(&of_witness, DISK_KILLED, "witness_killed");
	test_each_call(&of_witness, DISK_CUT, "witness_loses_power");
	test_each_call(&of_witness, DISK_FAILS, "witness_with_a_full_disk");
	test_each_call(&of_cosign, DISK_KILLED, "cosign_killed");
	test_each_call(&of_cosign, DISK_CUT, "cosign_loses_power");
	test_each_call(&of_cosign, DISK_FAILS, "cosign_with_a_full_disk");
	remove_tree(base);
	return tap_done();
}
