// SPDX-License-Identifier: GPL-2.0-or-later
/* killed.c - a task that is killed while it is judged is counted as that, and as nothing else. */
#include "test.h"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hold_helpers.h"

#define PATIENCE 60000
/* Hashing so much takes long enough for a signal to come meanwhile. */
#define SIZE (64 << 20)

GTH_FIXTURE_BOTH(killed)

/* Counters that a test watches */
struct counters {
	gth_u64 killed, denied, would_deny, hashes, hash_errors, hash_bytes, slow;
};

static struct counters count(void)
{
	return (struct counters) {
		.killed = gth_stat("killed"),
		.denied = gth_stat("denied"),
		.would_deny = gth_stat("would_deny"),
		.hashes = gth_stat("hashes"),
		.hash_errors = gth_stat("hash_errors"),
		.hash_bytes = gth_stat("hash_bytes"),
		.slow = gth_stat("slow"),
	};
}

/* How many events of this file say that this was done */
static unsigned int decisions(const struct gth_file *f, const char *action, off_t from, off_t to)
{
	char path[400], what[64];
	const char *needles[] = { path, what, NULL };

	snprintf(path, sizeof(path), "\"path\":\"%s\"", f->path);
	snprintf(what, sizeof(what), "\"action\":\"%s\"", action);
	return gth_events_count(from, to, needles, NULL, 0);
}

TEST_F(killed, while_it_is_held)
{
	struct counters before, after;
	struct gth_request r;
	struct gth_file f;
	off_t from, to;
	int server;

	ASSERT_EQ(0, gth_make_program(&f, &self->place, "f", NULL, 7));
	server = gth_serve();
	ASSERT_LE(0, server);
	ASSERT_EQ(0, ioctl(server, GTH_IOC_EXEMPT));
	ASSERT_EQ(0, gth_set("open_unknown", "hold"));
	ASSERT_EQ(0, gth_set("exec_unknown", "hold"));
	ASSERT_EQ(0, gth_set("hold_timeout_ms", "30000"));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	before = count();
	for (int exec = 0; exec < 2; exec++) {
		pid_t pid = gth_hold_start(f.path, exec);

		ASSERT_EQ(0, gth_next_request(server, &r, PATIENCE));
		close(r.fd);
		/* An exec is done by a child of the child. */
		ASSERT_EQ(0, kill((pid_t)r.pid, SIGKILL));
		EXPECT_EQ(exec ? EINTR : -EINTR, gth_hold_ended(pid, PATIENCE));
	}
	after = count();
	EXPECT_EQ(before.killed + 2, after.killed);
	EXPECT_EQ(before.denied, after.denied);
	EXPECT_EQ(before.would_deny, after.would_deny);
	to = gth_events_fence();
	ASSERT_LE(0, to);
	/* The event of the hold itself comes before the wait. */
	EXPECT_EQ(2, decisions(&f, "hold", from, to));
	EXPECT_EQ(0, decisions(&f, "deny", from, to));
	EXPECT_EQ(0, decisions(&f, "allow", from, to));
}

static bool judging(void *before)
{
	return gth_stat("slow") > ((struct counters *)before)->slow;
}

/* An unlisted file and a listed one: before the digest is there they are the same. */
TEST_F(killed, while_its_file_is_hashed)
{
	struct gth_file f[2];
	off_t from, to;

	ASSERT_EQ(0, gth_make_size(&f[0], &self->place, "other", SIZE));
	ASSERT_EQ(0, gth_make_size(&f[1], &self->place, "listed", SIZE));
	ASSERT_EQ(0, gth_list(&f[1], GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	from = gth_events_fence();
	ASSERT_LE(0, from);
	for (int i = 0; i < 2; i++) {
		struct counters before = count(), after;
		pid_t pid = fork();

		if (!pid)
			_exit(-gth_open(f[i].path, O_RDONLY));
		ASSERT_TRUE(gth_wait_until(judging, &before));
		ASSERT_EQ(0, kill(pid, SIGKILL));
		EXPECT_EQ(-EINTR, gth_wait_child(pid));
		after = count();
		/* It had begun to hash, and did not end. */
		EXPECT_EQ(before.hashes + 1, after.hashes);
		EXPECT_EQ(before.hash_errors + 1, after.hash_errors);
		EXPECT_GT(before.hash_bytes + SIZE, after.hash_bytes);
		EXPECT_EQ(before.killed + 1, after.killed);
		EXPECT_EQ(before.denied, after.denied);
		EXPECT_EQ(before.would_deny, after.would_deny);
	}
	to = gth_events_fence();
	ASSERT_LE(0, to);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(0, decisions(&f[i], "deny", from, to));
		EXPECT_EQ(0, decisions(&f[i], "allow", from, to));
	}
	/* The next one is judged as if nothing had been. */
	EXPECT_EQ(0, gth_open(f[0].path, O_RDONLY));
	EXPECT_EQ(-EPERM, gth_open(f[1].path, O_RDONLY));
}

TEST_HARNESS_MAIN
