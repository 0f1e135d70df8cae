// SPDX-License-Identifier: GPL-2.0-or-later
/* names.c - every number of linux/gotthard.h has a word in userd/lib/host/names.c. */
#include <errno.h>
#include <string.h>

#include <linux/gotthard.h>

#include "core/policy.h"
#include "lib/host/names.h"
#include "tests/unit/tap.h"

static const struct {
	const char *(*name)(unsigned int value);
	int (*parse)(const char *name); /* NULL: the words are only written */
	unsigned int max;
	const char *has_words, *distinct, *unknown, *round_trip;
} enums[] = {
#define WORDS(what)                                                                                \
	"every_" what "_has_a_word", "no_two_" what "_words_are_the_same",                         \
		what "_past_the_last_is_a_question_mark"
	{ gth_op_name, gth_op_parse, GTH_OP_MAX, WORDS("op"), "op_words_parse_back" },
	{ gth_class_name, gth_class_parse, GTH_CLASS_MAX, WORDS("class"),
	  "class_words_parse_back" },
	{ gth_action_name, NULL, GTH_ACTION_MAX, WORDS("action"), NULL },
	{ gth_mode_name, NULL, GTH_MODE_MAX, WORDS("mode"), NULL },
	{ gth_reason_name, NULL, GTH_REASON_MAX, WORDS("reason"), NULL },
	{ gth_source_name, NULL, GTH_SOURCE_MAX, WORDS("source"), NULL },
	{ gth_domain_name, NULL, GTH_DOMAIN_MAX, WORDS("domain"), NULL },
	{ gth_event_type_name, NULL, GTH_EVENT_MAX, WORDS("event_type"), NULL },
};

/* Scripts read them: lower case, digits and underscores. */
static bool is_word(const char *name)
{
	return name && *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static void test_enum(size_t n)
{
	unsigned int max = enums[n].max, missing = 0, same = 0, lost = 0;

	for (unsigned int v = 0; v < max; v++) {
		const char *name = enums[n].name(v);

		if (!is_word(name)) {
			tap_note("%u is %s", v, name ? name : "NULL");
			missing++;
			continue;
		}
		for (unsigned int w = 0; w < v; w++)
			same += enums[n].name(w) && !strcmp(name, enums[n].name(w));
	}
	/* The parser compares with every word, so it needs them all. */
	for (unsigned int v = 0; v < max && !missing && enums[n].parse; v++)
		lost += enums[n].parse(enums[n].name(v)) != (int)v;
	tap_is(missing, 0, enums[n].has_words);
	tap_is(same, 0, enums[n].distinct);
	tap_ok(!strcmp(enums[n].name(max), "?") && !strcmp(enums[n].name(max + 1), "?") &&
		       !strcmp(enums[n].name(~0U), "?"),
	       enums[n].unknown);
	if (enums[n].round_trip)
		tap_ok(!missing && !lost, enums[n].round_trip);
}

static void test_refusals(void)
{
	static const char *const bad[] = {
		"", "?", " open", "open ", "open\n", "Open", "OPEN", "ope", "openn", "malware", "0",
	};
	unsigned int taken = 0;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		taken += gth_op_parse(bad[i]) != -EINVAL || gth_class_parse(bad[i]) != -EINVAL;
	tap_is(taken, 0, "refuses_what_is_no_word");
	tap_ok(gth_op_parse("malicious") == -EINVAL && gth_class_parse("exec") == -EINVAL,
	       "refuses_words_of_another_enum");
}

/* The word by which a knob is set must be the word in its events. */
static unsigned int knob_differs(enum gth_knob_id id, const char *(*name)(unsigned int),
				 unsigned int n)
{
	unsigned int differs = 0;
	char text[GTH_VALUE_SIZE];

	for (unsigned int v = 0; v < n; v++) {
		gth_knob_format(id, v, text, sizeof(text));
		differs += !!strcmp(text, name(v));
	}
	return differs;
}

int main(void)
{
	for (size_t i = 0; i < sizeof(enums) / sizeof(enums[0]); i++)
		test_enum(i);
	test_refusals();
	tap_is(knob_differs(GTH_KNOB_MODE, gth_mode_name, GTH_MODE_MAX), 0,
	       "mode_has_the_same_words_as_a_knob");
	tap_is(knob_differs(GTH_KNOB_EXEC_UNKNOWN, gth_action_name, GTH_ACTION_MAX), 0,
	       "actions_have_the_same_words_as_a_knob");
	return tap_done();
}
