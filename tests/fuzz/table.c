// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * table.c - fuzzes core/cuckoo.c: a key, a number of buckets, then insertions and
 * look-ups of two bytes each, beside an array that knows the right answer.
 *
 * The key is random in real life. Here it is the fuzzer's, which may crowd
 * everything into one bucket; ENOSPC is then legal, a wrong answer never.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/cuckoo.h"

#define KEY_BYTES 16
#define BUCKETS_MAX 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct gth_cuckoo *t, const u8 known[GTH_DOMAIN_MAX][256], u8 domain, u8 n)
{
	u8 digest[GTH_DIGEST_SIZE] = { [7] = n };

	if (gth_cuckoo_find(t, domain, digest) != known[domain][n])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u8 known[GTH_DOMAIN_MAX][256] = { 0 };
	struct gth_bucket *bucket;
	struct gth_cuckoo t;
	u64 key[2], n = 0;
	u32 buckets;
	int err = 0;

	if (size < KEY_BYTES + 1)
		return 0;
	memcpy(key, data, KEY_BYTES);
	buckets = 1 + data[KEY_BYTES] % BUCKETS_MAX;
	bucket = aligned_alloc(GTH_BUCKET_BYTES, buckets * sizeof(*bucket));
	if (!bucket)
		return 0;
	memset(bucket, 0, buckets * sizeof(*bucket));
	gth_cuckoo_init(&t, bucket, buckets, key);

	for (size_t i = KEY_BYTES + 1; i + 1 < size && err != -ENOSPC; i += 2) {
		u8 digest[GTH_DIGEST_SIZE] = { [7] = data[i + 1] };
		u8 domain = 1 + data[i] % 2, class = data[i] / 2 % GTH_CLASS_MAX;
		u8 *is = &known[domain][data[i + 1]];

		check(&t, known, domain, data[i + 1]);
		if (!class)
			continue;
		err = gth_cuckoo_insert(&t, domain, digest, class);
		if (err != (*is ? -EEXIST : 0) && (*is || err != -ENOSPC || n < GTH_SLOTS))
			abort();
		if (!err) {
			*is = class;
			n++;
		}
	}
	/* After ENOSPC one entry has no place: such a table is thrown away. */
	for (size_t i = KEY_BYTES + 1; i + 1 < size && err != -ENOSPC; i += 2) {
		check(&t, known, 1, data[i + 1]);
		check(&t, known, 2, data[i + 1]);
	}
	if (t.entries != n || t.count[1] + t.count[2] + t.count[3] != n)
		abort();
	free(bucket);
	return 0;
}
