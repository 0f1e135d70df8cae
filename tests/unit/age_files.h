/* SPDX-License-Identifier: GPL-2.0-or-later */
/* age_files.h - keys for a test, and files in memory to and from age. */
#ifndef GTH_TEST_AGE_FILES_H
#define GTH_TEST_AGE_FILES_H

#include "lib/age/age.h"
#include "tests/unit/bytes.h"
#include "tests/unit/random.h"

static struct gth_age_identity identities[GTH_AGE_RECIPIENTS_MAX], stranger;
static struct gth_age_recipient recipients[GTH_AGE_RECIPIENTS_MAX];

static inline struct bytes age_plain(size_t len)
{
	struct bytes b = bytes_new(len);

	random_bytes(b.at, len);
	return b;
}

static inline int age_encrypt(struct bytes plain, size_t n, struct bytes *sealed)
{
	int in = bytes_file(plain), out = bytes_file((struct bytes) { (uint8_t *)"", 0 });
	int err = gth_age_encrypt(in, out, recipients, n);

	*sealed = bytes_of(out);
	close(in);
	close(out);
	return err;
}

/* @plain: what was written, also after an error. */
static inline int age_decrypt(struct bytes sealed, const struct gth_age_identity *i, uint64_t max,
			      struct bytes *plain)
{
	int in = bytes_file(sealed), out = bytes_file((struct bytes) { (uint8_t *)"", 0 });
	int err = gth_age_decrypt(in, out, i, max);

	*plain = bytes_of(out);
	close(in);
	close(out);
	return err;
}

static inline void age_keys(void)
{
	for (size_t i = 0; i < GTH_AGE_RECIPIENTS_MAX; i++)
		if (gth_age_identity_create(&identities[i]) ||
		    gth_age_identity_recipient(&identities[i], &recipients[i]))
			abort();
	if (gth_age_identity_create(&stranger))
		abort();
}

#endif /* GTH_TEST_AGE_FILES_H */
