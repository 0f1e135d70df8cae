// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * knob.c - fuzzes the knobs of core/policy.c; the first byte chooses one.
 *
 * An accepted value lies within the knob's bounds and is formatted as it was
 * written, leading zeros apart; a refused text leaves the value alone.
 */
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"

#define UNTOUCHED 0xdeadbeefULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u64 value = UNTOUCHED, again = UNTOUCHED;
	char back[GTH_VALUE_SIZE];
	const struct gth_knob *knob;
	enum gth_knob_id id;
	char *text;
	size_t len;

	if (!size)
		return 0;
	id = (enum gth_knob_id)(data[0] % GTH_KNOB_MAX);
	knob = &gth_knobs[id];
	text = malloc(size);
	if (!text)
		return 0;
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';

	if (gth_knob_parse(id, text, &value)) {
		if (value != UNTOUCHED)
			abort();
		free(text);
		return 0;
	}
	if (value < knob->min || value > knob->max)
		abort();
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[--len] = '\0';
	if (gth_knob_format(id, value, back, sizeof(back)) != (int)strlen(back) ||
	    gth_knob_parse(id, back, &again) || again != value)
		abort();
	if (strcmp(back, text + (knob->words ? 0 : len - strlen(back))) ||
	    strspn(text, "0") < len - strlen(back))
		abort();
	free(text);
	return 0;
}
