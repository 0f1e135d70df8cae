// SPDX-License-Identifier: GPL-2.0-or-later
/* store.c - the store as a process, between a broker and a region that the test plays. */
#include <stdio.h>

#include "tests/unit/fake_region.h"
#include "tests/unit/tap.h"

#define SCRIPT "#!/bin/sh\necho "

/* Is what the note says of the journal so, and from before its own entry? */
static bool tells_head(const struct gth_submission *note)
{
	int dir = openat(w.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint8_t root[32];
	bool is = note->has_journal && note->journal_size && note->journal_size < w.kept.size &&
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
	tap_ok(until(finding(&f) == wanted) && !unknown(&f) && !w.order_wrong, name);
	until(files_in("spool") == 0);
	tap_is(stop_by(SIGTERM), 0, "ends_orderly");
	tap_ok(w.n == 1 && w.orders[GTH_ORDER_LOOKUP] == 1 && w.orders[GTH_ORDER_CREATE] == 1,
	       "asks_first_and_sends_once");
	tap_is(files_in("spool"), 0, "leaves_no_file_in_the_spool");
	tap_ok(journal_covers() && journal.kinds[GTH_EGRESS_RECEIPT] == 1,
	       "journal_has_all_that_left_and_the_receipt");
	tap_ok(tells_head(&w.uploads[0].note), "region_is_told_how_far_the_journal_had_come");
	close(f.fd);
}

static void test_metadata(void)
{
	struct file f = make_file(SCRIPT "1", 0);

	fresh();
	start();
	ask(&f);
	until(finding(&f) >= 0);
	tap_ok(w.n == 1 && !w.uploads[0].note.path[0] && !w.uploads[0].note.comm[0],
	       "tells_no_metadata_by_default");
	tap_ok(!strcmp(w.uploads[0].note.type, "text/x-shellscript") &&
		       w.uploads[0].note.class == GTH_D3,
	       "tells_type_and_class");
	stop_by(SIGTERM);
	fresh();
	w.settings.config.metadata = true;
	start();
	ask(&f);
	until(finding(&f) >= 0);
	tap_ok(w.n == 1 && !strcmp(w.uploads[0].note.path, "/home/alice/bin/tool") &&
		       !strcmp(w.uploads[0].note.comm, "bash"),
	       "tells_metadata_if_allowed");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_known(void)
{
	struct file f = make_file(SCRIPT "known", 0);

	fresh();
	memcpy(w.known[w.known_n++], f.digest, 32);
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && !w.orders[GTH_ORDER_CREATE],
	       "lookup_that_knows_needs_no_upload");
	ask(&f);
	tap_ok(until(w.heard[hear(f.digest)].verdicts == 2) && w.orders[GTH_ORDER_LOOKUP] == 1,
	       "known_verdict_is_answered_from_here");
	stop_by(SIGKILL);
	w.heard_n = 0;
	start();
	tap_ok(until(w.ready == 1) && finding(&f) == GTH_FINDING_BENIGN && !w.order_wrong,
	       "restart_tells_the_broker_what_is_known");
	ask(&f);
	until(w.heard[hear(f.digest)].verdicts == 2);
	tap_is(w.orders[GTH_ORDER_LOOKUP], 1, "restart_asks_nothing_twice");
	w.settings.config.lookup = true;
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_expiry_and_forget(void)
{
	struct file f = make_file(SCRIPT "expires", 0);
	char text[80];

	fresh();
	memcpy(w.known[w.known_n++], f.digest, 32);
	w.verdict_life = 1;
	start();
	ask(&f);
	until(finding(&f) == GTH_FINDING_BENIGN);
	w.verdict_life = 3600;
	while (w.orders[GTH_ORDER_LOOKUP] < 2 && pump(100))
		ask(&f);
	tap_ok(until(w.orders[GTH_ORDER_LOOKUP] == 2), "expired_verdict_is_asked_for_again");
	until(w.heard[hear(f.digest)].verdicts >= 2);
	snprintf(text, sizeof(text), "forget %s", f.hex);
	tap_ok(command_ok(text) && until(w.heard[hear(f.digest)].forgotten == 1),
	       "forget_reaches_the_broker");
	ask(&f);
	tap_ok(until(w.orders[GTH_ORDER_LOOKUP] == 3 && finding(&f) == GTH_FINDING_BENIGN),
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
	w.faults.mute[GTH_ORDER_LOOKUP] = false;
	start();
	for (int i = 0; i < 1000; i++) {
		ask(&f);
		pump(0);
	}
	tap_ok(until(finding(&f) == GTH_FINDING_MALICIOUS), "1000_asks_have_an_answer");
	/* the last ask has been dealt with when a later question is */
	status_of(NULL, "verdicts");
	tap_ok(w.n == 1 && w.orders[GTH_ORDER_LOOKUP] == 1 && w.orders[GTH_ORDER_CREATE] == 1,
	       "1000_asks_are_one_submission");
	stop_by(SIGTERM);
	close(f.fd);
}

/* Nothing of a file leaves, and the broker is told so at once. */
static void withheld(const char *text, enum gth_withheld reason, bool asked, const char *name)
{
	struct file f = make_file(text, 0);

	start();
	until(w.ready == 1);
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && !w.n && w.orders[GTH_ORDER_LOOKUP] == (asked ? 1U : 0),
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
	w.settings.config.programs = false;
	withheld(SCRIPT "c", GTH_WITHHELD_CLASS_OFF, true, "d3_off_sends_no_program");
	fresh();
	withheld("some text", GTH_WITHHELD_CLASS_OFF, true, "d4_off_sends_no_file");
	fresh();
	w.settings.config.lookup = w.settings.config.programs = false;
	withheld(SCRIPT "c", GTH_WITHHELD_CLASS_OFF, false, "d1_and_d3_off_ask_nothing");
	tap_is(journal.reasons[GTH_WITHHELD_LOOKUP_OFF], 1, "journal_has_both_reasons");
	fresh();
	w.settings.config.path = (struct gth_list) { 1, { strdup(pattern[0]) } };
	withheld(SCRIPT "c", GTH_WITHHELD_PATH, false, "excluded_path_is_not_even_asked_for");
	fresh();
	w.settings.config.owner.n = 1;
	must(asprintf(&w.settings.config.owner.item[0], "%u", getuid()) > 0);
	withheld(SCRIPT "c", GTH_WITHHELD_OWNER, false, "excluded_owner_is_not_even_asked_for");
	fresh();
	for (const char *const *t =
		     (const char *const[]) { "tmpfs", "ext4", "overlay", "xfs", "btrfs", NULL };
	     *t; t++)
		w.settings.config.filesystem.item[w.settings.config.filesystem.n++] = strdup(*t);
	withheld(SCRIPT "c", GTH_WITHHELD_FILESYSTEM, false,
		 "excluded_filesystem_is_not_even_asked_for");
	fresh();
	w.settings.config.max_size = 8;
	withheld(SCRIPT "c", GTH_WITHHELD_SIZE, true, "oversize_is_asked_for_and_not_sent");
	fresh();
	w.settings.config.country[0] = '\0';
	withheld(SCRIPT "c", GTH_WITHHELD_COUNTRY, false, "no_country_sends_nothing");
	tap_is(w.orders[GTH_ORDER_STATEMENT], 0, "no_country_contacts_nobody");
	fresh();
	strcpy(w.settings.config.country, "US");
	withheld(SCRIPT "c", GTH_WITHHELD_COUNTRY, false, "country_not_served_sends_nothing");
	fresh();
	w.trust.region[0] = '\0';
	withheld(SCRIPT "c", GTH_WITHHELD_STATEMENT, false, "no_region_sends_nothing");
	tap_is(w.orders[GTH_ORDER_STATEMENT], 0, "no_region_contacts_nobody");
	fresh();
	w.faults.refuse = true;
	withheld(SCRIPT "c", GTH_WITHHELD_REFUSED, true, "what_the_region_does_not_want_stays");
}

static void test_no_lookup(void)
{
	struct file f = make_file(SCRIPT "direct", 0), t = make_file("ODD text", 0);

	fresh();
	w.settings.config.lookup = false;
	w.settings.config.files = true;
	start();
	ask(&f);
	ask(&t);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && !w.orders[GTH_ORDER_LOOKUP],
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
	tap_ok(until(unknown(&f) == 1) && !w.n && w.orders[GTH_ORDER_LOOKUP] == 1,
	       "changed_content_is_not_sent");
	tap_is(status_of("withheld", "changed"), 1, "changed_content_has_a_reason");
	ask(&g);
	tap_ok(until(unknown(&g) == 1) && !w.n, "file_without_descriptor_is_not_sent");
	tap_is(status_of("withheld", "unreadable"), 1, "file_without_descriptor_has_a_reason");
	stop_by(SIGTERM);
	tap_is(files_in("spool"), 0, "changed_content_is_not_kept");
	close(f.fd);
	close(g.fd);
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
	tap_ok(until(w.heard[hear(verity)].unknown == 1), "fsverity_ask_is_answered_at_once");
	tap_ok(until(finding(&f) == GTH_FINDING_MALICIOUS), "fsverity_file_goes_by_its_sha256");
	ask(&f);
	until(w.heard[hear(verity)].unknown == 2);
	tap_is(w.n, 1, "fsverity_file_goes_once");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_upload(void)
{
	struct file f = make_file(SCRIPT "large", 300000);

	fresh();
	w.faults.cut = true;
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "cut_upload_is_resumed");
	tap_ok(w.bytes == w.uploads[0].note.cipher_size && w.n == 1 &&
		       w.orders[GTH_ORDER_UPLOAD] == 2,
	       "no_byte_is_sent_twice");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "both_parts_are_in_the_journal");

	fresh();
	w.faults.lose_receipt = true;
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "lost_receipt_is_asked_for");
	until(files_in("spool") == 0);
	stop_by(SIGTERM);
	tap_ok(w.orders[GTH_ORDER_UPLOAD] == 1 && !read_journal() &&
		       journal.kinds[GTH_EGRESS_RECEIPT] == 1,
	       "lost_receipt_comes_without_a_second_upload");

	fresh();
	w.faults.busy = 3;
	w.faults.retry_after = 1;
	start();
	ask(&f);
	time_t begun = time(NULL);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && time(NULL) - begun >= 2,
	       "retry_after_is_waited_for");
	stop_by(SIGTERM);

	fresh();
	w.faults.create_status = 409;
	w.faults.create_type = "other-submission";
	start();
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN) && w.orders[GTH_ORDER_CREATE] == 2,
	       "id_that_is_taken_is_replaced");
	stop_by(SIGTERM);

	fresh();
	w.faults.create_status = 413;
	w.faults.create_type = "too-large";
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
	w.pace.deletion_s = 0;
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	w.uploads[0].deleted = true;
	stop_by(SIGTERM);
	start();
	until(w.ready == 1);
	tap_ok(until(status_of(NULL, "lent") == 0), "deletion_is_asked_for_and_kept");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.kinds[GTH_EGRESS_DELETION] == 1,
	       "deletion_is_in_the_journal");
	close(f.fd);
}

