// SPDX-License-Identifier: GPL-2.0-or-later
/* text.c - fuzzes what becomes of names: userd/lib/util/utf8.c in JSON, userd/lib/util/visible.c on
 * a terminal. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util/json.h"
#include "lib/util/utf8.h"
#include "lib/util/visible.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int right)
{
	if (!right)
		abort();
}

/* jansson, which checks by itself, takes what was cleaned, and cleaning changes nothing twice. */
static void clean(const char *bytes, size_t len)
{
	char *once = malloc(GTH_UTF8_REPLACEMENT_SIZE * len + 1), *twice;
	size_t n = gth_utf8_clean(once, bytes, len);
	json_t *valid = json_stringn(bytes, len), *value = gth_json_bytes(bytes, len);

	twice = malloc(GTH_UTF8_REPLACEMENT_SIZE * n + 1);
	check(n >= len && gth_utf8_clean(twice, once, n) == n && !memcmp(once, twice, n));
	check(value && json_string_length(value) == n &&
	      !memcmp(json_string_value(value), once, n));
	check(!valid == (n != len || memcmp(once, bytes, len) != 0));
	json_decref(valid);
	json_decref(value);
	free(twice);
	free(once);
}

/* Nothing steers a terminal, and all that stays is UTF-8. */
static void show(const char *bytes, size_t len, enum gth_visible_keep keep, size_t size)
{
	char *out = malloc(size);
	size_t n = gth_visible(out, size, bytes, len, keep);
	uint32_t letter;

	check(n < size && !out[n]);
	for (size_t i = 0, used; i < n; i += used) {
		used = gth_utf8_next(out + i, n - i, &letter);
		check(used && (letter >= 0x20 || (letter == '\n' && keep == GTH_VISIBLE_LINES)) &&
		      (letter < 0x7f || letter > 0x9f));
	}
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;
	enum gth_visible_keep keep;

	if (!size)
		return 0;
	keep = (enum gth_visible_keep)(data[0] % 3);
	clean(bytes, size - 1);
	show(bytes, size - 1, keep, GTH_VISIBLE_SIZE(size - 1));
	show(bytes, size - 1, keep, 1 + data[0]);
	return 0;
}
