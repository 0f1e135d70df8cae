// SPDX-License-Identifier: GPL-2.0-or-later
/* kept.c - the head of the journal as the broker keeps it, whatever a store says. */
#include <errno.h>
#include <sys/socket.h>

#include "daemon/broker/kept.h"
#include "daemon/broker/relay.h"
#include "lib/util/root_dir.h"
#include "lib/util/sha256.h"
#include "tests/unit/tap.h"
#include "tests/unit/tlog_dir.h"

static char base[PATH_MAX], state[PATH_MAX + 8], root[PATH_MAX + 16];
static struct gth_signer key, other_key;
static struct gth_kept kept;

static void leaf_of(uint64_t n, uint8_t leaf[32])
{
	if (gth_sha256(&n, sizeof(n), leaf))
		exit(1);
}

static int add(uint64_t first, unsigned int n)
{
	static uint8_t leaf[GTH_LEAVES_MAX][32];

	for (unsigned int i = 0; i < n; i++)
		leaf_of(first + i, leaf[i]);
	return gth_kept_add(&kept, first, leaf, n * sizeof(leaf[0]));
}

static void reopen(const struct gth_signer *s)
{
	gth_kept_close(&kept);
	gth_kept_open(&kept, state, &s->verifier);
}

/* As if the machine stopped here: what is not written is lost. */
static void stop(void)
{
	close(kept.dir);
	gth_kept_init(&kept);
	gth_kept_open(&kept, state, &key.verifier);
}

/* Until the thread that writes has ended, and its result is taken. */
static void settle(void)
{
	while (kept.runs) {
		usleep(1000);
		gth_kept_step(&kept, kept.since);
	}
}

static struct gth_journal_head on_disk(const char *name)
{
	struct gth_journal_head h = { 0 };
	int dir = gth_root_dir_open(root);

	if (gth_journal_head_read(&h, dir, name))
		h.tree.size = UINT64_MAX;
	close(dir);
	return h;
}

static void test_file(void)
{
	struct stat st;

	gth_kept_open(&kept, state, &key.verifier);
	tap_ok(!kept.err && !kept.head.tree.size && !stat(root, &st) && (st.st_mode & 0777) == 0700,
	       "directory_is_made_and_its_owners_alone");
	tap_is(on_disk(GTH_JOURNAL_HEAD_FILE).tree.size, 0, "that_nothing_was_entered_is_kept");
	tap_is(add(0, 3), 0, "leaves_are_taken");
	tap_is(add(3, 256), 0, "and_those_that_follow");
	tap_is(add(3, 1), -EPROTO, "what_was_entered_is_not_entered_again");
	tap_is(add(260, 1), -EPROTO, "none_may_be_left_out");
	tap_is(gth_kept_add(&kept, 259, "short", 5), -EPROTO, "half_a_hash_is_none");
	tap_is(gth_kept_add(&kept, 259, "", 0), -EPROTO, "nothing_is_no_entry");
	tap_ok(kept.head.tree.size == 259 && on_disk(GTH_JOURNAL_HEAD_FILE).tree.size == 0,
	       "the_disk_is_not_written_at_each");
	gth_kept_step(&kept, kept.since + 999);
	tap_is(on_disk(GTH_JOURNAL_HEAD_FILE).tree.size, 0, "nor_within_a_second");
	gth_kept_step(&kept, kept.since + 1000);
	settle();
	tap_is(on_disk(GTH_JOURNAL_HEAD_FILE).tree.size, 259, "but_after_one");
	stop();
	tap_is(kept.head.tree.size, 259, "and_it_is_there_after_a_power_cut");
	add(259, 1);
	reopen(&key);
	tap_is(kept.head.tree.size, 260, "an_orderly_end_writes_all");
}

static void test_keys(void)
{
	reopen(&other_key);
	tap_ok(!kept.err && !kept.head.tree.size, "another_key_has_another_journal");
	add(0, 5);
	reopen(&key);
	tap_is(kept.head.tree.size, 260, "the_one_before_was_set_aside");
	reopen(&other_key);
	tap_is(kept.head.tree.size, 5, "and_so_is_each");
	reopen(&key);
}

/* Writes what `gotthardctl egress accept-new` leaves for the broker. */
static void accept_one(uint64_t size, uint64_t replaced, bool right_root)
{
	struct gth_journal_head h = { .key = key.verifier,
				      .accepted = 1800000000,
				      .accepted_by = 1000,
				      .replaced_size = replaced };
	int dir = gth_root_dir_open(root);
	uint8_t leaf[32];

	for (uint64_t i = 0; i < size; i++) {
		leaf_of(1000 + i, leaf);
		if (gth_frontier_add(&h.tree, leaf))
			exit(1);
	}
	if (gth_frontier_root(&kept.head.tree, h.replaced_root))
		exit(1);
	h.replaced_root[0] ^= !right_root;
	if (gth_journal_head_write(&h, dir, GTH_JOURNAL_ACCEPT_FILE))
		exit(1);
	close(dir);
}

