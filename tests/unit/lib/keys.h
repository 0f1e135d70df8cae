/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keys.h - the keys of a region and of an endpoint that trusts it. */
#ifndef GTH_TEST_KEYS_H
#define GTH_TEST_KEYS_H

#include "lib/age/age.h"
#include "lib/log/note.h"
#include "lib/text/residency.h"

#define REGION "ch1.example"
#define ENDPOINT "laptop-7"

extern struct test_keys {
	struct gth_signer statement, region, endpoint;
	struct gth_signer other; /* not the region's, though under its name */
	struct gth_age_identity age;
	struct gth_trust trust; /* what the endpoint has of the region */
} keys;

void make_keys(void);

/* The text, which is freed, with a signature. Return: to be freed. */
char *signed_note(char *text, const struct gth_signer *key);

#endif /* GTH_TEST_KEYS_H */
