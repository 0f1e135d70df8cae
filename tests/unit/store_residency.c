// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_residency.c - what must not leave, or not to this region: facts of a file
 * that are not known whole, exclusions that come later, keys and regions that
 * change while a file is on its way.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util/io.h"
#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

/* A file in directories below a new one of /tmp, so deep that its path has @length bytes or more.
 */
static struct file make_deep(const char *text, size_t length, const char *top)
{
	static char name[201];
	char path[8192];
	int at = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC), next, fd;
	struct file f = make_file(text, 0);
	size_t len = 5 + strlen(top);

	memset(name, 'd', sizeof(name) - 1);
	snprintf(path, sizeof(path), "/tmp/%s", top);
	for (const char *dir = top; dir; dir = len < length ? name : NULL) {
		must(!mkdirat(at, dir, 0700) || errno == EEXIST);
		next = openat(at, dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		must(next >= 0);
		close(at);
		at = next;
		if (dir == name) {
			len += 1 + strlen(name);
			strcat(path, "/");
			strcat(path, name);
		}
	}
	fd = openat(at, "tool", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	must(fd >= 0 && !gth_write_all(fd, text, strlen(text)) && !lseek(fd, 0, SEEK_SET));
	strcat(path, "/tool");
	close(at);
	close(f.fd);
	f.fd = fd;
	/* As the kernel does: the last bytes. */
	len = strlen(path);
	len = len < GTH_PATH_SIZE ? 0 : len - (GTH_PATH_SIZE - 1);
	memcpy(f.request.path, path + len, strlen(path + len) + 1);
	return f;
}

static void remove_deep(struct file *f, const char *top)
{
	char command[128];

	close(f->fd);
	snprintf(command, sizeof(command), "rm -rf /tmp/%s", top);
	must(!system(command));
}

static void exclude_path(const char *pattern)
{
	store.settings.config.path = (struct gth_list) { 1, { strdup(pattern) } };
}

/* The part of a path that the kernel's record does not hold must not decide. */
static void test_long_paths(void)
{
	struct file f;

	fresh();
	exclude_path("/tmp/gth-private*");
	f = make_deep(SCRIPT "deep", 900, "gth-private-900");
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && !region.orders[GTH_ORDER_LOOKUP],
	       "path_beyond_the_record_is_excluded_by_its_beginning");
	tap_is(status_of("withheld", "path"), 1, "and_the_reason_is_listed");
	stop_by(SIGTERM);
	remove_deep(&f, "gth-private-900");

	fresh();
	exclude_path("/tmp/gth-other*");
	f = make_deep(SCRIPT "deep but another", 900, "gth-private-900");
	start();
	ask(&f);
	tap_ok(until(finding(&f) >= 0), "path_beyond_the_record_that_is_not_excluded_is_sent");
	stop_by(SIGTERM);
	remove_deep(&f, "gth-private-900");

	fresh();
	exclude_path("/tmp/gth-other*");
	f = make_deep(SCRIPT "deeper", 6000, "gth-private-6000");
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && !region.orders[GTH_ORDER_LOOKUP],
	       "path_that_nobody_can_tell_whole_is_withheld");
	tap_is(status_of("withheld", "path"), 1, "and_its_reason_is_listed");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.reasons[GTH_WITHHELD_PATH] == 1, "and_journaled");
	remove_deep(&f, "gth-private-6000");
}

/* Allowed when it was asked for, excluded before it left: by what was kept. */
static void test_excluded_later(const char *exclude, enum gth_withheld reason, const char *name)
{
	struct file f;
	char text[256];

	fresh();
	region.faults.mute[GTH_ORDER_CREATE] = true;
	f = make_deep(SCRIPT "later", 900, "gth-private-later");
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_CREATE] == 1);
	snprintf(text, sizeof(text), "[endpoint]\ncountry = DE\n[exclude]\n%s\n", exclude);
	reload(text);
	tap_ok(until(unknown(&f) == 1), name);
	tap_is(status_of("withheld", gth_withheld_name(reason)), 1, "with_its_reason");
	stop_by(SIGTERM);
	tap_ok(!region.orders[GTH_ORDER_UPLOAD] && !files_in("spool"), "and_nothing_of_it_is_left");
	remove_deep(&f, "gth-private-later");
}

