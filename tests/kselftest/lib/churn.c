// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * churn.c - who changes files, tables, policy, verdicts and the hooks while
 * others open (see race.h). Nothing done here may allow what is listed, or deny
 * what is not.
 */
#include "race.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hold_helpers.h"

static void check(struct gth_race *race, const char *what, int ret)
{
	if (ret)
		gth_stress_fault(race->stress, "%s: %d", what, ret);
}

/*
 * In two seconds of three the generation does not change: the entries of inodes
 * stay in force, and only changes of files make them stale.
 */
static void wait_for_a_busy_second(void)
{
	while (gth_now() % 3)
		gth_pause(10000);
}

void gth_race_writer(void *arg)
{
	struct gth_race *race = arg;
	struct gth_slot *slot = &race->files->slot[gth_random(GTH_SLOTS)];

	enum gth_content_id content = (enum gth_content_id)gth_random(GTH_CONTENTS);

	if (gth_take(&slot->seq)) {
		/* The sharpest turns, more often than by chance. */
		if (slot->content == GTH_BAD && gth_random(2))
			content = GTH_CLEAN;
		else if (slot->content != GTH_BAD && gth_random(2))
			content = GTH_BAD;
		check(race, "writing", gth_put(race->files, slot, content));
		gth_give(&slot->seq);
	}
	gth_pause((unsigned int)gth_random(40000));
}

void gth_race_renamer(void *arg)
{
	struct gth_race *race = arg;
	unsigned int i = (unsigned int)gth_random(GTH_SLOTS);
	struct gth_slot *a = &race->files->slot[i];
	struct gth_slot *b = &race->files->slot[(i + 2) % GTH_SLOTS];

	if (gth_take(&a->seq)) {
		if (gth_take(&b->seq)) {
			check(race, "exchange", gth_exchange(a, b));
			gth_give(&b->seq);
		}
		gth_give(&a->seq);
	}
	gth_pause((unsigned int)gth_random(40000));
}

/* gth_race_table() - one that lists what is always listed, much else, and perhaps one more */
int gth_race_table(struct gth_race *race, bool swapped)
{
	const struct gth_content *content = race->files->content;
	uint8_t digest[GTH_DIGEST_SIZE];
	unsigned int others = (unsigned int)gth_random(500);
	struct gth_db db;
	int ret;

	gth_db_init(&db);
	gth_db_add(&db, GTH_DOMAIN_SHA256, content[GTH_BAD].file.digest, GTH_CLASS_MALICIOUS);
	if (swapped)
		gth_db_add(&db, GTH_DOMAIN_SHA256, content[GTH_BY_TABLE].file.digest,
			   GTH_CLASS_MALICIOUS);
	while (others--) {
		gth_random_bytes(digest, sizeof(digest));
		gth_db_add(&db, GTH_DOMAIN_SHA256, digest, 1 + (int)gth_random(3));
	}
	gth_db_sort(&db);
	gth_db_seal(&db);
	if (!gth_random(4)) {
		/* One that is refused changes nothing. */
		db.body_digest[0] ^= 1;
		ret = gth_db_load(&db);
		db.body_digest[0] ^= 1;
		if (ret != -EBADMSG)
			return ret ? ret : -EPROTO;
	}
	ret = gth_db_load(&db);
	gth_db_free(&db);
	return ret;
}

void gth_race_tables(void *arg)
{
	struct gth_race *race = arg;
	struct gth_content *c = &race->files->content[GTH_BY_TABLE];
	bool swapped = gth_random(2);

	wait_for_a_busy_second();
	if (swapped == c->listed) {
		/* It says the same as the one before. */
		check(race, "table", gth_race_table(race, swapped));
	} else if (gth_take(&c->seq)) {
		check(race, "table", gth_race_table(race, swapped));
		c->listed = swapped;
		gth_give(&c->seq);
	}
	gth_pause((unsigned int)gth_random(200000));
}

/* None of them decides about the files of the slots. */
static const struct {
	const char *knob, *value[2];
} flips[] = {
	{ "open_scope", { "all", "code" } },
	{ "open_unknown", { "hold", "allow" } },
	{ "exec_unknown", { "hold", "allow" } },
	{ "kernel_unknown", { "hold", "allow" } },
	{ "hold_timeout_ms", { "1", "30000" } },
	{ "suspicious", { "deny", "allow" } },
	{ "max_hash_bytes", { "16384", "268435456" } },
	{ "unversioned_fs", { "skip", "hash" } },
	{ "fuse", { "hash", "unknown" } },
	{ "hooks/kernel_read", { "0", "1" } },
};

