// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * policy.c - what the knobs take, and every ruling against an oracle.
 *
 * The oracle is a second answer to the same questions, made from what the
 * documents promise and not from core/policy.c: each promise is a rule of its
 * own, and the first one that applies gives the answer.
 */
#include <errno.h>
#include <string.h>

#include "core/limits.h"
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

/* What no knob takes. */
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

/* Whose word counts */

/* Two sources say different things: does the first one's count, whatever the third says? */
static bool wins(enum gth_source first, enum gth_source second)
{
	for (unsigned int n = 0; n < GTH_CLASS_MAX * GTH_CLASS_MAX * GTH_CLASS_MAX; n++) {
		u8 class[GTH_SOURCE_MAX] = {
			[GTH_SOURCE_ROOT] = (u8)(n % GTH_CLASS_MAX),
			[GTH_SOURCE_TABLE] = (u8)(n / GTH_CLASS_MAX % GTH_CLASS_MAX),
			[GTH_SOURCE_REGION] = (u8)(n / GTH_CLASS_MAX / GTH_CLASS_MAX),
		};

		if (class[first] && class[second] && gth_policy_source(class) == second)
			return false;
	}
	return true;
}

/* Every combination of what root, the table and the region say. */
static void test_sources(void)
{
	unsigned int wrong = 0, asked = 0, freed = 0;

	for (u8 root = 0; root < GTH_CLASS_MAX; root++)
		for (u8 table = 0; table < GTH_CLASS_MAX; table++)
			for (u8 region = 0; region < GTH_CLASS_MAX; region++) {
				u8 class[GTH_SOURCE_MAX] = { [GTH_SOURCE_ROOT] = root,
							     [GTH_SOURCE_TABLE] = table,
							     [GTH_SOURCE_REGION] = region };
				enum gth_source s = gth_policy_source(class);
				bool listed = root == GTH_CLASS_MALICIOUS ||
					      (!root && table == GTH_CLASS_MALICIOUS);

				asked++;
				/* The administrator's word; else the table's; else the region's. */
				if (root)
					wrong += s != GTH_SOURCE_ROOT;
				else if (table)
					wrong += s != GTH_SOURCE_TABLE;
				else if (region)
					wrong += s != GTH_SOURCE_REGION;
				else
					wrong += s != GTH_SOURCE_NONE;
				/* What is listed here is malicious, whatever the region says. */
				freed += listed && class[s] != GTH_CLASS_MALICIOUS;
			}
	tap_is(asked, 64, "every_combination_of_sources_is_asked");
	tap_is(wrong, 0, "root_counts_before_the_table_before_the_region");
	tap_is(freed, 0, "the_region_frees_nothing_that_root_or_the_table_lists");
	tap_ok(wins(GTH_SOURCE_ROOT, GTH_SOURCE_TABLE) &&
		       wins(GTH_SOURCE_ROOT, GTH_SOURCE_REGION) &&
		       wins(GTH_SOURCE_TABLE, GTH_SOURCE_REGION),
	       "no_lower_source_counts_before_a_higher_one");
}

/* The oracle */

static enum gth_knob_id hook_of(u8 op)
{
	if (op == GTH_OP_OPEN)
		return GTH_KNOB_HOOK_OPEN;
	if (op == GTH_OP_EXEC)
		return GTH_KNOB_HOOK_EXEC;
	return op == GTH_OP_KERNEL ? GTH_KNOB_HOOK_KERNEL_READ : GTH_KNOB_HOOK_MMAP;
}

static enum gth_knob_id unknown_of(u8 op)
{
	if (op == GTH_OP_OPEN)
		return GTH_KNOB_OPEN_UNKNOWN;
	return op == GTH_OP_KERNEL ? GTH_KNOB_KERNEL_UNKNOWN : GTH_KNOB_EXEC_UNKNOWN;
}

struct answer {
	u64 action;
	u8 reason;
};

/* A hold: waited for while somebody is there to answer, until it expires. */
static struct answer held(const u64 *knob, const struct gth_facts *f, u8 reason)
{
	if (f->expired)
		return (struct answer) { knob[GTH_KNOB_HOLD_EXPIRED], GTH_REASON_HOLD_EXPIRED };
	if (!f->daemon)
		return (struct answer) { knob[GTH_KNOB_NO_DAEMON], GTH_REASON_NO_DAEMON };
	return (struct answer) { GTH_ACTION_HOLD, reason };
}

/* For a task that is neither init nor exempt, in enforce. */
static struct answer for_anybody(const u64 *knob, const struct gth_facts *f)
{
	bool open = f->op == GTH_OP_OPEN;
	struct answer a = { GTH_ACTION_ALLOW, GTH_REASON_CLASS };

