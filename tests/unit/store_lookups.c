// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_lookups.c - look-ups that come together wait for the disk together: fewer appends
 * to the journal than entries, and each entry before what it tells of leaves.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "tests/unit/fake_region.h"
#include "tests/unit/tap.h"

#define FILES 48 /* of one test: so many asks find room in a socket that nobody reads */

/* What the store has done, which is another process. */
static struct {
	atomic_uint syncs, checkpoints;
} * seen;

/* In the place of the C library's. */
int fsync(int fd)
{
	seen->syncs++;
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	seen->syncs++;
	return (int)syscall(SYS_fdatasync, fd);
}

int renameat(int from, const char *old, int to, const char *new)
{
	seen->checkpoints += !strcmp(new, "checkpoint");
	return (int)syscall(SYS_renameat, from, old, to, new);
}

static struct file files[FILES];

static void make_files(const char *name)
{
	char text[64];

	for (int i = 0; i < FILES; i++) {
		snprintf(text, sizeof(text), "#!/bin/sh\necho %s %d", name, i);
		files[i] = make_file(text, 0);
		memcpy(w.known[w.known_n++], files[i].digest, 32);
	}
}

static bool all_answered(void)
{
	for (int i = 0; i < FILES; i++)
		if (finding(&files[i]) < 0)
			return false;
	return true;
}

static void close_files(void)
{
	for (int i = 0; i < FILES; i++)
		close(files[i].fd);
}

/* As many as may be under way are asked for while the store stands still: so they come together. */
static void test_together(void)
{
	unsigned int before;

	fresh();
	make_files("together");
	w.faults.mute[GTH_ORDER_LOOKUP] = true;
	start();
	until(w.ready == 1 && w.orders[GTH_ORDER_VERDICTS] + w.orders[GTH_ORDER_STATEMENT] > 0);
	status_of(NULL, "verdicts");
	before = seen->checkpoints;
	kill(w.pid, SIGSTOP);
	for (int i = 0; i < 8; i++)
		ask(&files[i]);
	kill(w.pid, SIGCONT);
	tap_ok(until(w.orders[GTH_ORDER_LOOKUP] == 8), "as_many_as_may_be_are_under_way");
	status_of(NULL, "verdicts");
	tap_is(seen->checkpoints - before, 1, "all_of_them_by_one_append");
	stop_by(SIGTERM);
	tap_ok(journal_covers() && journal.kinds[GTH_EGRESS_LOOKUP] == 8, "and_each_has_its_entry");
	close_files();
}

/* A local user who brings very many: what that costs is shown, and is less than one by one. */
static void test_many(void)
{
	unsigned int syncs, checkpoints;

	fresh();
	make_files("many");
	start();
	until(w.ready == 1);
	syncs = seen->syncs;
	checkpoints = seen->checkpoints;
	kill(w.pid, SIGSTOP);
	for (int i = 0; i < FILES; i++)
		ask(&files[i]);
	kill(w.pid, SIGCONT);
	tap_ok(until(all_answered()), "all_are_answered");
	tap_note("%d look-ups: %u appends, %u syncs", FILES, seen->checkpoints - checkpoints,
		 seen->syncs - syncs);
	tap_ok(seen->checkpoints - checkpoints < FILES, "with_fewer_appends_than_look_ups");
	stop_by(SIGTERM);
	tap_ok(journal_covers() && journal.kinds[GTH_EGRESS_LOOKUP] == FILES,
	       "and_each_is_in_the_journal");
	close_files();
}

int main(void)
{
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	make_keys();
	test_together();
	test_many();
	fresh();
	rmdir(w.dir);
	return tap_done();
}
