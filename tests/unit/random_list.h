/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random_list.h - the records of a release by chance, for randomised tests. */
#ifndef GTH_TEST_RANDOM_LIST_H
#define GTH_TEST_RANDOM_LIST_H

#include <linux/gotthard.h>
#include <linux/types.h>
#include <string.h>

#include "tests/unit/random.h"

#define RECORDS_MAX 300

struct list {
	struct gth_record rec[RECORDS_MAX];
	size_t n;
};

/* Sorted; few keys, so that two lists have many in common. */
static void random_list(struct list *l, unsigned int keys)
{
	size_t most = random_below(RECORDS_MAX + 1);

	memset(l, 0, sizeof(*l));
	for (unsigned int key = 0; key < keys && l->n < most; key++) {
		struct gth_record *rec = &l->rec[l->n];

		if (random_below(3) == 0)
			continue;
		rec->domain = key < keys / 2 ? GTH_DOMAIN_SHA256 : GTH_DOMAIN_FSVERITY;
		rec->digest[0] = (u8)(key >> 8);
		rec->digest[GTH_DIGEST_SIZE - 1] = (u8)key;
		rec->class = (u8)(1 + random_below(GTH_CLASS_MAX - 1));
		l->n++;
	}
}

#endif /* GTH_TEST_RANDOM_LIST_H */