/* What is not signed by the region: the fake broker bails out if it hears of it. */
static void test_forgery(void)
{
	struct file f = make_file(SCRIPT "forged", 0), known = make_file(SCRIPT "known", 0);

	fresh();
	memcpy(w.known[w.known_n++], known.digest, 32);
	w.faults.bad_verdict = true;
	start();
	ask(&f);
	ask(&known);
	tap_ok(until(unknown(&f) == 1) && finding(&f) < 0,
	       "verdict_of_another_key_never_reaches_the_broker");
	tap_ok(until(status_of("submissions", "failed") == 2), "its_submissions_fail_in_the_end");
	w.faults.bad_verdict = false;
	tap_ok(command_ok("retry all"), "retry_is_taken");
	ask(&f);
	ask(&known);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN && finding(&known) == GTH_FINDING_BENIGN),
	       "after_a_retry_the_true_verdict_comes");
	stop_by(SIGTERM);

	fresh();
	w.faults.foreign_verdict = true;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1) && finding(&f) < 0,
	       "verdict_of_another_file_is_not_taken_for_it");
	stop_by(SIGTERM);

	fresh();
	w.faults.bad_receipt = true;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1 || finding(&f) >= 0), "forged_receipt_does_not_hang");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && !journal.kinds[GTH_EGRESS_RECEIPT], "forged_receipt_is_not_kept");

	fresh();
	w.faults.garbage = true;
	start();
	ask(&f);
	tap_ok(until(unknown(&f) == 1), "answer_that_is_no_json_fails_in_the_end");
	stop_by(SIGTERM);
	close(f.fd);
	close(known.fd);
}

