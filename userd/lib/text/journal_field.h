/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal_field.h - the field of a request that says how far the endpoint's egress journal has
 * come: "size=NUMBER, root=:BASE64:, time=NUMBER", a dictionary of RFC 8941 in this one form.
 */
#ifndef GTH_LIB_TEXT_JOURNAL_FIELD_H
#define GTH_LIB_TEXT_JOURNAL_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#define GTH_JOURNAL_FIELD "Gotthard-Journal"
#define GTH_JOURNAL_FIELD_SIZE 96		 /* its value, with its NUL */
#define GTH_JOURNAL_FIELD_MAX 999999999999999ULL /* what an integer of RFC 8941 can be */

struct gth_journal_field {
	uint64_t size; /* entries */
	uint8_t root[GTH_DIGEST_SIZE];
	uint64_t time; /* Unix time, as the endpoint's clock has it */
};

int gth_journal_field_format(const struct gth_journal_field *j, char text[GTH_JOURNAL_FIELD_SIZE]);
int gth_journal_field_parse(struct gth_journal_field *j, const char *text);

#endif /* GTH_LIB_TEXT_JOURNAL_FIELD_H */
