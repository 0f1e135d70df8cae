// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store_consent.c - only data that the owner of the machine allows leaves it, also
 * when the owner allows less.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
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

/* Nothing of a file leaves, and the broker is told so at once. */
static void withheld(const char *text, enum gth_withheld reason, bool asked, const char *name)
{
	struct file f = make_file(text, 0);

	start();
	until(broker.ready == 1);
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && !region.n &&
		       region.orders[GTH_ORDER_LOOKUP] == (asked ? 1U : 0),
	       name);
	ask(&f);
	until(unknown(&f) == 2);
	if (!tap_is(status_of("withheld", gth_withheld_name(reason)), 1, "reason_is_listed"))
		tap_note("%s", gth_withheld_name(reason));
	stop_by(SIGTERM);
	tap_is(files_in("spool"), 0, "nothing_is_kept_of_it");
	tap_ok(!read_journal() && journal.reasons[reason] == 1,
	       "journal_has_it_once_with_the_reason");
	close(f.fd);
}

static void test_consent(void)
{
	static char *pattern[] = { "/home/*", "0" };

	fresh();
	store.settings.config.programs = false;
	withheld(SCRIPT "c", GTH_WITHHELD_CLASS_OFF, true, "d3_off_sends_no_program");
	fresh();
	withheld("some text", GTH_WITHHELD_CLASS_OFF, true, "d4_off_sends_no_file");
	fresh();
	store.settings.config.lookup = store.settings.config.programs = false;
	withheld(SCRIPT "c", GTH_WITHHELD_CLASS_OFF, false, "d1_and_d3_off_ask_nothing");
	tap_is(journal.reasons[GTH_WITHHELD_LOOKUP_OFF], 1, "journal_has_both_reasons");
	fresh();
	store.settings.config.path = (struct gth_list) { 1, { strdup(pattern[0]) } };
	withheld(SCRIPT "c", GTH_WITHHELD_PATH, false, "excluded_path_is_not_even_asked_for");
	fresh();
	store.settings.config.owner.n = 1;
	must(asprintf(&store.settings.config.owner.item[0], "%u", getuid()) > 0);
	withheld(SCRIPT "c", GTH_WITHHELD_OWNER, false, "excluded_owner_is_not_even_asked_for");
	fresh();
	for (const char *const *t =
		     (const char *const[]) { "tmpfs", "ext4", "overlay", "xfs", "btrfs", NULL };
	     *t; t++)
		store.settings.config.filesystem.item[store.settings.config.filesystem.n++] =
			strdup(*t);
	withheld(SCRIPT "c", GTH_WITHHELD_FILESYSTEM, false,
		 "excluded_filesystem_is_not_even_asked_for");
	fresh();
	store.settings.config.max_size = 8;
	withheld(SCRIPT "c", GTH_WITHHELD_SIZE, true, "oversize_is_asked_for_and_not_sent");
	fresh();
	store.settings.config.country[0] = '\0';
	withheld(SCRIPT "c", GTH_WITHHELD_COUNTRY, false, "no_country_sends_nothing");
	tap_is(region.orders[GTH_ORDER_STATEMENT], 0, "no_country_contacts_nobody");
	fresh();
	strcpy(store.settings.config.country, "US");
	withheld(SCRIPT "c", GTH_WITHHELD_COUNTRY, false, "country_not_served_sends_nothing");
	fresh();
	keys.trust.region[0] = '\0';
	withheld(SCRIPT "c", GTH_WITHHELD_STATEMENT, false, "no_region_sends_nothing");
	tap_is(region.orders[GTH_ORDER_STATEMENT], 0, "no_region_contacts_nobody");
	fresh();
	region.faults.refuse = true;
	withheld(SCRIPT "c", GTH_WITHHELD_REFUSED, true, "what_the_region_does_not_want_stays");
}

static void test_no_lookup(void)
{
	struct file f = make_file(SCRIPT "direct", 0), t = make_file("ODD text", 0);

	fresh();
	store.settings.config.lookup = false;
	store.settings.config.files = true;
	start();
	ask(&f);
	ask(&t);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && !region.orders[GTH_ORDER_LOOKUP],
	       "d1_off_sends_without_asking");
	tap_ok(until(finding(&t) == GTH_FINDING_SUSPICIOUS), "d4_on_sends_any_file");
	stop_by(SIGTERM);
	close(f.fd);
	close(t.fd);
}

static void test_changed(void)
{
	struct file f = make_file(SCRIPT "before", 0), g = make_file(SCRIPT "no fd", 0);

	fresh();
	f.request.digest[0] ^= 1;
	f.digest[0] ^= 1;
	g.request.fd = -EACCES;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && !region.n && region.orders[GTH_ORDER_LOOKUP] == 1,
	       "changed_content_is_not_sent");
	tap_is(status_of("withheld", "changed"), 1, "changed_content_has_a_reason");
	ask(&g);
	tap_ok(until(unknown(&g) == 1) && !region.n, "file_without_descriptor_is_not_sent");
	tap_is(status_of("withheld", "unreadable"), 1, "file_without_descriptor_has_a_reason");
	stop_by(SIGTERM);
	tap_is(files_in("spool"), 0, "changed_content_is_not_kept");
	close(f.fd);
	close(g.fd);
}

static void test_reload(void)
{
	struct file a = make_file(SCRIPT "reload", 0);

	fresh();
	region.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&a);
	until(region.orders[GTH_ORDER_CREATE] == 1);
	reload("[endpoint]\ncountry = DE\n[send]\nprograms = off\n");
	tap_ok(until(unknown(&a) == 1), "consent_that_is_taken_back_holds");
	tap_is(files_in("spool"), 0, "and_the_copy_is_gone");
	stop_by(SIGTERM);
	tap_ok(!region.orders[GTH_ORDER_UPLOAD] && !read_journal() &&
		       journal.reasons[GTH_WITHHELD_CLASS_OFF] == 1,
	       "and_it_is_in_the_journal");
	close(a.fd);
}

static void test_taken_back(void)
{
	struct file b = make_file(SCRIPT "told before", 0);

	fresh();
	store.settings.config.metadata = true;
	region.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&b);
	until(region.orders[GTH_ORDER_CREATE] == 1);
	stop_by(SIGKILL);
	region.faults.mute[GTH_ORDER_CREATE] = false;
	store.settings.config.metadata = false;
	start();
	tap_ok(until(finding(&b) >= 0) && !region.uploads[region.n - 1].note.path[0] &&
		       !region.uploads[region.n - 1].note.comm[0],
	       "what_the_owner_does_not_tell_any_more_is_not_told");
	stop_by(SIGTERM);
	close(b.fd);
}

int main(void)
{
	make_keys();
	test_consent();
	test_no_lookup();
	test_changed();
	test_reload();
	test_taken_back();
	store_end();
	return tap_done();
}