	/* off: nothing is judged. A hook that is off judges nothing either. */
	if (knob[GTH_KNOB_MODE] == GTH_MODE_OFF)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_MODE_OFF };
	if (knob[hook_of(f->op)] == 0)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_HOOK_OFF };
	/* procfs and its like: the kernel itself is the author. */
	if (f->pseudo)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_PSEUDO };
	/* The scope is for opens only: none leaves all out, code what is no code. */
	if (open && (knob[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_NONE ||
		     (knob[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_CODE && !f->code)))
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_SCOPE };
	/* skip lets the files of such a filesystem pass, large ones too. */
	if (knob[GTH_KNOB_UNVERSIONED_FS] == GTH_UNVERSIONED_SKIP && !f->versioned)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_UNVERSIONED };
	/* What a process makes up as it is read is a file that nobody knows. */
	if (f->fuse && knob[GTH_KNOB_FUSE] == GTH_FUSE_UNKNOWN) {
		a.action = knob[unknown_of(f->op)];
		a.reason = GTH_REASON_FUSE;
		return a.action == GTH_ACTION_HOLD ? held(knob, f, a.reason) : a;
	}
	/* A program's own memory: no more is asked of a memfd than of anonymous memory. */
	if (f->memory && f->op == GTH_OP_MPROTECT)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_MEMORY };
	if (f->memory && f->op == GTH_OP_MMAP &&
	    (f->hot || f->size > knob[GTH_KNOB_MAX_HASH_BYTES]))
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_MEMORY };
	/* max_hash_bytes is the largest file that is hashed. */
	if (f->size > knob[GTH_KNOB_MAX_HASH_BYTES])
		return (struct answer) { knob[GTH_KNOB_OVERSIZE], GTH_REASON_OVERSIZE };
	/* Exec, mapping as code and kernel reads are never bounded. */
	if (open && f->hot)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_HOT };
	/* Nobody gets what was not judged because he cannot wait for it, or dies. */
	if (f->killed)
		return (struct answer) { GTH_ACTION_DENY, GTH_REASON_KILLED };
	if (f->unjudged)
		return (struct answer) { GTH_ACTION_DENY, GTH_REASON_UNJUDGED };
	/* Nor does anybody who can make the reading fail. */
	if (f->disturbed)
		return (struct answer) { GTH_ACTION_DENY, GTH_REASON_ERROR };

	if (f->class == GTH_CLASS_TRUSTED)
		return a;
	if (f->class == GTH_CLASS_MALICIOUS) {
		a.action = knob[GTH_KNOB_MALICIOUS];
		return a;
	}
	if (f->class == GTH_CLASS_SUSPICIOUS) {
		a.action = knob[GTH_KNOB_SUSPICIOUS];
		return a;
	}
	/* A file that has just been made, or might have been: nothing can be read yet. */
	if (open && f->size == 0 && f->versioned && !f->failed)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_EMPTY };
	/* In no table, or could not be hashed and is judged as unknown. */
	a.action = knob[unknown_of(f->op)];
	if (f->failed)
		a.reason = GTH_REASON_ERROR;
	return a.action == GTH_ACTION_HOLD ? held(knob, f, a.reason) : a;
}

static struct answer oracle(const u64 *knob, const struct gth_facts *f)
{
	struct answer a = for_anybody(knob, f);

	/* What is allowed anyway needs neither exemption nor floor. */
	if (a.action == GTH_ACTION_ALLOW)
		return a;
	/* The daemon is neither held nor denied. */
	if (f->exempt)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_EXEMPT };
	/* init is never denied a file that is not listed. */
	if (f->init && f->class == GTH_CLASS_UNKNOWN)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_FLOOR };
	return a;
}

/* Facts that contradict each other are not asked about. */
static bool consistent(const struct gth_facts *f)
{
	if (f->disturbed && !f->failed)
		return false; /* it tells why it failed */
	if (f->unjudged && (f->failed || f->killed || f->expired))
		return false; /* nothing was tried, and nothing waited for */
	/* Without a digest there is no class. */
	return f->class == GTH_CLASS_UNKNOWN || !(f->unjudged || f->failed || f->hot);
}

/* Takes the next digit of a number whose digits have different bases. */
static u64 digit(u64 *number, unsigned int base)
{
	u64 d = *number % base;

	*number /= base;
	return d;
}

struct tally {
	u64 asked, wrong, acted, would_differs, init_unknown, exempt;
};