static void test_accept(void)
{
	tap_ok(!gth_kept_step(&kept, 1), "nothing_is_accepted_by_itself");
	accept_one(7, 259, true);
	tap_ok(!gth_kept_step(&kept, 1) && kept.head.tree.size == 260 &&
		       on_disk(GTH_JOURNAL_ACCEPT_FILE).tree.size == UINT64_MAX,
	       "what_was_to_replace_an_earlier_head_is_not_taken");
	accept_one(7, 260, false);
	tap_ok(!gth_kept_step(&kept, 1) && kept.head.tree.size == 260,
	       "nor_what_was_to_replace_another");
	accept_one(7, 260, true);
	tap_ok(gth_kept_step(&kept, 1) && kept.head.tree.size == 7 && kept.head.accepted_by == 1000,
	       "what_root_accepted_is_taken");
	tap_ok(!gth_kept_step(&kept, 1), "once");
	stop();
	tap_ok(kept.head.tree.size == 7 && kept.head.replaced_size == 260,
	       "and_kept_with_who_it_was_and_what_it_replaced");
	accept_one(0, 7, true);
	stop();
	tap_ok(!kept.err && !kept.head.tree.size, "it_is_taken_at_the_start_too");
}

/* The messages between broker and store. */
static void test_store(void)
{
	static struct gth_relay relay;
	static struct gth_message m;
	static const char who[] = "by uid 1000 at ", what[] = " in place of 7 entries, root ";
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends))
		exit(1);
	add(0, 3);
	gth_relay_init(&relay, NULL);
	relay.kept = &kept;
	gth_relay_open(&relay, ends[0]);
	tap_ok(gth_message_receive(ends[1], &m, NULL) == 1 && m.type == GTH_MSG_ACCEPTED &&
		       !strncmp(m.body, who, strlen(who)) && strstr(m.body, what),
	       "a_store_is_told_who_accepted_the_journal");
	tap_ok(gth_message_receive(ends[1], &m, NULL) == 1 && m.type == GTH_MSG_KEPT &&
		       m.number == 3 && m.size == 64 && !memcmp(m.body, kept.head.tree.hash, 64),
	       "and_the_head_before_all_else");
	m.type = GTH_MSG_LEAVES;
	m.size = 32;
	gth_message_send(ends[1], &m, -1);
	tap_ok(!gth_relay_hear(&relay, 1800000000) && kept.head.tree.size == 4,
	       "what_it_has_added_is_taken");
	gth_message_send(ends[1], &m, -1);
	tap_ok(gth_relay_hear(&relay, 1800000000) == -EPROTO && kept.head.tree.size == 4,
	       "a_store_that_says_it_twice_is_not_believed_any_more");
	m.number = 4;
	m.size = 33;
	send(ends[1], &m, offsetof(struct gth_message, body) + 33, 0);
	tap_ok(gth_relay_hear(&relay, 1800000000) == -EPROTO && kept.head.tree.size == 4,
	       "nor_one_that_says_half_of_it");
	kept.err = -EBADMSG;
	gth_relay_open(&relay, ends[0]);
	tap_ok(gth_message_receive(ends[1], &m, NULL) == 1 && m.type == GTH_MSG_UNKEPT &&
		       m.number == EBADMSG,
	       "a_head_that_is_not_known_is_told_as_such");
	kept.err = 0;
	gth_relay_free(&relay);
	close(ends[0]);
	close(ends[1]);
}

static void test_trouble(void)
{
	char text[PATH_MAX + 256], path[PATH_MAX + 64];
	FILE *f;

	gth_kept_close(&kept);
	snprintf(path, sizeof(path), "%s/" GTH_JOURNAL_HEAD_FILE, root);
	f = fopen(path, "w");
	if (!f || fputs("nonsense\n", f) < 0 || fclose(f))
		exit(1);
	gth_kept_open(&kept, state, &key.verifier);
	tap_ok(kept.err == -EBADMSG && gth_kept_problem(&kept, text, sizeof(text)) &&
		       strstr(text, "damaged (gotthardctl egress accept-new)"),
	       "a_damaged_head_is_not_known_and_told");
	tap_is(add(0, 1), -EPROTO, "and_nothing_is_added_to_it");
	accept_one(9, 0, true);
	tap_ok(gth_kept_step(&kept, 1) && !kept.err && kept.head.tree.size == 9 &&
		       !gth_kept_problem(&kept, text, sizeof(text)),
	       "until_root_accepts_a_journal");
	gth_kept_close(&kept);
	if (chmod(root, 0777))
		exit(1);
	gth_kept_open(&kept, state, &key.verifier);
	tap_ok(kept.err == -EPERM && gth_kept_problem(&kept, text, sizeof(text)),
	       "where_others_can_write_nothing_is_known");
	gth_kept_close(&kept);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	close(scratch_dir(base));
	snprintf(state, sizeof(state), "%s/state", base);
	snprintf(root, sizeof(root), "%s-root", state);
	if (gth_signer_create(&key, "laptop-7") || gth_signer_create(&other_key, "laptop-7"))
		return 1;
	gth_kept_init(&kept);
	test_file();
	test_keys();
	test_accept();
	test_store();
	test_trouble();
	remove_tree(base);
	return tap_done();
}
