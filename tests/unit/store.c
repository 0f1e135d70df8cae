// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * store.c - the store as a process, between a broker and a region that the test plays:
 * the way of a file, and what is known of it then.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

/* Is what the note says of the journal so, and from before its own entry? */
static bool tells_head(const struct gth_submission *note)
{
	int dir = openat(store.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint8_t root[32];
	bool is = note->has_journal && note->journal_size &&
		  note->journal_size < broker.kept.size &&
		  !gth_tlog_root(dir, note->journal_size, root) &&
		  !memcmp(root, note->journal_root, sizeof(root));

	close(dir);
	return is;
}

static void whole_way(const char *text, int wanted, const char *name)
{
	struct file f = make_file(text, 0);

	fresh();
	start();
	ask(&f);
	tap_ok(until(finding(&f) == wanted) && !unknown(&f) && !broker.order_wrong, name);
	until(files_in("spool") == 0);
	tap_is(stop_by(SIGTERM), 0, "ends_orderly");
	tap_ok(region.n == 1 && region.orders[GTH_ORDER_LOOKUP] == 1 &&
		       region.orders[GTH_ORDER_CREATE] == 1,
	       "asks_first_and_sends_once");
	tap_is(files_in("spool"), 0, "leaves_no_file_in_the_spool");
	tap_ok(journal_covers() && journal.kinds[GTH_EGRESS_RECEIPT] == 1,
	       "journal_has_all_that_left_and_the_receipt");
	tap_ok(tells_head(&region.uploads[0].note), "region_is_told_how_far_the_journal_had_come");
	close(f.fd);
}

static void test_metadata(void)
{
	struct file f = make_file(SCRIPT "1", 0);

	fresh();
	start();
	ask(&f);
	until(finding(&f) >= 0);
	tap_ok(region.n == 1 && !region.uploads[0].note.path[0] && !region.uploads[0].note.comm[0],
	       "tells_no_metadata_by_default");
	tap_ok(!strcmp(region.uploads[0].note.type, "text/x-shellscript") &&
		       region.uploads[0].note.class == GTH_D3,
	       "tells_type_and_class");
	stop_by(SIGTERM);
	fresh();
	store.settings.config.metadata = true;
	start();
	ask(&f);
	until(finding(&f) >= 0);
	tap_ok(region.n == 1 && !strcmp(region.uploads[0].note.path, "/home/alice/bin/tool") &&
		       !strcmp(region.uploads[0].note.comm, "bash"),
	       "tells_metadata_if_allowed");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_known(void)
{
	struct file f = make_file(SCRIPT "known", 0);

	fresh();
	memcpy(region.known[region.known_n++], f.digest, 32);
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && !region.orders[GTH_ORDER_CREATE],
	       "lookup_that_knows_needs_no_upload");
	ask(&f);
	tap_ok(until(broker.heard[hear(f.digest)].verdicts == 2) &&
		       region.orders[GTH_ORDER_LOOKUP] == 1,
	       "known_verdict_is_answered_from_here");
	stop_by(SIGKILL);
	broker.heard_n = 0;
	start();
	tap_ok(until(broker.ready == 1) && finding(&f) == GTH_FINDING_BENIGN && !broker.order_wrong,
	       "restart_tells_the_broker_what_is_known");
	ask(&f);
	until(broker.heard[hear(f.digest)].verdicts == 2);
	tap_is(region.orders[GTH_ORDER_LOOKUP], 1, "restart_asks_nothing_twice");
	store.settings.config.lookup = true;
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_expiry_and_forget(void)
{
	struct file f = make_file(SCRIPT "expires", 0);
	char text[80];

	fresh();
	memcpy(region.known[region.known_n++], f.digest, 32);
	region.verdict_life = 1;
	start();
	ask(&f);
	until(finding(&f) == GTH_FINDING_BENIGN);
	region.verdict_life = 3600;
	while (region.orders[GTH_ORDER_LOOKUP] < 2 && pump(100))
		ask(&f);
	tap_ok(until(region.orders[GTH_ORDER_LOOKUP] == 2), "expired_verdict_is_asked_for_again");
	until(broker.heard[hear(f.digest)].verdicts >= 2);
	snprintf(text, sizeof(text), "forget %s", f.hex);
	tap_ok(command_ok(text) && until(broker.heard[hear(f.digest)].forgotten == 1),
	       "forget_reaches_the_broker");
	ask(&f);
	tap_ok(until(region.orders[GTH_ORDER_LOOKUP] == 3 && finding(&f) == GTH_FINDING_BENIGN),
	       "what_was_forgotten_is_asked_for_again");
	tap_ok(!command_ok("forget nonsense") && !command_ok("nonsense") && !command_ok("forget"),
	       "bad_commands_are_refused");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_many_asks(void)
{
	struct file f = make_file(SCRIPT "many EVIL", 0);

	fresh();
	region.faults.mute[GTH_ORDER_LOOKUP] = false;
	start();
	for (int i = 0; i < 1000; i++) {
		ask(&f);
		pump(0);
	}
	tap_ok(until(finding(&f) == GTH_FINDING_MALICIOUS), "1000_asks_have_an_answer");
	/* the last ask has been dealt with when a later question is */
	status_of(NULL, "verdicts");
	tap_ok(region.n == 1 && region.orders[GTH_ORDER_LOOKUP] == 1 &&
		       region.orders[GTH_ORDER_CREATE] == 1,
	       "1000_asks_are_one_submission");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_verity(void)
{
	struct file f = make_file(SCRIPT "verity EVIL", 0);
	uint8_t verity[32];

	fresh();
	memset(verity, 7, 32);
	memcpy(f.request.digest, verity, 32);
	f.request.domain = GTH_DOMAIN_FSVERITY;
	start();
	ask(&f);
	tap_ok(until(broker.heard[hear(verity)].unknown == 1), "fsverity_ask_is_answered_at_once");
	tap_ok(until(finding(&f) == GTH_FINDING_MALICIOUS), "fsverity_file_goes_by_its_sha256");
	ask(&f);
	until(broker.heard[hear(verity)].unknown == 2);
	tap_is(region.n, 1, "fsverity_file_goes_once");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_poll(void)
{
	struct file asked = make_file(SCRIPT "asked", 0);
	uint8_t evil[32] = { 1 }, good[32] = { 2 }, forged[32] = { 3 };
	char *note;

	fresh();
	memcpy(region.known[region.known_n++], asked.digest, 32);
	start();
	ask(&asked);
	until(finding(&asked) == GTH_FINDING_BENIGN);
	stop_by(SIGTERM);
	store.settings.config.poll = 1;
	json_array_append_new(region.verdicts, json_string(note = make_verdict(evil, 3, 0)));
	free(note);
	json_array_append_new(region.verdicts, json_string(note = make_verdict(good, 1, 0)));
	free(note);
	json_array_append_new(region.verdicts,
			      json_string(note = make_verdict(asked.digest, 3, 5)));
	free(note);
	region.faults.bad_verdict = true;
	json_array_append_new(region.verdicts, json_string(note = make_verdict(forged, 3, 0)));
	free(note);
	region.faults.bad_verdict = false;
	start();
	tap_ok(until(broker.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS),
	       "malicious_verdict_is_taken_unasked");
	tap_ok(until(finding(&asked) == GTH_FINDING_MALICIOUS), "changed_verdict_is_told");
	tap_ok(until(!strcmp(region.cursor, "c.1")), "cursor_is_kept");
	tap_ok(broker.heard[hear(good)].finding < 0 && broker.heard[hear(forged)].finding < 0,
	       "others_and_forged_ones_are_not");
	tap_is(status_of(NULL, "verdicts"), 2, "only_what_is_of_use_is_kept");
	stop_by(SIGKILL);
	memset(region.cursor, 0, sizeof(region.cursor));
	start();
	tap_ok(until(!strcmp(region.cursor, "c.1")), "cursor_survives_a_kill");
	stop_by(SIGTERM);
	close(asked.fd);
}

int main(void)
{
	make_keys();
	whole_way(SCRIPT "benign", GTH_FINDING_BENIGN, "benign_file_is_found_benign");
	whole_way(SCRIPT "EVIL", GTH_FINDING_MALICIOUS, "malicious_file_is_found");
	whole_way(SCRIPT "ODD", GTH_FINDING_SUSPICIOUS, "suspicious_file_is_found");
	whole_way(SCRIPT "STRANGE", GTH_FINDING_UNKNOWN, "file_may_stay_unknown");
	test_metadata();
	test_known();
	test_expiry_and_forget();
	test_many_asks();
	test_verity();
	test_poll();
	store_end();
	return tap_done();
}
