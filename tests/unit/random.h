/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h - numbers for randomised tests, repeatable from one seed.
 *
 * GTH_SEED sets the seed; without it each run has its own, and prints it.
 */
#ifndef GTH_TEST_RANDOM_H
#define GTH_TEST_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t random_state;

__attribute__((unused)) static uint64_t random_start(void)
{
	const char *text = getenv("GTH_SEED");
	struct timespec now;

	/* Lines before a crash are not lost with it. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (text) {
		random_state = strtoull(text, NULL, 0);
	} else {
		clock_gettime(CLOCK_REALTIME, &now);
		random_state = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	}
	printf("# GTH_SEED=%llu\n", (unsigned long long)random_state);
	return random_state;
}

/* splitmix64 (Steele, Lea and Flood): every state is a good one. */
static inline uint64_t random_u64(void)
{
	uint64_t x = random_state += 0x9e3779b97f4a7c15ULL;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* In [0, n); the bias is below n / 2^64. */
static inline uint64_t random_below(uint64_t n)
{
	return (uint64_t)((unsigned __int128)random_u64() * n >> 64);
}

__attribute__((unused)) static void random_bytes(void *out, size_t len)
{
	uint8_t *p = out;

	while (len) {
		uint64_t x = random_u64();
		size_t n = len < sizeof(x) ? len : sizeof(x);

		memcpy(p, &x, n);
		p += n;
		len -= n;
	}
}

#endif /* GTH_TEST_RANDOM_H */
