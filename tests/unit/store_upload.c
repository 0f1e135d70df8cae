// SPDX-License-Identifier: GPL-2.0-or-later
/* store_upload.c - uploads that break off or are refused, and what the region signs for them. */
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/lib/asked_file.h"
#include "tests/unit/lib/egress_journal.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/store_command.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

static void test_upload(void)
{
	struct file f = make_file(SCRIPT "large", 300000);

	fresh();
	region.faults.cut = true;
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "cut_upload_is_resumed");
	tap_ok(region.bytes == region.uploads[0].note.cipher_size && region.n == 1 &&
		       region.orders[GTH_ORDER_UPLOAD] == 2,
	       "no_byte_is_sent_twice");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "both_parts_are_in_the_journal");

	fresh();
	region.faults.lose_receipt = true;
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "lost_receipt_is_asked_for");
	until(files_in("spool") == 0);
	stop_by(SIGTERM);
	tap_ok(region.orders[GTH_ORDER_UPLOAD] == 1 && !read_journal() &&
		       journal.kinds[GTH_EGRESS_RECEIPT] == 1,
	       "lost_receipt_comes_without_a_second_upload");

	fresh();
	region.faults.busy = 3;
	region.faults.retry_after = 1;
	start();
	ask(&f);
	time_t begun = time(NULL);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && time(NULL) - begun >= 2,
	       "retry_after_is_waited_for");
	stop_by(SIGTERM);

	fresh();
	region.faults.create_status = 409;
	region.faults.create_type = "other-submission";
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && region.orders[GTH_ORDER_CREATE] == 2,
	       "id_that_is_taken_is_replaced");
	stop_by(SIGTERM);

	fresh();
	region.faults.create_status = 413;
	region.faults.create_type = "too-large";
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1), "too_large_for_the_region_is_withheld");
	tap_is(status_of("withheld", "size"), 1, "too_large_for_the_region_has_a_reason");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_deletion(void)
{
	struct file f = make_file(SCRIPT "deleted", 0);

	fresh();
	store.pace.deletion_s = 0;
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	region.uploads[0].deleted = true;
	stop_by(SIGTERM);
	start();
	until(broker.ready == 1);
	tap_ok(until(status_of(NULL, "lent") == 0), "deletion_is_asked_for_and_kept");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.kinds[GTH_EGRESS_DELETION] == 1,
	       "deletion_is_in_the_journal");
	close(f.fd);
}

/* Texts that the region did not sign: the fake broker bails out if it gets one. */
static void test_forgery(void)
{
	struct file f = make_file(SCRIPT "forged", 0), known = make_file(SCRIPT "known", 0);

	fresh();
	memcpy(region.known[region.known_n++], known.digest, 32);
	region.faults.bad_verdict = true;
	start();
	ask(&f);
	ask(&known);
	tap_ok(until(unknown(&f) == 1) && finding(&f) < 0,
	       "verdict_of_another_key_never_reaches_the_broker");
	tap_ok(until(status_of("submissions", "failed") == 2), "its_submissions_fail_in_the_end");
	region.faults.bad_verdict = false;
	tap_ok(command_ok("retry all"), "retry_is_taken");
	ask(&f);
	ask(&known);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN && finding(&known) == GTH_FINDING_BENIGN),
	       "after_a_retry_the_true_verdict_comes");
	stop_by(SIGTERM);

	fresh();
	region.faults.foreign_verdict = true;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && finding(&f) < 0,
	       "verdict_of_another_file_is_not_taken_for_it");
	stop_by(SIGTERM);

	fresh();
	region.faults.bad_receipt = true;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1 || finding(&f) >= 0), "forged_receipt_does_not_hang");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && !journal.kinds[GTH_EGRESS_RECEIPT], "forged_receipt_is_not_kept");

	fresh();
	region.faults.garbage = true;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1), "answer_that_is_no_json_fails_in_the_end");
	stop_by(SIGTERM);
	close(f.fd);
	close(known.fd);
}

int main(void)
{
	make_keys();
	test_upload();
	test_deletion();
	test_forgery();
	store_end();
	return tap_done();
}