static void no_statement(char *note, const char *name)
{
	struct file f = make_file(SCRIPT "statement", 0);
	json_t *status;

	set_statement(note);
	start();
	ask(&f);
	until(w.orders[GTH_ORDER_STATEMENT] >= 3);
	status = command("status");
	if (!tap_ok(!w.orders[GTH_ORDER_LOOKUP] && !w.orders[GTH_ORDER_CREATE] && !unknown(&f) &&
			    strcmp(json_string_value(json_object_get(status, "statement")), "ok"),
		    name))
		tap_note("%s", json_string_value(json_object_get(status, "statement")));
	json_decref(status);
	/* The file waits, and goes when the statement holds. */
	set_statement(make_statement(&w.statement_key, "CH", 1, 3600));
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "what_waited_goes_when_one_holds");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_statement(void)
{
	fresh();
	no_statement(make_statement(&w.statement_key, "CH", -7200, -3600),
		     "expired_statement_sends_nothing");
	fresh();
	no_statement(make_statement(&w.statement_key, "US", 0, 3600),
		     "foreign_statement_sends_nothing");
	fresh();
	no_statement(make_statement(&w.other_key, "CH", 0, 3600),
		     "statement_of_another_key_sends_nothing");
	fresh();
	no_statement(strdup("gotthard-region 1\n"), "unsigned_statement_sends_nothing");
	fresh();
	start();
	until(w.ready == 1 && w.statements == 1);
	stop_by(SIGTERM);
	memset(w.orders, 0, sizeof(w.orders));
	no_statement(make_statement(&w.statement_key, "CH", -600, 3600),
		     "older_statement_sends_nothing");
}

