// SPDX-License-Identifier: GPL-2.0-or-later
/* request.c - userd/daemon/courier/request.c: what the courier asks for is an order that can be
 * carried out, with a real id. */
#include "daemon/courier/request.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/tap.h"

static bool valid(const char *id)
{
	struct gth_order o = { .kind = GTH_ORDER_OFFSET };

	memset(o.id, 'a', sizeof(o.id));
	memcpy(o.id, id, strlen(id) + (strlen(id) < sizeof(o.id)));
	return gth_request_valid(&o, -1);
}

int main(void)
{
	struct gth_order o = { .kind = GTH_ORDER_VERDICTS };

	tap_ok(valid("0f8fad5b-d9cb-469f-a165-70867728950e"), "an_id_is_taken");
	tap_ok(!valid("------------------------------------"), "dashes_are_none");
	tap_ok(!valid("0f8fad5bd-9cb-469f-a165-70867728950e"), "nor_is_one_with_a_dash_elsewhere");
	tap_ok(!valid("0f8fad5b0d9cb0469f0a165070867728950e"), "nor_one_without");
	tap_ok(!valid("0F8FAD5B-d9cb-469f-a165-70867728950e"), "nor_capitals");
	tap_ok(!valid("0f8fad5b-d9cb-469f-a165-70867728950"), "nor_one_digit_less");
	tap_ok(!valid("0f8fad5b-d9cb-469f-a165-70867728950e0"), "nor_one_more");
	tap_ok(!valid("0f8fad5b-d9cb-469f-a165-70867728950eaaaa"), "nor_what_has_no_end");
	tap_ok(!valid(""), "nor_nothing");
	tap_ok(gth_request_valid(&o, -1), "what_needs_no_id_needs_none");
	memset(o.cursor, 'a', sizeof(o.cursor));
	tap_ok(!gth_request_valid(&o, -1), "a_cursor_has_an_end");
	return tap_done();
}
