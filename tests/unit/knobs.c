// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * knobs.c - the values that each knob takes, and the names and the initial
 * values of the documents.
 */
#include <errno.h>
#include <string.h>

#include "core/policy.h"
#include "tests/unit/tap.h"

#define UNTOUCHED 0xdeadbeefULL
#define NOT_LEGAL (~0ULL)

static const struct {
	enum gth_knob_id id;
	const char *text;
	u64 value;
} texts[] = {
	{ GTH_KNOB_MODE, "off", GTH_MODE_OFF },
	{ GTH_KNOB_MODE, "monitor", GTH_MODE_MONITOR },
	{ GTH_KNOB_MODE, "enforce", GTH_MODE_ENFORCE },
	{ GTH_KNOB_MODE, "enforce\n", GTH_MODE_ENFORCE },
	{ GTH_KNOB_MODE, "Enforce", NOT_LEGAL },
	{ GTH_KNOB_MODE, "enforced", NOT_LEGAL },
	{ GTH_KNOB_MODE, "enforc", NOT_LEGAL },
	{ GTH_KNOB_MODE, "2", NOT_LEGAL },
	{ GTH_KNOB_MALICIOUS, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_MALICIOUS, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_MALICIOUS, "hold", NOT_LEGAL },
	{ GTH_KNOB_SUSPICIOUS, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_SUSPICIOUS, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_SUSPICIOUS, "hold", NOT_LEGAL },
	{ GTH_KNOB_OPEN_SCOPE, "all", GTH_SCOPE_ALL },
	{ GTH_KNOB_OPEN_SCOPE, "code", GTH_SCOPE_CODE },
	{ GTH_KNOB_OPEN_SCOPE, "none", GTH_SCOPE_NONE },
	{ GTH_KNOB_OPEN_SCOPE, "exec", NOT_LEGAL },
	{ GTH_KNOB_OPEN_UNKNOWN, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_OPEN_UNKNOWN, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_OPEN_UNKNOWN, "hold", GTH_ACTION_HOLD },
	{ GTH_KNOB_OPEN_UNKNOWN, "wait", NOT_LEGAL },
	{ GTH_KNOB_EXEC_UNKNOWN, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_EXEC_UNKNOWN, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_EXEC_UNKNOWN, "hold", GTH_ACTION_HOLD },
	{ GTH_KNOB_KERNEL_UNKNOWN, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_KERNEL_UNKNOWN, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_KERNEL_UNKNOWN, "hold", GTH_ACTION_HOLD },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "1", 1 },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "30000", 30000 },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "5000\n", 5000 },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "0", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "30001", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "-1", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "+1", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "1.0", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "0x10", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "1s", NOT_LEGAL },
	{ GTH_KNOB_HOLD_TIMEOUT_MS, "1000ms", NOT_LEGAL },
	{ GTH_KNOB_HOLD_EXPIRED, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_HOLD_EXPIRED, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_HOLD_EXPIRED, "hold", NOT_LEGAL },
	{ GTH_KNOB_NO_DAEMON, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_NO_DAEMON, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_NO_DAEMON, "hold", NOT_LEGAL },
	{ GTH_KNOB_MAX_HASH_BYTES, "4096", 4096 },
	{ GTH_KNOB_MAX_HASH_BYTES, "1099511627776", 1ULL << 40 },
	{ GTH_KNOB_MAX_HASH_BYTES, "4095", NOT_LEGAL },
	{ GTH_KNOB_MAX_HASH_BYTES, "1099511627777", NOT_LEGAL },
	{ GTH_KNOB_MAX_HASH_BYTES, "256M", NOT_LEGAL },
	{ GTH_KNOB_MAX_HASH_BYTES, "9999999999999999999", NOT_LEGAL },
	{ GTH_KNOB_MAX_HASH_BYTES, "18446744073709551616", NOT_LEGAL },
	{ GTH_KNOB_MAX_HASH_BYTES, "18446744073709555712", NOT_LEGAL }, /* 2^64 + 4096 */
	{ GTH_KNOB_OVERSIZE, "allow", GTH_ACTION_ALLOW },
	{ GTH_KNOB_OVERSIZE, "deny", GTH_ACTION_DENY },
	{ GTH_KNOB_OVERSIZE, "hold", NOT_LEGAL },
	{ GTH_KNOB_UNVERSIONED_FS, "hash", GTH_UNVERSIONED_HASH },
	{ GTH_KNOB_UNVERSIONED_FS, "skip", GTH_UNVERSIONED_SKIP },
	{ GTH_KNOB_UNVERSIONED_FS, "allow", NOT_LEGAL },
	{ GTH_KNOB_FUSE, "unknown", GTH_FUSE_UNKNOWN },
	{ GTH_KNOB_FUSE, "hash", GTH_FUSE_HASH },
	{ GTH_KNOB_FUSE, "skip", NOT_LEGAL },
	{ GTH_KNOB_HOOK_OPEN, "0", 0 },
	{ GTH_KNOB_HOOK_OPEN, "1", 1 },
	{ GTH_KNOB_HOOK_OPEN, "2", NOT_LEGAL },
	{ GTH_KNOB_HOOK_OPEN, "on", NOT_LEGAL },
	{ GTH_KNOB_HOOK_EXEC, "0", 0 },
	{ GTH_KNOB_HOOK_EXEC, "1", 1 },
	{ GTH_KNOB_HOOK_EXEC, "2", NOT_LEGAL },
	{ GTH_KNOB_HOOK_MMAP, "0", 0 },
	{ GTH_KNOB_HOOK_MMAP, "1", 1 },
	{ GTH_KNOB_HOOK_MMAP, "y", NOT_LEGAL },
	{ GTH_KNOB_HOOK_KERNEL_READ, "0", 0 },
	{ GTH_KNOB_HOOK_KERNEL_READ, "1", 1 },
	{ GTH_KNOB_HOOK_KERNEL_READ, "-0", NOT_LEGAL },
};