static void test_broker_refuses(void)
{
	static struct gth_message m;
	struct file f = make_file(SCRIPT "refused", 0);

	fresh();
	start();
	until(w.statements == 1);
	m.type = GTH_MSG_REJECTED;
	m.number = GTH_STATEMENT_EXPIRED;
	m.size = (uint32_t)strlen(w.statement);
	memcpy(m.body, w.statement, m.size);
	must(!gth_message_send(w.broker, &m, -1));
	ask(&f);
	status_of(NULL, "verdicts");
	tap_ok(!w.orders[GTH_ORDER_LOOKUP], "statement_that_the_broker_refuses_sends_nothing");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_down(void)
{
	struct file f = make_file(SCRIPT "down", 0);

	fresh();
	start();
	until(w.statements == 1);
	w.faults.down = true;
	ask(&f);
	until(w.orders[GTH_ORDER_LOOKUP] >= 4);
	tap_ok(!unknown(&f), "region_down_is_waited_for");
	stop_by(SIGKILL);
	start();
	until(w.orders[GTH_ORDER_STATEMENT] >= 3);
	tap_is(stop_by(0), 0, "ends_when_the_broker_is_gone");
	w.faults.down = false;
	start();
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "what_waited_is_delivered_after_restarts");
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "journal_of_it_is_whole");
	close(f.fd);
}

/* Killed while an order of a kind is under way, and started again. */
static void killed_in(enum gth_order_kind kind, const char *name)
{
	struct file f = make_file(SCRIPT "killed EVIL", 100000);
	unsigned int lookups;

	fresh();
	w.faults.mute[kind] = true;
	start();
	ask(&f);
	if (kind == GTH_ORDER_OFFSET)
		w.faults.cut = true;
	until(w.orders[kind] == 1);
	lookups = w.orders[GTH_ORDER_LOOKUP];
	stop_by(SIGKILL);
	w.faults.mute[kind] = false;
	start();
	tap_ok(until(finding(&f) == GTH_FINDING_MALICIOUS) && w.n == 1, name);
	tap_ok(w.orders[GTH_ORDER_LOOKUP] == (kind == GTH_ORDER_LOOKUP ? 2 : lookups) &&
		       (kind == GTH_ORDER_UPLOAD || w.bytes == w.uploads[0].note.cipher_size),
	       "nothing_is_asked_or_sent_twice");
	until(files_in("spool") == 0);
	stop_by(SIGTERM);
	tap_ok(journal_covers() && files_in("spool") == 0 && files_in("lost") == 0,
	       "spool_and_journal_are_whole");
	close(f.fd);
}

