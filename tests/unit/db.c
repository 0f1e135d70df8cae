// SPDX-License-Identifier: GPL-2.0-or-later
/* db.c - store.db (userd/daemon/store/db*.c, spool.c): damage, kills between steps, bounds, order.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/db.h"
#include "daemon/store/spool.h"
#include "tests/unit/tap.h"

static char dir[] = "/tmp/gth-db-XXXXXX";
static int dirfd_;

static void clean(void)
{
	char line[64];

	snprintf(line, sizeof(line), "rm -rf %s/*", dir);
	if (system(line))
		abort();
}

static bool there(const char *name)
{
	return !faccessat(dirfd_, name, F_OK, AT_SYMLINK_NOFOLLOW);
}

static struct gth_row a_row(uint8_t n, int state, int class)
{
	struct gth_row r = {
		.state = state, .class = class, .size = 10, .created = n, .changed = n
	};

	memset(r.digest, n, 32);
	snprintf(r.id, sizeof(r.id), "00000000-0000-4000-8000-0000000000%02x", n);
	snprintf(r.path, sizeof(r.path), "/a/\xff\x01%d", n);
	strcpy(r.type, "text/plain");
	return r;
}

static void test_rows(void)
{
	struct gth_row in = a_row(1, GTH_SPOOLED_WAITING, GTH_D3), out;
	struct gth_db b;
	uint64_t bytes;

	tap_is(gth_db_open(&b, dirfd_, 5, NULL), 0, "begins_a_new_database");
	in.plain = true;
	in.cipher_size = 1ULL << 40;
	in.reason = GTH_WITHHELD_SIZE;
	in.due = 1ULL << 60;
	memset(in.cipher_digest, 9, 32);
	tap_is(gth_db_put(&b, &in), 0, "keeps_a_row");
	memset(&out, 0xff, sizeof(out));
	tap_ok(gth_db_by_digest(&b, in.digest, &out) == 1 && !memcmp(&in, &out, sizeof(in)),
	       "row_comes_back_byte_for_byte");
	tap_ok(gth_db_by_id(&b, in.id, &out) == 1 && !memcmp(&in, &out, sizeof(in)),
	       "row_is_found_by_id");
	tap_is(gth_db_by_id(&b, "x' OR 1", &out), 0, "what_is_not_there_is_not_found");
	in.sealed = true;
	gth_db_put(&b, &in);
	tap_ok(!gth_db_spool_bytes(&b, &bytes) && bytes == 10 + (1ULL << 40), "adds_up_the_spool");
	gth_db_close(&b);
	tap_ok(!gth_db_open(&b, dirfd_, 5, NULL) && !b.damaged[0] &&
		       gth_db_by_id(&b, in.id, &out) == 1,
	       "row_is_there_after_reopening");
	gth_db_close(&b);
	clean();
}

static void test_victims(void)
{
	struct gth_row r[] = { a_row(1, GTH_SPOOLED_COPIED, GTH_D3),
			       a_row(2, GTH_SPOOLED_ASKED, GTH_D4),
			       a_row(3, GTH_SPOOLED_ASKED, GTH_D4),
			       a_row(4, GTH_SPOOLED_UPLOADING, GTH_D4),
			       a_row(5, GTH_SPOOLED_FAILED, GTH_D3) };
	static const uint8_t order[] = { 5, 2, 3, 1 };
	struct gth_row v;
	struct gth_db b;
	int right = 0;

	gth_db_open(&b, dirfd_, 5, NULL);
	for (size_t i = 0; i < 5; i++) {
		r[i].plain = r[i].state < GTH_SPOOLED_SEALED;
		r[i].sealed = !r[i].plain;
		gth_db_put(&b, &r[i]);
	}
	for (size_t i = 0; i < 4 && gth_db_victim(&b, GTH_D3, &v) == 1; i++) {
		right += v.digest[0] == order[i];
		gth_db_remove(&b, v.digest);
	}
	tap_is(right, 4, "failed_then_d4_then_d3_the_oldest_first");
	tap_is(gth_db_victim(&b, GTH_D3, &v), 0, "what_is_uploading_is_never_dropped");
	gth_db_put(&b, &r[0]);
	tap_is(gth_db_victim(&b, GTH_D4, &v), 0, "d4_displaces_no_d3");
	gth_db_close(&b);
	clean();
}

static void damage(off_t at, const char *name)
{
	struct gth_row r = a_row(1, GTH_SPOOLED_ASKED, GTH_D3);
	char path[80];
	struct gth_db b;
	int fd;

	gth_db_open(&b, dirfd_, 5, NULL);
	for (int i = 0; i < 100; i++) {
		r = a_row((uint8_t)i, GTH_SPOOLED_ASKED, GTH_D3);
		gth_db_put(&b, &r);
	}
	gth_db_close(&b);
	fd = openat(dirfd_, "store.db", O_RDWR | O_CLOEXEC);
	for (int i = 0; i < 64; i++)
		if (pwrite(fd, "damage..........damage..........damage..........damage..........",
			   64, at + 64 * i) != 64)
			abort();
	close(fd);
	tap_ok(!gth_db_open(&b, dirfd_, 77, NULL) && there(b.damaged) &&
		       gth_db_by_id(&b, r.id, &r) == 0,
	       name);
	snprintf(path, sizeof(path), "%s", b.damaged);
	gth_db_close(&b);
	tap_ok(!gth_db_open(&b, dirfd_, 78, NULL) && !b.damaged[0] && there(path),
	       "what_was_set_aside_stays");
	gth_db_close(&b);
	fd = openat(dirfd_, "store.db", O_RDWR | O_CLOEXEC);
	if (pwrite(fd, "damage..........", 16, 0) != 16)
		abort();
	tap_ok(!gth_db_open(&b, dirfd_, 79, NULL) && there(b.damaged) && !there(path),
	       "until_another_is");
	gth_db_close(&b);
	close(fd);
	fd = openat(dirfd_, "store.db", O_RDWR | O_CLOEXEC);
	if (pwrite(fd, "damage..........", 16, 0) != 16 || ftruncate(fd, GTH_DB_ASIDE_MAX + 1))
		abort();
	close(fd);
	tap_ok(!gth_db_open(&b, dirfd_, 80, NULL) && b.unkept && !there("store.db.damaged-80"),
	       "one_that_is_too_large_is_not_kept");
	gth_db_close(&b);
	clean();
}

static void test_later(void)
{
	struct gth_db b;

	gth_db_open(&b, dirfd_, 5, NULL);
	gth_db_run(&b, "PRAGMA user_version = 9", "");
	gth_db_close(&b);
	tap_is(gth_db_open(&b, dirfd_, 5, NULL), -EPROTONOSUPPORT, "later_version_is_left_alone");
	tap_ok(there("store.db"), "and_stays_where_it_is");
	clean();
}

/* Writes until it is killed. */
static void writer(void)
{
	struct gth_db b;

	if (gth_db_open(&b, dirfd_, 5, NULL))
		_exit(1);
	for (int i = 0;; i++) {
		struct gth_row r = a_row((uint8_t)(i % 200), 1 + i % 6, GTH_D3);

		if (gth_db_put(&b, &r) || gth_db_count(&b, "rows", 1))
			_exit(1);
	}
}

