// SPDX-License-Identifier: GPL-2.0-or-later
/* event_json.c - names in the lines of userd/daemon/events/event_json.c. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "daemon/events/event_json.h"
#include "tests/unit/tap.h"

#define FFFD "\xef\xbf\xbd"

/* The member of the event's line. */
static bool member_is(const struct gth_event *e, const char *name, const char *wanted)
{
	char *line = gth_event_line(e);
	json_t *o = json_loads(line ? line : "", JSON_REJECT_DUPLICATES, NULL);
	const char *got = json_string_value(json_object_get(o, name));
	bool ok = got && !strcmp(got, wanted) && !strchr(line, '\n');

	if (!ok)
		tap_note("got %s", line ? line : "no line");
	json_decref(o);
	free(line);
	return ok;
}

/* The end of a path of 3-byte letters, as the kernel cuts it: it fills the field, without a NUL. */
static void fill(struct gth_event *e, size_t skip)
{
	static const char letter[] = "\xe2\x82\xac";

	for (size_t i = 0; i < sizeof(e->path); i++)
		e->path[i] = letter[(i + skip) % 3];
	e->flags = GTH_EVENT_F_PATH_TAIL;
}

static bool tail_is(size_t skip, size_t before, size_t after)
{
	struct gth_event e = { .type = GTH_EVENT_DECISION };
	char wanted[3 * sizeof(e.path) + 1] = "";

	fill(&e, skip);
	for (size_t i = 0; i < before; i++)
		strcat(wanted, FFFD);
	strncat(wanted, &e.path[before], sizeof(e.path) - before - after);
	for (size_t i = 0; i < after; i++)
		strcat(wanted, FFFD);
	return member_is(&e, "path", wanted);
}

int main(void)
{
	struct gth_event e = { .type = GTH_EVENT_DECISION, .path = "/tmp/\xc3\xa4\xff\xc3\xb6" };

	memcpy(e.comm, "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80x\xc3\xa4\xe2", 16);
	tap_ok(member_is(&e, "path", "/tmp/\xc3\xa4" FFFD "\xc3\xb6"),
	       "of_a_path_only_the_invalid_byte_is_replaced");
	tap_ok(member_is(&e, "comm",
			 "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80x\xc3\xa4" FFFD),
	       "of_a_command_cut_in_a_letter_only_its_start_is_replaced");
	/* 512 = 170 * 3 + 2 */
	tap_ok(tail_is(0, 0, 2), "of_a_path_cut_at_the_end_the_letters_stay");
	tap_ok(tail_is(1, 2, 0), "of_a_path_cut_in_its_first_letter_the_others_stay");
	tap_ok(tail_is(2, 1, 1), "of_a_path_cut_at_both_ends_the_letters_between_stay");

	e = (struct gth_event) { .type = GTH_EVENT_POLICY, .path = "mode", .new_value = "a\xe4" };
	tap_ok(member_is(&e, "new", "a" FFFD), "of_a_value_only_the_invalid_byte_is_replaced");
	e = (struct gth_event) { .type = GTH_EVENT_VERDICT,
				 .domain = GTH_DOMAIN_SHA256,
				 .source = GTH_SOURCE_ROOT,
				 .digest = { 0xab },
				 .old_value = "malicious",
				 .new_value = "trusted" };
	tap_ok(member_is(&e, "type", "verdict") && member_is(&e, "source", "root") &&
		       member_is(&e, "old", "malicious") && member_is(&e, "new", "trusted") &&
		       member_is(&e, "domain", "sha256") &&
		       member_is(
			       &e, "digest",
			       "ab00000000000000000000000000000000000000000000000000000000000000"),
	       "a_verdict_says_of_what_and_what_it_changes");
	e = (struct gth_event) { .type = GTH_EVENT_TABLE, .path = "" };
	tap_ok(member_is(&e, "table", ""), "empty_name_is_an_empty_string");
	return tap_done();
}