static void test_kills(void)
{
	killed_in(GTH_ORDER_LOOKUP, "killed_while_asked_goes_on");
	killed_in(GTH_ORDER_CREATE, "killed_while_sealed_goes_on");
	killed_in(GTH_ORDER_UPLOAD, "killed_while_uploading_goes_on");
	killed_in(GTH_ORDER_OFFSET, "killed_while_created_goes_on");
	killed_in(GTH_ORDER_WAIT, "killed_while_waiting_goes_on");
}

/* At any moment: whatever it was doing, all arrive in the end. */
static void test_random_kills(void)
{
	struct file f[8];
	unsigned int done = 0;
	struct timespec pause;

	fresh();
	for (int i = 0; i < 8; i++) {
		char text[64];

		snprintf(text, sizeof(text), SCRIPT "%d", i);
		f[i] = make_file(text, 20000);
	}
	for (int round = 0; round < 12; round++) {
		start();
		for (int i = 0; i < 8; i++)
			ask(&f[i]);
		for (int i = 0; i < round * 3; i++)
			pump(2);
		pause = (struct timespec) { .tv_nsec = round * 1000000 };
		nanosleep(&pause, NULL);
		stop_by(SIGKILL);
	}
	start();
	for (int i = 0; i < 8; i++)
		ask(&f[i]);
	for (int i = 0; i < 8; i++)
		done += until(finding(&f[i]) == GTH_FINDING_BENIGN);
	tap_is(done, 8, "killed_at_any_moment_all_arrive");
	until(files_in("spool") == 0);
	tap_is(stop_by(SIGTERM), 0, "ends_orderly_after_that");
	tap_ok(w.n == 8 && files_in("spool") == 0, "each_was_submitted_once");
	tap_is(files_in(". | grep lost"), 0, "no_file_was_lost");
	tap_ok(journal_covers(), "journal_is_whole_after_that");
	for (int i = 0; i < 8; i++)
		close(f[i].fd);
}

static void test_spool(void)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file("text b", 50000);
	struct file c = make_file(SCRIPT "c", 50000), d = make_file("text d", 50000);
	struct file huge = make_file(SCRIPT "huge", 200000);

	fresh();
	w.settings.config.files = true;
	w.settings.config.spool_quota =
		160000; /* a and b, and the room in which the next is encrypted */
	w.faults.mute[GTH_ORDER_LOOKUP] = true;
	start();
	ask(&a);
	ask(&b);
	ask(&c);
	tap_ok(until(unknown(&b) == 1) && !unknown(&a) && !unknown(&c),
	       "full_spool_drops_d4_before_d3");
	ask(&d);
	tap_ok(until(status_of("withheld", "spool") == 2), "d4_displaces_no_d3");
	ask(&huge);
	tap_ok(until(status_of("withheld", "spool") == 3) &&
		       status_of(NULL, "spool_bytes") == 100000,
	       "what_is_larger_than_the_spool_drops_nothing");
	stop_by(SIGTERM);
	tap_ok(!read_journal() && journal.reasons[GTH_WITHHELD_SPOOL] == 3,
	       "journal_has_what_was_dropped");
	close(a.fd);
	close(b.fd);
	close(c.fd);
	close(d.fd);
	close(huge.fd);
}

static void write_config(const char *text)
{
	FILE *file;

	snprintf(w.config_file, sizeof(w.config_file), "%s/conf", w.dir);
	file = fopen(w.config_file, "we");
	must(file && fputs(text, file) >= 0 && !fclose(file));
}

