// SPDX-License-Identifier: GPL-2.0-or-later
/* quorum.c - policies of logs and witnesses, cosignatures, and what is believed by them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log/checkpoint.h"
#include "lib/log/policy.h"
#include "tests/unit/tap.h"

#define W 6
#define ROOT "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static struct gth_signer log_key;
static struct gth_witness_key key[W];
static char vkey[W][GTH_NOTE_KEY_SIZE], log_vkey[GTH_NOTE_KEY_SIZE];
static struct gth_policy p;

/* @format: %L stands for the log's key, %0 to %5 for the witnesses' */
static int parse(const char *format, unsigned int *line)
{
	static char text[1 << 16];
	struct gth_policy_fault fault;
	char *to = text;
	int err;

	for (; *format; format++) {
		if (*format != '%') {
			*to++ = *format;
			continue;
		}
		format++;
		to = stpcpy(to, *format == 'L' ? log_vkey : vkey[*format - '0']);
	}
	err = gth_policy_parse(&p, text, (size_t)(to - text), &fault);
	*line = fault.line;
	return err;
}

static bool takes(const char *format)
{
	unsigned int line;

	return !parse(format, &line);
}

static bool refuses(const char *format, unsigned int wanted)
{
	unsigned int line;
	bool good = parse(format, &line) == -EINVAL && line == wanted;

	if (!good)
		tap_note("line %u", line);
	return good;
}

#define SIX "witness a %0\nwitness b %1\nwitness c %2\nwitness d %3\nwitness e %4\nwitness f %5\n"

static void test_parser(void)
{
	tap_ok(takes("log %L\nquorum none\n"), "takes_a_log_alone");
	tap_ok(takes("quorum none\n"), "takes_no_log");
	tap_ok(takes("# x\n \t\n\t#\nlog  %L\t https://a.example/ \nwitness w %0 url\nquorum w\n") &&
		       !strcmp(p.log_url[0], "https://a.example/") && p.quorum == 0,
	       "takes_comments_blanks_and_urls");
	tap_ok(takes(SIX "group x 2 a b c\ngroup y any d e f\ngroup z all x y\nquorum z\n") &&
		       p.groups == 3 && p.group[0].least == 2 && p.group[1].least == 1 &&
		       p.group[2].least == 2,
	       "takes_groups_of_groups");
	tap_ok(takes("witness none\xc3\xbc %0\nquorum none\xc3\xbc\n"), "takes_names_beyond_ascii");
	tap_ok(takes("quorum none\nexpired warn\n") && p.expired_warns, "takes_expired_warn");
	tap_ok(takes(" expired\trefuse\nquorum none\n") && !p.expired_warns,
	       "takes_expired_refuse");
	tap_ok(takes("quorum none\n") && !p.expired_warns, "which_is_the_rule");
	tap_ok(refuses("quorum none\nexpired\n", 2), "refuses_expired_without_a_word");
	tap_ok(refuses("quorum none\nexpired allow\n", 2), "refuses_another_word");
	tap_ok(refuses("expired warn warn\nquorum none\n", 1), "refuses_a_word_more");
	tap_ok(refuses("expired warn\nexpired warn\nquorum none\n", 2), "refuses_two_of_them");
	tap_ok(refuses("expired warn\n", 0), "expired_is_not_a_quorum");
	tap_ok(refuses("", 0), "refuses_no_quorum");
	tap_ok(refuses("quorum none\nquorum none\n", 2), "refuses_two_quorums");
	tap_ok(refuses("quorum none", 1), "refuses_a_line_without_end");
	tap_ok(refuses("quorum w\nwitness w %0\n", 1), "refuses_a_quorum_before_its_name");
	tap_ok(refuses("quorum none x\n", 1), "refuses_words_behind_the_quorum");
	tap_ok(refuses("quorum\n", 1), "refuses_an_empty_quorum");
	tap_ok(refuses("log %0\nquorum none\n", 1), "refuses_a_witness_as_a_log");
	tap_ok(refuses("witness w %L\nquorum none\n", 1), "refuses_a_log_as_a_witness");
	tap_ok(refuses("log %L\nlog %L\nquorum none\n", 2), "refuses_a_log_twice");
	tap_ok(refuses("witness v %0\nwitness w %0\nquorum none\n", 2), "refuses_a_key_twice");
	tap_ok(refuses("witness v %0\nwitness v %1\nquorum none\n", 2), "refuses_a_name_twice");
	tap_ok(refuses("witness none %0\nquorum none\n", 1), "refuses_the_name_none");
	tap_ok(refuses(SIX "group a 1 b\nquorum a\n", 7), "refuses_a_group_called_as_a_witness");
	tap_ok(refuses(SIX "group g 0 a\nquorum g\n", 7), "refuses_none_of_one");
	tap_ok(refuses(SIX "group g 2 a\nquorum g\n", 7), "refuses_two_of_one");
	tap_ok(refuses(SIX "group g 01 a\nquorum g\n", 7), "refuses_a_leading_zero");
	tap_ok(refuses(SIX "group g any\nquorum g\n", 7), "refuses_a_group_of_none");
	tap_ok(refuses(SIX "group g 1 a a\nquorum g\n", 7), "refuses_a_member_twice");
	tap_ok(refuses(SIX "group g any a\ngroup h any a b\nquorum h\n", 8),
	       "refuses_a_member_of_two_groups");
	tap_ok(refuses(SIX "group g any none\nquorum g\n", 7), "refuses_none_as_a_member");
	tap_ok(refuses(SIX "group g any g\nquorum g\n", 7), "refuses_a_group_of_itself");
	tap_ok(refuses("Quorum none\n", 1), "refuses_another_word");
	tap_ok(refuses("quorum none\r\n", 1), "refuses_carriage_returns");
	tap_ok(refuses("# \x7f\nquorum none\n", 1), "refuses_control_characters_in_comments");
}

