// SPDX-License-Identifier: GPL-2.0-or-later
/* journal_field.c - how far a journal has come, as a field (see journal_field.h). */
#include "lib/text/journal_field.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/util/base64.h"
#include "lib/util/number.h"

#define ROOT_TEXT GTH_BASE64_LEN(GTH_DIGEST_SIZE)

/* gth_journal_field_format() - 0; -EINVAL: a number that the field cannot have */
int gth_journal_field_format(const struct gth_journal_field *j, char text[GTH_JOURNAL_FIELD_SIZE])
{
	char root[ROOT_TEXT + 1];

	if (j->size > GTH_JOURNAL_FIELD_MAX || j->time > GTH_JOURNAL_FIELD_MAX)
		return -EINVAL;
	gth_base64_encode(root, j->root, sizeof(j->root));
	snprintf(text, GTH_JOURNAL_FIELD_SIZE, "size=%llu, root=:%s:, time=%llu",
		 (unsigned long long)j->size, root, (unsigned long long)j->time);
	return 0;
}

/* The text between @name and @end, or the end of the text; NULL: @name is not there. */
static const char *value(const char *text, const char *name, char end, size_t *len)
{
	const char *at = strstr(text, name), *behind;

	if (!at)
		return NULL;
	at += strlen(name);
	behind = strchr(at, end);
	*len = behind ? (size_t)(behind - at) : strlen(at);
	return at;
}

static int number(const char *text, const char *name, uint64_t *out)
{
	unsigned long long n;
	char digits[24];
	size_t len;
	const char *at = value(text, name, ',', &len);

	if (!at || len >= sizeof(digits))
		return -EINVAL;
	memcpy(digits, at, len);
	digits[len] = '\0';
	if (gth_number_parse(digits, GTH_JOURNAL_FIELD_MAX, &n))
		return -EINVAL;
	*out = n;
	return 0;
}

/* gth_journal_field_parse() - 0; -EINVAL: it is not what gth_journal_field_format() writes */
int gth_journal_field_parse(struct gth_journal_field *j, const char *text)
{
	char again[GTH_JOURNAL_FIELD_SIZE];
	size_t len;
	const char *root = value(text, "root=:", ':', &len);

	if (!root || len != ROOT_TEXT || gth_base64_decode(j->root, sizeof(j->root), root, len) ||
	    number(text, "size=", &j->size) || number(text, "time=", &j->time))
		return -EINVAL;
	/* There is one text for one set of values. */
	return gth_journal_field_format(j, again) || strcmp(again, text) != 0 ? -EINVAL : 0;
}