static void test_limits(void)
{
	struct file a = make_file(SCRIPT "a", 50000), b = make_file(SCRIPT "b", 50000);

	fresh();
	w.settings.config.per_minute = 1;
	start();
	ask(&a);
	until(finding(&a) >= 0);
	ask(&b);
	tap_ok(until(status_of("waits", "rate") == 1) && w.n == 1 && !unknown(&b),
	       "rate_cap_lets_wait");
	stop_by(SIGTERM);
	w.settings.config.per_minute = 0;
	start();
	tap_ok(until(finding(&b) >= 0), "and_goes_on_without_it");
	stop_by(SIGTERM);

	fresh();
	w.settings.config.daily_quota = 80000;
	start();
	ask(&a);
	until(finding(&a) >= 0);
	ask(&b);
	tap_ok(until(status_of("waits", "quota") == 1) && w.n == 1 && !unknown(&b),
	       "daily_quota_lets_wait");
	reload("[endpoint]\ncountry = DE\n[send]\ndaily_quota = 1M\n[verdict]\npoll = 0\n");
	tap_ok(until(finding(&b) >= 0), "reload_with_more_goes_on");
	stop_by(SIGTERM);
	close(a.fd);
	close(b.fd);
}

static void test_reload(void)
{
	struct file a = make_file(SCRIPT "reload", 0);

	fresh();
	w.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&a);
	until(w.orders[GTH_ORDER_CREATE] == 1);
	reload("[endpoint]\ncountry = DE\n[send]\nprograms = off\n");
	tap_ok(until(unknown(&a) == 1), "consent_that_is_taken_back_holds");
	tap_is(files_in("spool"), 0, "and_the_copy_is_gone");
	stop_by(SIGTERM);
	tap_ok(!w.orders[GTH_ORDER_UPLOAD] && !read_journal() &&
		       journal.reasons[GTH_WITHHELD_CLASS_OFF] == 1,
	       "and_it_is_in_the_journal");
	close(a.fd);
}

static void test_taken_back(void)
{
	struct file b = make_file(SCRIPT "told before", 0);

	fresh();
	w.settings.config.metadata = true;
	w.faults.mute[GTH_ORDER_CREATE] = true;
	write_config("[endpoint]\ncountry = DE\n[send]\nmetadata = off\n");
	start();
	ask(&b);
	until(w.orders[GTH_ORDER_CREATE] == 1);
	stop_by(SIGKILL);
	w.faults.mute[GTH_ORDER_CREATE] = false;
	w.settings.config.metadata = false;
	start();
	tap_ok(until(finding(&b) >= 0) && !w.uploads[w.n - 1].note.path[0] &&
		       !w.uploads[w.n - 1].note.comm[0],
	       "what_the_owner_does_not_tell_any_more_is_not_told");
	stop_by(SIGTERM);
	close(b.fd);
}

static void test_operator(void)
{
	struct file f = make_file(SCRIPT "dropped", 0);
	char text[80];

	fresh();
	w.faults.mute[GTH_ORDER_CREATE] = true;
	start();
	ask(&f);
	until(w.orders[GTH_ORDER_CREATE] == 1);
	snprintf(text, sizeof(text), "drop sha256:%s", f.hex);
	tap_ok(command_ok(text) && until(unknown(&f) == 1) && until(w.cancelled >= 1),
	       "drop_cancels_and_answers");
	tap_is(files_in("spool"), 0, "dropped_file_is_gone");
	ask(&f);
	tap_ok(until(unknown(&f) == 2) && w.orders[GTH_ORDER_LOOKUP] == 1,
	       "dropped_file_stays_dropped");
	w.faults.mute[GTH_ORDER_CREATE] = false;
	snprintf(text, sizeof(text), "retry %s", f.hex);
	tap_ok(command_ok(text), "dropped_file_can_be_retried");
	ask(&f);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "and_arrives");
	stop_by(SIGTERM);
	close(f.fd);
}

