// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * policy.c - every decision against an oracle.
 *
 * The oracle is a second answer to the same questions, made from what the
 * documents promise and not from core/policy.c: each promise is a rule of its
 * own, and the first one that applies gives the answer.
 */
#include "core/policy.h"
#include "tests/unit/tap.h"

/* The order of the sources */

/* Whether the first source counts before the second one, whatever the third says. */
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

/* Every combination of the classes that root, the table and the region give. */
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
				/* Root's class counts; else the table's; else the region's. */
				if (root)
					wrong += s != GTH_SOURCE_ROOT;
				else if (table)
					wrong += s != GTH_SOURCE_TABLE;
				else if (region)
					wrong += s != GTH_SOURCE_REGION;
				else
					wrong += s != GTH_SOURCE_NONE;
				/* A listed file is malicious, whatever the region says. */
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

/* A hold lasts while a daemon is there to answer, until it expires. */
static struct answer held(const u64 *knob, const struct gth_facts *f, u8 reason)
{
	if (f->expired)
		return (struct answer) { knob[GTH_KNOB_HOLD_EXPIRED], GTH_REASON_HOLD_EXPIRED };
	if (!f->daemon)
		return (struct answer) { knob[GTH_KNOB_NO_DAEMON], GTH_REASON_NO_DAEMON };
	return (struct answer) { GTH_ACTION_HOLD, reason };
}

/* For a task that is neither init nor exempt, in enforce. */
static struct answer for_any_task(const u64 *knob, const struct gth_facts *f)
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
	/* The scope is for opens only. code leaves out files that are not code, none all. */
	if (open && (knob[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_NONE ||
		     (knob[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_CODE && !f->code)))
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_SCOPE };
	/* skip lets the files of such a filesystem pass, large ones too. */
	if (knob[GTH_KNOB_UNVERSIONED_FS] == GTH_UNVERSIONED_SKIP && !f->versioned)
		return (struct answer) { GTH_ACTION_ALLOW, GTH_REASON_UNVERSIONED };
	/* The content that a process makes up while it is read is unknown to everyone else. */
	if (f->fuse && knob[GTH_KNOB_FUSE] == GTH_FUSE_UNKNOWN) {
		a.action = knob[unknown_of(f->op)];
		a.reason = GTH_REASON_FUSE;
		return a.action == GTH_ACTION_HOLD ? held(knob, f, a.reason) : a;
	}
	/* A memfd is the program's own memory: it is judged no more than anonymous memory. */
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
	/* A task that dies, or that cannot wait, does not get a file that was not judged. */
	if (f->killed)
		return (struct answer) { GTH_ACTION_DENY, GTH_REASON_KILLED };
	if (f->unjudged)
		return (struct answer) { GTH_ACTION_DENY, GTH_REASON_UNJUDGED };
	/* Nor does a task that can make the reading fail. */
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
	struct answer a = for_any_task(knob, f);

	/* An allowed operation needs neither exemption nor floor. */
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

/* Facts that contradict each other are left out. */
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

static void test_decisions(void)
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

		/* A filesystem whose files a process makes up, FUSE, never reports changes. */
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
	tap_note("%llu decisions", (unsigned long long)t.asked);
	tap_is(t.wrong, 0, "every_decision_is_what_the_documents_promise");
	tap_is(t.acted, 0, "nothing_is_denied_or_held_unless_enforcing");
	tap_is(t.would_differs, 0, "enforcing_carries_out_what_it_decides");
	tap_is(t.init_unknown, 0, "init_is_never_denied_an_unlisted_file");
	tap_is(t.exempt, 0, "the_daemon_is_never_denied_or_held");
}

int main(void)
{
	test_sources();
	test_decisions();
	return tap_done();
}