static void ask(const struct gth_policy *p, const struct gth_facts *f, struct tally *t)
{
	const u64 *knob = p->value;
	struct answer a = oracle(knob, f);
	struct gth_decision r = { 0xff, 0xff, 0xff };
	u8 carried_out = knob[GTH_KNOB_MODE] == GTH_MODE_ENFORCE ? (u8)a.action : GTH_ACTION_ALLOW;
	bool judged;

	gth_policy_rule(p, f, &r);
	t->asked++;
	if (r.would != a.action || r.action != carried_out || r.reason != a.reason) {
		if (t->wrong++ < 5)
			tap_note(
				"mode %llu op %u class %u size %llu code %d fuse %d hot %d unjudged %d "
				"failed %d disturbed %d killed %d daemon %d expired %d exempt %d init %d: "
				"got %u/%u/%u, wanted %u/%llu/%u",
				(unsigned long long)knob[GTH_KNOB_MODE], f->op, f->class,
				(unsigned long long)f->size, f->code, f->fuse, f->hot, f->unjudged,
				f->failed, f->disturbed, f->killed, f->daemon, f->expired,
				f->exempt, f->init, r.action, r.would, r.reason, carried_out,
				(unsigned long long)a.action, a.reason);
	}
	/* Promises that hold whatever the rest is, asked of the answer alone. */
	t->acted += knob[GTH_KNOB_MODE] != GTH_MODE_ENFORCE && r.action != GTH_ACTION_ALLOW;
	t->would_differs += knob[GTH_KNOB_MODE] == GTH_MODE_ENFORCE && r.would != r.action;
	t->init_unknown += f->init && !f->class && r.would != GTH_ACTION_ALLOW;
	t->exempt += f->exempt && r.would != GTH_ACTION_ALLOW;

	judged = r.reason != gth_policy_skip(p, f);
	if (!judged && r.reason != GTH_REASON_OVERSIZE && r.reason != GTH_REASON_FUSE &&
	    r.would != GTH_ACTION_ALLOW)
		t->wrong++;
}

static void test_rulings(void)
{
	static const u64 sizes[] = { 0, 4096, 4097 };
	struct tally t = { 0 };
	struct gth_policy p;

	gth_policy_init(&p);
	p.value[GTH_KNOB_MAX_HASH_BYTES] = 4096;
	for (u64 n = 0;; n++) {
		u64 left = n;
		struct gth_facts f = {
			.op = (u8)digit(&left, GTH_OP_MAX),
			.class = (u8)digit(&left, GTH_CLASS_MAX),
			.code = digit(&left, 2),
			.hot = digit(&left, 2),
			.unjudged = digit(&left, 2),
			.failed = digit(&left, 2),
			.killed = digit(&left, 2),
			.daemon = digit(&left, 2),
			.expired = digit(&left, 2),
			.exempt = digit(&left, 2),
			.init = digit(&left, 2),
			.disturbed = digit(&left, 2),
			.size = sizes[digit(&left, 3)],
		};
		u64 hook, unknown, fs = digit(&left, 5);

		/* No filesystem of a process tells of changes. */
		f.versioned = fs == 0 || fs == 3;
		f.fuse = fs == 2;
		f.memory = fs == 3;
		f.pseudo = fs == 4;
		p.value[GTH_KNOB_MODE] = digit(&left, GTH_MODE_MAX);
		p.value[GTH_KNOB_OPEN_SCOPE] = digit(&left, 3);
		p.value[GTH_KNOB_MALICIOUS] = digit(&left, 2);
		p.value[GTH_KNOB_SUSPICIOUS] = digit(&left, 2);
		p.value[GTH_KNOB_NO_DAEMON] = digit(&left, 2);
		p.value[GTH_KNOB_HOLD_EXPIRED] = !p.value[GTH_KNOB_NO_DAEMON];
		p.value[GTH_KNOB_OVERSIZE] = digit(&left, 2);
		p.value[GTH_KNOB_UNVERSIONED_FS] = digit(&left, 2);
		p.value[GTH_KNOB_FUSE] = digit(&left, 2);
		hook = digit(&left, 2);
		unknown = digit(&left, 3);
		if (left)
			break;
		if (!consistent(&f))
			continue;
		/* The knobs of other operations say the opposite: they must not matter. */
		for (enum gth_knob_id id = GTH_KNOB_HOOK_OPEN; id <= GTH_KNOB_HOOK_KERNEL_READ;
		     id++)
			p.value[id] = !hook;
		p.value[GTH_KNOB_OPEN_UNKNOWN] = (unknown + 1) % 3;
		p.value[GTH_KNOB_EXEC_UNKNOWN] = (unknown + 1) % 3;
		p.value[GTH_KNOB_KERNEL_UNKNOWN] = (unknown + 1) % 3;
		p.value[hook_of(f.op)] = hook;
		p.value[unknown_of(f.op)] = unknown;
		ask(&p, &f, &t);
	}
	tap_note("%llu rulings", (unsigned long long)t.asked);
	tap_is(t.wrong, 0, "every_ruling_is_what_the_documents_promise");
	tap_is(t.acted, 0, "nothing_is_denied_or_held_unless_enforcing");
	tap_is(t.would_differs, 0, "enforcing_carries_out_what_it_decides");
	tap_is(t.init_unknown, 0, "init_is_never_denied_an_unlisted_file");
	tap_is(t.exempt, 0, "the_daemon_is_never_denied_or_held");
}

int main(void)
{
	test_texts();
	test_rubbish();
	test_documented();
	test_sources();
	test_rulings();
	return tap_done();
}