static void test_poll(void)
{
	struct file asked = make_file(SCRIPT "asked", 0);
	uint8_t evil[32] = { 1 }, good[32] = { 2 }, forged[32] = { 3 };
	char *note;

	fresh();
	memcpy(w.known[w.known_n++], asked.digest, 32);
	start();
	ask(&asked);
	until(finding(&asked) == GTH_FINDING_BENIGN);
	stop_by(SIGTERM);
	w.settings.config.poll = 1;
	json_array_append_new(w.verdicts, json_string(note = make_verdict(evil, 3, 0)));
	free(note);
	json_array_append_new(w.verdicts, json_string(note = make_verdict(good, 1, 0)));
	free(note);
	json_array_append_new(w.verdicts, json_string(note = make_verdict(asked.digest, 3, 5)));
	free(note);
	w.faults.bad_verdict = true;
	json_array_append_new(w.verdicts, json_string(note = make_verdict(forged, 3, 0)));
	free(note);
	w.faults.bad_verdict = false;
	start();
	tap_ok(until(w.heard[hear(evil)].finding == GTH_FINDING_MALICIOUS),
	       "malicious_verdict_is_taken_unasked");
	tap_ok(until(finding(&asked) == GTH_FINDING_MALICIOUS), "changed_verdict_is_told");
	tap_ok(until(!strcmp(w.cursor, "c.1")), "cursor_is_kept");
	tap_ok(w.heard[hear(good)].finding < 0 && w.heard[hear(forged)].finding < 0,
	       "others_and_forged_ones_are_not");
	tap_is(status_of(NULL, "verdicts"), 2, "only_what_is_of_use_is_kept");
	stop_by(SIGKILL);
	memset(w.cursor, 0, sizeof(w.cursor));
	start();
	tap_ok(until(!strcmp(w.cursor, "c.1")), "cursor_survives_a_kill");
	stop_by(SIGTERM);
	close(asked.fd);
}

static void test_statistics(void)
{
	struct file f = make_file(SCRIPT "counted", 0);
	json_t *answer, *json;
	char preview[1024] = "";

	fresh();
	start();
	ask(&f);
	until(finding(&f) >= 0 && files_in("spool") == 0);
	answer = command("statistics-preview");
	snprintf(preview, sizeof(preview), "%s",
		 json_string_value(json_object_get(answer, "body")));
	tap_ok(json_is_false(json_object_get(answer, "sent")) && !w.orders[GTH_ORDER_STATISTICS],
	       "statistics_are_off_by_default");
	json_decref(answer);
	stop_by(SIGTERM);
	w.settings.config.statistics = true;
	start();
	tap_ok(until(w.orders[GTH_ORDER_STATISTICS] == 1) && !strcmp(preview, w.statistics),
	       "preview_shows_the_very_bytes");
	json = json_loads(w.statistics, 0, NULL);
	tap_ok(json_object_size(json) == 5 &&
		       json_integer_value(json_object_get(json, "lookups")) == 1 &&
		       json_integer_value(json_object_get(json, "submissions")) == 1 &&
		       json_integer_value(
			       json_object_get(json_object_get(json, "findings"), "benign")) == 1,
	       "statistics_are_counts_and_nothing_else");
	json_decref(json);
	tap_ok(!strstr(w.statistics, ENDPOINT) && !strstr(w.statistics, f.hex),
	       "statistics_name_nobody");
	answer = command("statistics-preview");
	tap_ok(strstr(json_string_value(json_object_get(answer, "body")), "\"lookups\":0") != NULL,
	       "counts_begin_anew");
	json_decref(answer);
	stop_by(SIGTERM);
	tap_ok(journal_covers(), "statistics_are_in_the_journal");
	close(f.fd);
}

static void test_courier(void)
{
	static struct gth_message m;
	struct file f = make_file(SCRIPT "courier", 0);
	int pair[2];

	fresh();
	w.faults.mute[GTH_ORDER_LOOKUP] = true;
	start();
	ask(&f);
	until(w.orders[GTH_ORDER_LOOKUP] == 1);
	close(w.courier);
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	w.courier = pair[0];
	m.type = GTH_MSG_COURIER;
	m.size = 0;
	w.faults.mute[GTH_ORDER_LOOKUP] = false;
	must(!gth_message_send(w.broker, &m, pair[1]));
	close(pair[1]);
	tap_ok(until(finding(&f) == GTH_FINDING_BENIGN), "goes_on_with_a_new_courier");
	m.type = GTH_MSG_RESULT;
	m.number = 4711;
	m.size = sizeof(struct gth_result);
	memset(m.body, 0xff, m.size);
	must(!gth_message_send(w.courier, &m, -1));
	tap_ok(status_of(NULL, "verdicts") == 1, "answer_nobody_waits_for_does_no_harm");
	stop_by(SIGTERM);
	close(f.fd);
}

#define CTL "build/gotthardctl"