/* Texts that every knob refuses. */
static const char *const rubbish[] = {
	"",
	"\n",
	" ",
	"\t",
	"?",
	"\xff",
	"allow deny",
	"allow\n\n",
	" allow",
	"allow ",
	"\nallow",
	"1 ",
	" 1",
	"1\n\n",
	"1\r\n",
	"allow\r\n",
	"deny\n ",
	"00000000000000000001",
	"999999999999999999999999999999999999999999999999",
};

/* As the documentation of sysfs gives them. */
static const struct {
	const char *name, *initial;
	bool hook;
} documented[GTH_KNOB_MAX] = {
	[GTH_KNOB_MODE] = { "mode", "monitor" },
	[GTH_KNOB_MALICIOUS] = { "malicious", "deny" },
	[GTH_KNOB_SUSPICIOUS] = { "suspicious", "allow" },
	[GTH_KNOB_OPEN_SCOPE] = { "open_scope", "code" },
	[GTH_KNOB_OPEN_UNKNOWN] = { "open_unknown", "allow" },
	[GTH_KNOB_EXEC_UNKNOWN] = { "exec_unknown", "allow" },
	[GTH_KNOB_KERNEL_UNKNOWN] = { "kernel_unknown", "allow" },
	[GTH_KNOB_HOLD_TIMEOUT_MS] = { "hold_timeout_ms", "5000" },
	[GTH_KNOB_HOLD_EXPIRED] = { "hold_expired", "allow" },
	[GTH_KNOB_NO_DAEMON] = { "no_daemon", "allow" },
	[GTH_KNOB_MAX_HASH_BYTES] = { "max_hash_bytes", "268435456" },
	[GTH_KNOB_OVERSIZE] = { "oversize", "allow" },
	[GTH_KNOB_UNVERSIONED_FS] = { "unversioned_fs", "hash" },
	[GTH_KNOB_FUSE] = { "fuse", "unknown" },
	[GTH_KNOB_HOOK_OPEN] = { "open", "1", true },
	[GTH_KNOB_HOOK_EXEC] = { "exec", "1", true },
	[GTH_KNOB_HOOK_MMAP] = { "mmap", "1", true },
	[GTH_KNOB_HOOK_KERNEL_READ] = { "kernel_read", "1", true },
};