/* Sealed for one key, and the region has another one before it left. */
static void test_key_rotation(void)
{
	struct file f = make_file(SCRIPT "rotation", 0);

	fresh();
	region.faults.mute[GTH_ORDER_UPLOAD] = true;
	start();
	ask(&f);
	until(region.orders[GTH_ORDER_UPLOAD] == 1);
	stop_by(SIGTERM);
	region.faults.mute[GTH_ORDER_UPLOAD] = false;
	must(!gth_age_identity_create(&keys.age));
	set_statement(make_statement(&keys.statement, "CH", 1, 3600));
	start();
	tap_ok(until(unknown(&f) >= 1) && region.orders[GTH_ORDER_UPLOAD] == 1,
	       "what_is_encrypted_to_a_retired_key_does_not_leave");
	tap_is(status_of("withheld", "recipient"), 1, "and_it_is_told");
	tap_is(files_in("spool"), 0, "and_the_ciphertext_is_gone");
	ask(&f);
	tap_ok(until(finding(&f) >= 0) && region.orders[GTH_ORDER_UPLOAD] == 2,
	       "used_again_it_goes_under_the_key_in_force");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.reasons[GTH_WITHHELD_RECIPIENT] == 1, "journal_has_it");
	close(f.fd);
}

/* Sealed, or sent, for one region; then the owner installs the bundle of another one. */
static void test_other_region(int mute, const char *name)
{
	struct file f = make_file(SCRIPT "regions", 0);
	struct gth_signer statement = keys.statement, key = keys.region;
	struct gth_trust trust = keys.trust;
	unsigned int before[GTH_ORDERS];

	fresh();
	region.faults.mute[mute] = true;
	start();
	ask(&f);
	until(region.orders[mute] >= 1);
	stop_by(SIGTERM);
	region.faults.mute[mute] = false;
	must(!gth_signer_create(&keys.statement, "us1.example/statement"));
	must(!gth_signer_create(&keys.region, "us1.example/region"));
	strcpy(keys.trust.region, "us1.example");
	keys.trust.statement_key = keys.statement.verifier;
	set_statement(make_statement(&keys.statement, "CH", 1, 3600));
	memcpy(before, region.orders, sizeof(before));
	start();
	tap_ok(until(unknown(&f) >= 1) &&
		       region.orders[GTH_ORDER_STATEMENT] > before[GTH_ORDER_STATEMENT],
	       name);
	tap_ok(region.orders[GTH_ORDER_CREATE] == before[GTH_ORDER_CREATE] &&
		       region.orders[GTH_ORDER_OFFSET] == before[GTH_ORDER_OFFSET] &&
		       region.orders[GTH_ORDER_UPLOAD] == before[GTH_ORDER_UPLOAD] &&
		       region.orders[GTH_ORDER_WAIT] == before[GTH_ORDER_WAIT],
	       "neither_note_nor_ciphertext_nor_id_goes_to_the_other_one");
	tap_is(files_in("spool"), 0, "nor_is_it_kept");
	stop_by(SIGTERM);
	keys.trust = trust;
	keys.statement = statement;
	keys.region = key;
	close(f.fd);
}

int main(void)
{
	char owner[32];

	make_keys();
	test_long_paths();
	test_excluded_later("path = /tmp/gth-private*", GTH_WITHHELD_PATH,
			    "path_excluded_later_holds_for_its_beginning");
	snprintf(owner, sizeof(owner), "owner = %u", geteuid());
	test_excluded_later(owner, GTH_WITHHELD_OWNER, "owner_excluded_later_holds");
	test_key_rotation();
	test_other_region(GTH_ORDER_CREATE, "another_region_ends_what_is_encrypted");
	test_other_region(GTH_ORDER_UPLOAD, "another_region_ends_what_is_noted");
	test_other_region(GTH_ORDER_WAIT, "another_region_ends_what_is_sent");
	store_end();
	return tap_done();
}