/* @who: a letter for each witness that cosigned, at times 100, 101, ... */
static bool met(const char *who, uint64_t oldest, uint64_t newest)
{
	uint64_t times[GTH_POLICY_WITNESSES] = { 0 };

	for (; *who; who++)
		times[*who - 'a'] = 100 + (uint64_t)(*who - 'a');
	return gth_quorum_met(&p, times, oldest, newest);
}

static void test_quorum(void)
{
	uint64_t times[GTH_POLICY_WITNESSES] = { 100, 300, 200, 50 };

	takes("quorum none\n");
	tap_ok(met("", 0, 1000), "none_is_always_met");
	takes(SIX "quorum c\n");
	tap_ok(met("c", 0, 1000) && met("abc", 0, 1000) && !met("abdef", 0, 1000), "one_witness");
	tap_ok(met("c", 102, 102) && !met("c", 103, 1000) && !met("c", 0, 101),
	       "old_and_future_times_do_not_count");
	takes(SIX "group x 2 a b c\ngroup y any d e f\ngroup z all x y\nquorum z\n");
	tap_ok(met("abd", 0, 1000) && met("bcf", 0, 1000) && met("abcdef", 0, 1000), "nested");
	tap_ok(!met("abc", 0, 1000) && !met("def", 0, 1000) && !met("ad", 0, 1000) &&
		       !met("", 0, 1000),
	       "nested_not_met");
	tap_ok(met("abd", 100, 103) && !met("abd", 101, 103) && !met("abd", 100, 102),
	       "nested_by_time");
	takes(SIX "group x 2 a b c\nquorum x\n");
	tap_is(gth_quorum_time(&p, times, 1000), 200, "the_time_of_a_quorum_is_its_oldest_member");
	tap_is(gth_quorum_time(&p, times, 250), 100, "without_those_of_the_future");
	tap_is(gth_quorum_time(&p, times, 99), 0, "no_quorum_has_no_time");
}

static int judge(const char *note, uint64_t oldest)
{
	struct gth_checkpoint c;

	return gth_policy_judge(&p, note, strlen(note), oldest, 1000, &c, NULL);
}

static char *cosigned(const char *note, int witness, uint64_t time)
{
	char *line, *out;

	if (gth_cosign(note, time, &key[witness], &line) || asprintf(&out, "%s%s", note, line) < 0)
		abort();
	free(line);
	return out;
}

