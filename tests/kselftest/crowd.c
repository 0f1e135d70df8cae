// SPDX-License-Identifier: GPL-2.0-or-later
/* crowd.c - tasks that open a file at once share one hash and get one answer. */
#include "test.h"

#include <pthread.h>

GTH_FIXTURE_BOTH(crowd)

#define THREADS 64
/*
 * One hash is meant; an opener that comes just as it ends may miss its result. On a
 * kernel that checks itself, many do not get a processor before they give up waiting.
 */
#define FEW (GTH_SLOW > 1 ? THREADS : 8)

struct opener {
	pthread_t thread;
	pthread_barrier_t *start;
	const char *path;
	int result;
};

static void *open_at_once(void *arg)
{
	struct opener *o = arg;

	pthread_barrier_wait(o->start);
	o->result = gth_open(o->path, O_RDONLY);
	return NULL;
}

/* Opens a file from many threads at once. Return: how many were denied; negative: an error. */
static int open_many(const char *path)
{
	static struct opener opener[THREADS];
	pthread_barrier_t start;
	int i, denied = 0;

	pthread_barrier_init(&start, NULL, THREADS);
	for (i = 0; i < THREADS; i++) {
		opener[i] = (struct opener) { .start = &start, .path = path };
		if (pthread_create(&opener[i].thread, NULL, open_at_once, &opener[i]))
			return -2; /* the others wait for ever: the test's end ends them */
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(opener[i].thread, NULL);
		if (opener[i].result == -EPERM)
			denied++;
		else if (opener[i].result)
			return -3;
	}
	pthread_barrier_destroy(&start);
	return denied;
}

/*
 * An opener waits for another one's hash for a second (GTH_SCAN_WAIT_MS), then it
 * hashes for itself. Does a hash, made alone, end well before that?
 */
static bool hash_is_quick(struct gth_place *place, size_t size)
{
	gth_u64 ns = gth_stat("hash_ns"), hashes = gth_stat("hashes");
	struct gth_file alone;

	return !gth_make_size(&alone, place, "alone", size) && !gth_open(alone.path, O_RDONLY) &&
	       gth_stat("hashes") == hashes + 1 && gth_stat("hash_ns") - ns < 100 * 1000000ULL;
}

TEST_F(crowd, many_openers_of_a_fresh_file_share_a_hash)
{
	const size_t size = 128 << 10;
	struct gth_file bad, good;
	gth_u64 hashes;

	if (!hash_is_quick(&self->place, size))
		SKIP(return, "this machine is too busy: an opener may give up waiting");
	ASSERT_EQ(0, gth_make_size(&bad, &self->place, "bad", size));
	ASSERT_EQ(0, gth_make_size(&good, &self->place, "good", size));
	ASSERT_EQ(0, gth_list(&bad, GTH_CLASS_MALICIOUS));
	ASSERT_EQ(0, gth_set("mode", "enforce"));
	hashes = gth_stat("hashes");
	EXPECT_EQ(THREADS, open_many(bad.path));
	EXPECT_LE(hashes + 1, gth_stat("hashes"));
	EXPECT_GE(hashes + FEW, gth_stat("hashes"));
	hashes = gth_stat("hashes");
	EXPECT_EQ(0, open_many(good.path));
	EXPECT_LE(hashes + 1, gth_stat("hashes"));
	EXPECT_GE(hashes + FEW, gth_stat("hashes"));
}

TEST_HARNESS_MAIN