static void test_kill(void)
{
	struct gth_db b;
	int whole = 0;
	uint64_t n = 0, before = 0;

	for (int round = 0; round < 20; round++) {
		pid_t pid = fork();

		if (!pid)
			writer();
		usleep(3000 + (useconds_t)round * 1500);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		before = n;
		whole += !gth_db_open(&b, dirfd_, 5, NULL) && !b.damaged[0] &&
			 !gth_db_counted(&b, "rows", &n) && n >= before;
		gth_db_close(&b);
	}
	tap_is(whole, 20, "killed_at_any_moment_it_is_whole");
	clean();
}

static void touch(int at, const char *name)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		abort();
	close(fd);
}

/* Each moment in which a crash may come between database and directory. */
static void test_settle(void)
{
	struct gth_row asked = a_row(1, GTH_SPOOLED_ASKED, GTH_D3);
	struct gth_row sealed = a_row(2, GTH_SPOOLED_SEALED, GTH_D3);
	struct gth_row gone = a_row(3, GTH_SPOOLED_SEALED, GTH_D3), r;
	struct gth_spool s;
	struct gth_db b;
	unsigned int lost;
	char name[64];

	gth_db_open(&b, dirfd_, 5, NULL);
	tap_is(gth_spool_open(&s, dirfd_), 0, "makes_its_directories");
	sealed.sealed = gone.sealed = true;
	gth_db_put(&b, &asked);
	gth_db_put(&b, &sealed);
	gth_db_put(&b, &gone);
	snprintf(name, sizeof(name), "%s.plain", asked.id);
	touch(s.dirfd, name);
	snprintf(name, sizeof(name), "%s.plain", sealed.id);
	touch(s.dirfd, name);
	snprintf(name, sizeof(name), "%s.age", sealed.id);
	touch(s.dirfd, name);
	touch(s.dirfd, "00000000-0000-4000-8000-0000000000ee.plain");
	touch(s.dirfd, "notes.txt");
	tap_ok(!gth_spool_settle(&s, &b, &lost) && lost == 2, "unknown_files_are_reported");
	tap_ok(!there("spool/notes.txt") &&
		       !there("spool/00000000-0000-4000-8000-0000000000ee.plain"),
	       "and_removed");
	tap_ok(there("spool/00000000-0000-4000-8000-000000000002.age"), "what_is_expected_stays");
	tap_ok(!there("spool/00000000-0000-4000-8000-000000000001.plain") &&
		       !there("spool/00000000-0000-4000-8000-000000000002.plain"),
	       "half_copies_and_leftovers_go");
	tap_ok(gth_db_by_id(&b, gone.id, &r) == 1 && r.state == GTH_SPOOLED_FAILED && !r.sealed &&
		       r.detail[0],
	       "row_without_its_file_says_so");
	gth_spool_close(&s);
	gth_db_close(&b);
	clean();
}

