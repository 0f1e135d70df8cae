/* SPDX-License-Identifier: GPL-2.0-or-later */
/* texts.h - what holds of every text that is taken: its values are written as the same bytes. */
#ifndef GTH_FUZZ_TEXTS_H
#define GTH_FUZZ_TEXTS_H

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void check(int right)
{
	if (!right)
		abort();
}

/* The struct starts as anything: what is taken depends on the text alone. */
#define TEXTS_READER(kind)                                                                         \
	static void read_##kind(const char *text, size_t len)                                      \
	{                                                                                          \
		static struct gth_##kind s;                                                        \
		char *again;                                                                       \
		int err;                                                                           \
                                                                                                   \
		memset(&s, 0xa5, sizeof(s));                                                       \
		err = gth_##kind##_parse(&s, text, len);                                           \
		check(!err || err == -EBADMSG || err == -E2BIG);                                   \
		if (err)                                                                           \
			return;                                                                    \
		check(!gth_##kind##_format(&s, &again));                                           \
		check(strlen(again) == len && !memcmp(again, text, len));                          \
		free(again);                                                                       \
	}

/* From a copy of exactly its size, so that the sanitizer sees a read past it. */
static inline void texts_read(void (*reader)(const char *, size_t), const uint8_t *data,
			      size_t size)
{
	char *copy = malloc(size ? size : 1);

	check(copy != NULL);
	memcpy(copy, data, size);
	reader(copy, size);
	free(copy);
}

#endif /* GTH_FUZZ_TEXTS_H */