static void test_judge(void)
{
	struct gth_checkpoint c = { .origin = "log.example", .size = 7 };
	uint64_t times[GTH_POLICY_WITNESSES];
	char text[GTH_CHECKPOINT_SIZE], *note, *one, *two, *same, *merged, *at;
	struct gth_signer stranger;

	if (gth_checkpoint_format(&c, text) || gth_note_sign(text, &log_key, &note))
		abort();
	one = cosigned(note, 0, 500);
	two = cosigned(one, 1, 600);
	same = cosigned(one, 0, 700);
	takes("log %L\n" SIX "group g 2 a b c\nquorum g\n");
	tap_is(judge(note, 0), -EKEYEXPIRED, "no_cosignature_is_short");
	tap_is(judge(one, 0), -EKEYEXPIRED, "one_is_short");
	tap_is(judge(same, 0), -EKEYEXPIRED, "one_twice_is_one");
	tap_is(judge(two, 0), 0, "two_are_enough");
	tap_is(judge(two, 501), -EKEYEXPIRED, "an_old_one_does_not_count");
	takes("log %L\nwitness a %0\nwitness d %3\ngroup g all a d\nquorum g\n");
	tap_is(judge(two, 0), -EKEYEXPIRED, "an_unknown_witness_does_not_count");
	takes(SIX "quorum a\n");
	tap_is(judge(two, 0), -ENOKEY, "a_policy_without_logs_believes_none");
	if (gth_signer_create(&stranger, "log.example"))
		abort();
	takes("log %L\nquorum none\n");
	tap_is(judge(one, 0), 0, "no_quorum_is_needed");
	if (gth_note_sign(text, &stranger, &merged))
		abort();
	tap_is(judge(merged, 0), -ENOKEY, "another_key_of_the_log's_name");
	free(merged);
	takes("log %L\n" SIX "quorum a\n");
	/* The time is signed: the last byte of it is in the characters behind the id. */
	at = strrchr(one, ' ') + 1 + 14;
	*at = *at == 'A' ? 'B' : 'A';
	tap_is(judge(one, 0), -EKEYREJECTED, "a_changed_time_is_rejected");
	if (gth_cosign_merge(note, two + strlen(note), &log_key.verifier, p.witness, p.witnesses,
			     times, &merged))
		abort();
	tap_ok(!strcmp(merged, two) && times[0] == 500 && times[1] == 600, "merge_takes_both");
	free(merged);
	if (gth_cosign_merge(two, same + strlen(note), &log_key.verifier, p.witness, p.witnesses,
			     times, &merged))
		abort();
	tap_ok(times[0] == 700 && times[1] == 600 && !judge(merged, 600), "merge_takes_the_newest");
	free(merged);
	if (gth_cosign_merge(note, one + strlen(note), &log_key.verifier, p.witness, p.witnesses,
			     times, &merged))
		abort();
	tap_ok(!strcmp(merged, note) && !times[0], "merge_leaves_out_what_is_invalid");
	free(merged);
	free(same);
	free(two);
	free(one);
	free(note);
}

/* Every witness that a policy can name cosigns: there is room for all. */
static void test_most(void)
{
	static char text[1 << 16];
	struct gth_witness_key all[GTH_POLICY_WITNESSES];
	char *note, *to = text, *lines = strdup(""), *longer, *line, *merged;
	uint64_t times[GTH_POLICY_WITNESSES];
	struct gth_policy_fault fault;
	struct gth_checkpoint c;

	to += sprintf(to, "log %s\n", log_vkey);
	if (gth_note_sign("log.example\n7\n" ROOT, &log_key, &note))
		abort();
	for (unsigned int i = 0; i < GTH_POLICY_WITNESSES; i++) {
		struct gth_witness w;
		char name[32], key_text[GTH_NOTE_KEY_SIZE];

		snprintf(name, sizeof(name), "all%u.example", i);
		if (gth_witness_key_create(&all[i], name) || gth_cosign(note, 500, &all[i], &line))
			abort();
		w = gth_witness_of(&all[i]);
		gth_witness_format(&w, key_text);
		to += sprintf(to, "witness a%u %s\n", i, key_text);
		if (asprintf(&longer, "%s%s", lines, line) < 0)
			abort();
		free(lines);
		free(line);
		lines = longer;
	}
	to += sprintf(to, "group all all");
	for (unsigned int i = 0; i < GTH_POLICY_WITNESSES; i++)
		to += sprintf(to, " a%u", i);
	to += sprintf(to, "\nquorum all\n");
	tap_is(gth_policy_parse(&p, text, (size_t)(to - text), &fault), 0, "thirty_two_witnesses");
	tap_is(gth_cosign_merge(note, lines, &log_key.verifier, p.witness, p.witnesses, times,
				&merged),
	       0, "all_of_them_fit_into_a_checkpoint");
	tap_is(gth_policy_judge(&p, merged, strlen(merged), 0, 600, &c, NULL), 0,
	       "a_quorum_of_all_is_met");
	free(merged);
	free(lines);
	free(note);
}

int main(void)
{
	if (gth_signer_create(&log_key, "log.example") ||
	    gth_verifier_format(&log_key.verifier, log_vkey))
		return 1;
	for (int i = 0; i < W; i++) {
		char name[32];
		struct gth_witness w;

		snprintf(name, sizeof(name), "w%d.example", i);
		if (gth_witness_key_create(&key[i], name))
			return 1;
		w = gth_witness_of(&key[i]);
		gth_witness_format(&w, vkey[i]);
	}
	test_parser();
	test_quorum();
	test_judge();
	test_most();
	return tap_done();
}