static void test_bounds(void)
{
	struct gth_region_verdict v = { .finding = GTH_FINDING_MALICIOUS };
	struct gth_kept_verdict kept = { 0 };
	struct gth_db b;
	uint8_t digest[32] = { 1 };
	uint64_t n, bytes;
	char *text;

	gth_db_open(&b, dirfd_, 5, NULL);
	gth_db_begin(&b);
	for (int i = 0; i < GTH_DB_VERDICTS_MAX + 10; i++) {
		memcpy(v.digest, &i, sizeof(i));
		v.expires = 1000 + (uint64_t)i;
		gth_db_put_verdict(&b, &v, "note");
	}
	gth_db_commit(&b);
	gth_db_tidy(&b, 900);
	gth_sql_number(b.db, &n, "SELECT min(expires) FROM verdict", "");
	tap_is(n, 1010, "beyond_the_bound_those_go_that_expire_first");
	gth_db_tidy(&b, 2000);
	gth_sql_number(b.db, &n, "SELECT min(expires) FROM verdict", "");
	tap_is(n, 2001, "expired_verdicts_go");
	tap_ok(gth_db_verdict_after(&b, NULL, 2000, &kept) == 1 && !strcmp(kept.note, "note"),
	       "verdicts_are_read_in_order");
	free(kept.note);
	tap_ok(gth_db_withheld_first(&b, digest, GTH_WITHHELD_SIZE, 1) == 1 &&
		       gth_db_withheld_first(&b, digest, GTH_WITHHELD_SIZE, 2) == 0 &&
		       gth_db_withheld_first(&b, digest, GTH_WITHHELD_PATH, 2) == 1,
	       "withheld_is_new_once_for_a_reason");
	gth_db_put_proof(&b, "a", GTH_PROOF_SUBMISSION, digest, 100, "one", 50);
	gth_db_put_proof(&b, "a", GTH_PROOF_SUBMISSION, digest, 999, "two", 60);
	gth_db_put_proof(&b, "b", GTH_PROOF_SUBMISSION, digest, 20, "three", 70);
	tap_ok(!gth_db_sent(&b, 50, 1000, &n, &bytes) && n == 2 && bytes == 120 &&
		       !gth_db_sent(&b, 51, 1000, &n, &bytes) && n == 1 && bytes == 20,
	       "what_was_sent_is_counted_by_time");
	tap_ok(gth_db_proof(&b, "a", GTH_PROOF_SUBMISSION, &text) == 1 && !strcmp(text, "one"),
	       "proof_is_never_replaced");
	free(text);
	gth_db_close(&b);
	clean();
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	dirfd_ = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_rows();
	test_victims();
	damage(0, "damaged_header_is_set_aside");
	damage(8192, "damaged_page_is_set_aside");
	test_later();
	test_kill();
	test_settle();
	test_bounds();
	close(dirfd_);
	rmdir(dir);
	return tap_done();
}