static void show(const char *what, enum gth_knob_id id, const char *text)
{
	tap_note("%s: %s = \"%s\"", what, gth_knobs[id].name, text);
}

static void test_texts(void)
{
	unsigned int refused = 0, taken = 0, touched = 0, lost = 0, covered = 0;
	bool seen[GTH_KNOB_MAX] = { false };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		bool legal = texts[i].value != NOT_LEGAL;
		char text[GTH_VALUE_SIZE];
		u64 value = UNTOUCHED, again = UNTOUCHED;
		int err = gth_knob_parse(texts[i].id, texts[i].text, &value);

		covered += !seen[texts[i].id];
		seen[texts[i].id] = true;
		if (legal && (err || value != texts[i].value)) {
			show("refused or misread", texts[i].id, texts[i].text);
			refused++;
			continue;
		}
		if (!legal) {
			if (err != -EINVAL)
				show("taken", texts[i].id, texts[i].text);
			taken += err != -EINVAL;
			touched += value != UNTOUCHED;
			continue;
		}
		lost += gth_knob_format(texts[i].id, value, text, sizeof(text)) !=
			(int)strlen(text);
		lost += strcspn(texts[i].text, "\n") != strlen(text);
		lost += strncmp(texts[i].text, text, strlen(text)) != 0;
		lost += gth_knob_parse(texts[i].id, text, &again) || again != value;
	}
	tap_is(covered, GTH_KNOB_MAX, "every_knob_has_cases");
	tap_is(refused, 0, "takes_every_legal_value");
	tap_is(taken, 0, "refuses_every_other_value_with_einval");
	tap_is(touched, 0, "a_refused_value_changes_nothing");
	tap_is(lost, 0, "formats_what_it_parses");
}

static void test_rubbish(void)
{
	unsigned int taken = 0;

	for (enum gth_knob_id id = 0; id < GTH_KNOB_MAX; id++) {
		for (size_t i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
			u64 value = UNTOUCHED;

			if (gth_knob_parse(id, rubbish[i], &value) == -EINVAL && value == UNTOUCHED)
				continue;
			show("taken", id, rubbish[i]);
			taken++;
		}
	}
	tap_is(taken, 0, "no_knob_takes_blanks_or_rubbish");
}

static void test_documented(void)
{
	unsigned int names = 0, initial = 0, bounds = 0;
	struct gth_policy p;
	char text[GTH_VALUE_SIZE];

	gth_policy_init(&p);
	for (enum gth_knob_id id = 0; id < GTH_KNOB_MAX; id++) {
		const struct gth_knob *k = &gth_knobs[id];

		if (!documented[id].name) {
			tap_note("%s is not known to this test", k->name);
			names++;
			continue;
		}
		names += strcmp(k->name, documented[id].name) || k->hook != documented[id].hook;
		gth_knob_format(id, p.value[id], text, sizeof(text));
		if (strcmp(text, documented[id].initial)) {
			show("initially", id, text);
			initial++;
		}
		for (u64 v = k->min; k->words && v <= k->max; v++)
			bounds += !k->words[v];
		bounds += k->words && k->words[k->max + 1];
		bounds += k->initial < k->min || k->initial > k->max;
	}
	tap_is(names, 0, "knobs_are_named_as_documented");
	tap_is(initial, 0, "initial_values_are_as_documented");
	tap_is(bounds, 0, "every_value_within_the_bounds_has_a_word");
}

int main(void)
{
	test_texts();
	test_rubbish();
	test_documented();
	return tap_done();
}
