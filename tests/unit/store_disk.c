// SPDX-License-Identifier: GPL-2.0-or-later
/* store_disk.c - the store on a small disk that spooling, or another program, fills. Needs root. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

#define DISK "48m"
#define KEEP (8U << 20)
#define FILE_SIZE (1U << 20)
#define FILES 24 /* more than find room */

static struct file files[FILES];

/* A fresh state directory that is a filesystem of its own. Return: could it be made? */
static bool small_disk(void)
{
	fresh();
	if (mount("gth-test", store.dir, "tmpfs", 0, "size=" DISK))
		return false;
	close(store.state_dir);
	store.state_dir = open(store.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(store.state_dir >= 0);
	store.pace.keep_free = KEEP;
	store.pace.keep_percent = 5;
	return true;
}

static void away(void)
{
	must(!umount2(store.dir, MNT_DETACH));
}

static uint64_t available(void)
{
	struct statvfs fs;

	must(!fstatvfs(store.state_dir, &fs));
	return (uint64_t)fs.f_bavail * fs.f_frsize;
}

/* Another program takes all the room that there is. */
static void fill_disk(void)
{
	static char block[1 << 16];
	int fd = openat(store.state_dir, "filler", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	size_t size = sizeof(block);

	must(fd >= 0);
	while (size) {
		ssize_t n = write(fd, block, size);

		if (n <= 0)
			size /= 2;
	}
	must(errno == ENOSPC);
	close(fd);
}

static unsigned int unknown_of_all(void)
{
	unsigned int n = 0;

	for (int i = 0; i < FILES; i++)
		n += unknown(&files[i]) > 0;
	return n;
}

static unsigned int found_of_all(void)
{
	unsigned int n = 0;

	for (int i = 0; i < FILES; i++)
		n += finding(&files[i]) >= 0;
	return n;
}

/* Fills the spool while the region is away, until no more is taken. Return: how many were. */
static unsigned int fill_spool(void)
{
	unsigned int refused;

	start();
	until(broker.ready == 1 && broker.statements == 1);
	region.faults.down = true;
	for (int i = 0; i < FILES; i++)
		ask(&files[i]);
	/* the last ask has been dealt with when a later question is */
	status_of(NULL, "verdicts");
	status_of(NULL, "verdicts");
	until((refused = (unsigned int)status_of(NULL, "spooling_refused")) > 0);
	return FILES - refused;
}

static void test_keeps_free(void)
{
	unsigned int taken;
	json_t *status;

	taken = fill_spool();
	tap_ok(taken > 4 && taken < FILES && available() >= KEEP,
	       "spooling_stops_while_there_is_room_for_others");
	tap_note("%u of %u files taken, %llu bytes free", taken, FILES,
		 (unsigned long long)available());
	status = command("status");
	tap_ok(json_is_true(json_object_get(status, "spooling_stopped")) &&
		       json_integer_value(json_object_get(status, "disk_kept_free")) == KEEP &&
		       (unsigned int)status_of("withheld", "spool") == FILES - taken,
	       "it_is_told_and_counted");
	json_decref(status);
	region.faults.down = false;
	tap_ok(until(found_of_all() + unknown_of_all() >= FILES && files_in("spool") == 0),
	       "what_was_taken_is_delivered");
	status = command("status");
	tap_ok(json_is_false(json_object_get(status, "spooling_stopped")),
	       "and_spooling_goes_on_then");
	json_decref(status);
	stop_by(SIGTERM);
}

static void test_full(bool restart)
{
	unsigned int taken = fill_spool();

	fill_disk();
	tap_is(available(), 0,
	       restart ? "disk_is_full_to_the_last_byte_before_a_restart"
		       : "disk_is_full_to_the_last_byte");
	if (restart) {
		stop_by(SIGKILL);
		fill_disk();
		region.faults.down = false;
		start();
	}
	region.faults.down = false;
	tap_ok(until(found_of_all() + unknown_of_all() >= FILES && files_in("spool") == 0) &&
		       found_of_all() >= taken / 2,
	       restart ? "restart_on_a_full_disk_sends_what_waits"
		       : "full_disk_is_emptied_by_sending");
	tap_note("%u taken, %u found, %u withheld", taken, found_of_all(), unknown_of_all());
	tap_is(stop_by(SIGTERM), 0, "ends_orderly_on_it");
	tap_ok(journal_covers(), "journal_has_all_that_left_on_it");
}

int main(void)
{
	make_keys();
	for (int i = 0; i < FILES; i++) {
		char text[64];

		snprintf(text, sizeof(text), SCRIPT "%d", i);
		files[i] = make_file(text, FILE_SIZE);
	}
	if (!small_disk()) {
		tap_skip("store_on_a_small_disk", "no filesystem can be mounted here");
		return tap_done();
	}
	test_keeps_free();
	away();
	must(small_disk());
	test_full(false);
	away();
	must(small_disk());
	test_full(true);
	away();
	store_end();
	return tap_done();
}