void gth_race_policy(void *arg)
{
	struct gth_race *race = arg;
	unsigned int i = (unsigned int)gth_random(sizeof(flips) / sizeof(*flips));

	wait_for_a_busy_second();
	check(race, flips[i].knob, gth_set(flips[i].knob, flips[i].value[gth_random(2)]));
	gth_pause((unsigned int)gth_random(40000));
}

/* Of digests that no file has: they come, expire or are forgotten. */
static int other_verdicts(void)
{
	struct gth_verdict v[32] = { 0 };
	unsigned int n = 1 + (unsigned int)gth_random(32), i;
	int ret;

	for (i = 0; i < n; i++) {
		gth_random_bytes(v[i].digest, sizeof(v[i].digest));
		v[i].domain = GTH_DOMAIN_SHA256;
		v[i].class = (uint8_t)(1 + gth_random(3));
		v[i].source = gth_random(2) ? GTH_SOURCE_ROOT : GTH_SOURCE_REGION;
		v[i].expires = gth_now() + 1 + gth_random(3);
	}
	ret = gth_verdicts(v, n);
	for (i = 0; i < n; i++)
		v[i].class = GTH_CLASS_UNKNOWN;
	return ret ? ret : gth_verdicts(v, (size_t)gth_random(n) + 1);
}

void gth_race_verdicts(void *arg)
{
	struct gth_race *race = arg;
	struct gth_content *c = &race->files->content[GTH_BY_VERDICT];

	wait_for_a_busy_second();
	check(race, "verdicts", other_verdicts());
	if (gth_random(2) && gth_take(&c->seq)) {
		bool listed = !c->listed;
		int class = listed ? GTH_CLASS_MALICIOUS : (int)gth_random(2);

		check(race, "verdict", gth_verdict(c->file.digest, class, 0));
		c->listed = listed;
		gth_give(&c->seq);
	}
	gth_pause((unsigned int)gth_random(60000));
}

/*
 * The daemon is killed and started, every other time so that it attaches the
 * hooks anew: with a program's pin gone it cannot know that the attached ones are
 * its own. The links, which hold them, stay. Sometimes it is killed on the way.
 */
void gth_race_daemon(void *arg)
{
	struct gth_race *race = arg;
	static unsigned int turn;

	if (!gth_end_daemon(SIGKILL))
		gth_stress_fault(race->stress, "the daemon cannot be killed");
	if (turn++ % 2 && unlink(GTH_PINS "/prog_gth_mmap_file") && errno != ENOENT)
		gth_stress_fault(race->stress, "the pin of a program cannot be removed: %d", errno);
	if (gth_random(2)) {
		pid_t pid = gth_spawn_daemon();

		gth_pause((unsigned int)gth_random(500000));
		if (pid > 0 && !kill(pid, SIGKILL))
			gth_wait_child(pid);
	}
	if (!gth_start_daemon())
		gth_stress_fault(race->stress, "the daemon does not start");
}

/*
 * Answers "unknown"; not for a file that a verdict lists, for the answer would take the
 * verdict back.
 */
static void answer(struct gth_race *race, const struct gth_request *r)
{
	struct gth_content *c = &race->files->content[GTH_BY_VERDICT];
	struct gth_verdict v = { .domain = r->domain,
				 .class = GTH_CLASS_UNKNOWN,
				 .source = GTH_SOURCE_ROOT };
	bool its = !memcmp(r->digest, c->file.digest, sizeof(r->digest));

	memcpy(v.digest, r->digest, sizeof(v.digest));
	if (its && !gth_take(&c->seq))
		return;
	if (!its || !c->listed)
		check(race, "answer", gth_verdicts(&v, 1));
	if (its)
		gth_give(&c->seq);
}

/*
 * Answers "unknown" to held tasks, for a while: the policy of the race allows
 * unknown files. Some get no answer until it goes.
 */
void gth_race_server(void *arg)
{
	struct gth_race *race = arg;
	unsigned int turns = (unsigned int)gth_random(40);
	int server;

	wait_for_a_busy_second();
	server = gth_serve();
	if (server < 0 || ioctl(server, GTH_IOC_EXEMPT)) {
		gth_stress_fault(race->stress, "nobody can serve: %d",
				 server < 0 ? server : -errno);
		return;
	}
	while (turns-- && !(gth_now() % 3)) {
		struct gth_request r;
		int ret = gth_next_request(server, &r, 10);

		if (ret == -ETIME || ret == -EAGAIN)
			continue;
		check(race, "request", ret);
		/* Else it is being written to just now. */
		if (r.fd >= 0)
			close(r.fd);
		if (gth_random(8))
			answer(race, &r);
		__atomic_fetch_add(&race->held, 1, __ATOMIC_SEQ_CST);
	}
	close(server);
	gth_pause((unsigned int)gth_random(40000));
}