/* What gotthardctl prints; @wanted is its exit status. */
static bool ctl(const char *arguments, int wanted, const char *text)
{
	static char line[512], out[65536];
	FILE *p;
	size_t n;
	int status;

	/* in the background: the store may need this process before it can answer */
	snprintf(line, sizeof(line), "GTH_CONTROL=%s %s %s >%s/out 2>&1; echo $? >%s/rc", w.control,
		 CTL, arguments, w.dir, w.dir);
	p = popen(line, "r");
	for (time_t end = time(NULL) + PATIENCE_S; time(NULL) < end;) {
		pump(10);
		if (!faccessat(w.state_dir, "rc", F_OK, 0))
			break;
	}
	pclose(p);
	snprintf(line, sizeof(line), "%s/rc", w.dir);
	p = fopen(line, "re");
	if (!p || fscanf(p, "%d", &status) != 1)
		status = -1;
	if (p)
		fclose(p);
	unlinkat(w.state_dir, "rc", 0);
	snprintf(line, sizeof(line), "%s/out", w.dir);
	p = fopen(line, "re");
	n = p ? fread(out, 1, sizeof(out) - 1, p) : 0;
	out[n] = '\0';
	if (p)
		fclose(p);
	if (status == wanted && strstr(out, text))
		return true;
	tap_note("gotthardctl %s: %d: %s", arguments, status, out);
	return false;
}

static void test_ctl(void)
{
	struct file f = make_file(SCRIPT "listed EVIL", 0), t = make_file("a text", 0);
	char config[160], line[400];

	if (access(CTL, X_OK)) {
		tap_skip("gotthardctl_shows_it", "`make user` has not been run");
		return;
	}
	fresh();
	snprintf(config, sizeof(config), "[endpoint]\ncountry = DE\nstate = %s\n", w.dir);
	write_config(config);
	start();
	ask(&f);
	ask(&t);
	until(finding(&f) >= 0 && unknown(&t) == 1 && files_in("spool") == 0);
	snprintf(line, sizeof(line), "submissions list --config %s", w.config_file);
	tap_ok(ctl(line, 0, "withheld   class-off") && ctl(line, 0, "done       malicious"),
	       "gotthardctl_lists_submissions_with_reasons");
	snprintf(line, sizeof(line), "submissions list --json --config %s", w.config_file);
	tap_ok(ctl(line, 0, "\"verdict\": \"malicious\""), "gotthardctl_lists_in_json");
	snprintf(line, sizeof(line), "submissions show --config %s %s", w.config_file, f.hex);
	tap_ok(ctl(line, 0, "gotthard-receipt 1") && ctl(line, 0, "gotthard-submission 2"),
	       "gotthardctl_shows_the_notes");
	snprintf(line, sizeof(line), "submissions show --config %s nothing", w.config_file);
	tap_ok(ctl(line, 1, "no such submission"), "gotthardctl_finds_no_other");
	snprintf(line, sizeof(line), "verdict list --config %s", w.config_file);
	tap_ok(ctl(line, 0, "Test.Evil"), "gotthardctl_lists_verdicts");
	tap_ok(ctl("statistics preview", 0, "\"malicious\":1"), "gotthardctl_previews_statistics");
	snprintf(line, sizeof(line), "submissions drop %s", t.hex);
	tap_ok(ctl(line, 0, "") && until(unknown(&t) == 2), "gotthardctl_drops");
	snprintf(line, sizeof(line), "submissions retry %s", t.hex);
	tap_ok(ctl(line, 0, ""), "gotthardctl_retries");
	tap_ok(ctl("submissions drop nothing", 1, "no such submission") &&
		       ctl("submissions", 1, "") && ctl("submissions fly", 64, "say one of"),
	       "gotthardctl_refuses_what_is_wrong");
	stop_by(SIGTERM);
	tap_ok(ctl("statistics preview", 1, "does not run"),
	       "gotthardctl_says_that_nobody_answers");
	close(f.fd);
	close(t.fd);
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
	test_consent();
	test_no_lookup();
	test_changed();
	test_verity();
	test_upload();
	test_deletion();
	test_forgery();
	test_statement();
	test_broker_refuses();
	test_down();
	test_kills();
	test_random_kills();
	test_spool();
	test_limits();
	test_reload();
	test_taken_back();
	test_operator();
	test_poll();
	test_statistics();
	test_courier();
	test_ctl();
	fresh();
	return tap_done();
}
