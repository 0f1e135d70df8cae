// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_lookups.c - look-ups that come together wait for the disk together: fewer appends
 * to the journal than entries, and each entry before what it tells of leaves.
 *
 *	store_lookups NUMBER
 *
 * measures instead: what so many look-ups cost, one after the other and together.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/log/tlog.h"
#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

#define FILES 48 /* of one test: so many asks find room in a socket that is not read */
#define MEASURED_MAX (FILES_MAX - 1)

/* Counts of the store, which is another process. */
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

static struct file files[MEASURED_MAX];

static void make_files(const char *name, int n)
{
	char text[64];

	for (int i = 0; i < n; i++) {
		snprintf(text, sizeof(text), SCRIPT "%s %d", name, i);
		files[i] = make_file(text, 0);
		memcpy(region.known[region.known_n++], files[i].digest, 32);
	}
}

static bool all_answered(int n)
{
	for (int i = 0; i < n; i++)
		if (finding(&files[i]) < 0)
			return false;
	return true;
}

static void close_files(int n)
{
	for (int i = 0; i < n; i++)
		close(files[i].fd);
}

static int count_lookup(uint64_t index, const void *entry, size_t len, void *n)
{
	static const char kind[] = "\nkind: lookup\n";

	(void)index;
	*(unsigned int *)n += memmem(entry, len, kind, strlen(kind)) != NULL;
	return 0;
}

/* Is what the last look-up told a head of the journal, by which all look-ups are in it? */
static bool told(void)
{
	uint8_t root[GTH_TLOG_HASH_SIZE];
	int fd = openat(store.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = gth_tlog_root(fd, region.looked_up.size, root);
	unsigned int lookups = 0;
	uint64_t now = (uint64_t)time(NULL);

	if (!err)
		err = gth_tlog_each(fd, region.looked_up.size, 0, count_lookup, &lookups);
	close(fd);
	return !err && !memcmp(root, region.looked_up.root, sizeof(root)) &&
	       region.looked_up.time <= now && now - region.looked_up.time < 600 &&
	       lookups == region.orders[GTH_ORDER_LOOKUP];
}

/* As many as may be under way are asked for while the store stands still: so they come together. */
static void test_together(void)
{
	unsigned int before;

	fresh();
	make_files("together", FILES);
	region.faults.mute[GTH_ORDER_LOOKUP] = true;
	start();
	until(broker.ready == 1 &&
	      region.orders[GTH_ORDER_VERDICTS] + region.orders[GTH_ORDER_STATEMENT] > 0);
	status_of(NULL, "verdicts");
	before = seen->checkpoints;
	kill(store.pid, SIGSTOP);
	for (int i = 0; i < 8; i++)
		ask(&files[i]);
	kill(store.pid, SIGCONT);
	tap_ok(until(region.orders[GTH_ORDER_LOOKUP] == 8), "as_many_as_may_be_are_under_way");
	status_of(NULL, "verdicts");
	tap_is(seen->checkpoints - before, 1, "all_of_them_by_one_append");
	stop_by(SIGTERM);
	tap_ok(journal_covers() && journal.kinds[GTH_EGRESS_LOOKUP] == 8, "and_each_has_its_entry");
	tap_ok(told(), "the_region_is_told_a_head_with_them");
	close_files(FILES);
}

/* A local user who brings very many: what that costs is shown, and is less than one by one. */
static void test_many(void)
{
	unsigned int syncs, checkpoints;

	fresh();
	make_files("many", FILES);
	start();
	until(broker.ready == 1);
	syncs = seen->syncs;
	checkpoints = seen->checkpoints;
	kill(store.pid, SIGSTOP);
	for (int i = 0; i < FILES; i++)
		ask(&files[i]);
	kill(store.pid, SIGCONT);
	tap_ok(until(all_answered(FILES)), "all_are_answered");
	tap_note("%d look-ups: %u appends, %u syncs", FILES, seen->checkpoints - checkpoints,
		 seen->syncs - syncs);
	tap_ok(seen->checkpoints - checkpoints < FILES, "with_fewer_appends_than_look_ups");
	stop_by(SIGTERM);
	tap_ok(journal_covers() && journal.kinds[GTH_EGRESS_LOOKUP] == FILES,
	       "and_each_is_in_the_journal");
	close_files(FILES);
}

/* @together: each is asked for when the store takes the ask, not when the one before is answered */
static void measure(int n, bool together)
{
	unsigned int syncs, checkpoints;

	fresh();
	make_files(together ? "together" : "alone", n);
	start();
	until(broker.ready == 1);
	syncs = seen->syncs;
	checkpoints = seen->checkpoints;
	for (int i = 0; i < n; i++) {
		ask(&files[i]);
		if (!together)
			until(finding(&files[i]) >= 0);
	}
	until(all_answered(n));
	printf("%d look-ups %s: %u appends to the journal, %u syncs\n", n,
	       together ? "together" : "one after the other", seen->checkpoints - checkpoints,
	       seen->syncs - syncs);
	stop_by(SIGTERM);
	close_files(n);
}

int main(int argc, char **argv)
{
	int n = argc == 2 ? atoi(argv[1]) : 0;

	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	make_keys();
	if (argc > 1) {
		if (n < 1 || n > MEASURED_MAX)
			return 64;
		measure(n, false);
		measure(n, true);
		store_end();
		return 0;
	}
	test_together();
	test_many();
	store_end();
	return tap_done();
}
