// SPDX-License-Identifier: GPL-2.0-or-later
/* policy.c - the knobs, and the one function that decides (see policy.h). */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "core/limits.h"
#include "core/operations.h"
#include "core/policy.h"

/* In the order of the enums they stand for. */
static const char *const mode_words[] = { "off", "monitor", "enforce", NULL };
static const char *const action_words[] = { "allow", "deny", NULL };
static const char *const hold_words[] = { "allow", "deny", "hold", NULL };
static const char *const scope_words[] = { "all", "code", "none", NULL };
static const char *const unversioned_words[] = { "hash", "skip", NULL };
static const char *const fuse_words[] = { "unknown", "hash", NULL };

#define WORDS(id, name_, words_, initial_)					\
	[GTH_KNOB_##id] = { .name = #name_, .words = words_,			\
			    .max = ARRAY_SIZE(words_) - 2, .initial = initial_ },
#define NUMBER(id, name_, min_, max_, initial_)					\
	[GTH_KNOB_##id] = { .name = #name_, .min = min_, .max = max_, .initial = initial_ },
#define HOOK(id, name_)								\
	[GTH_KNOB_HOOK_##id] = { .name = #name_, .hook = true, .max = 1, .initial = 1 },

const struct gth_knob gth_knobs[GTH_KNOB_MAX] = { GTH_KNOBS(WORDS, NUMBER, HOOK) };

/* The switch that governs an operation, and what it does with an unknown file. */
static const struct {
	enum gth_knob_id hook, unknown;
} op_knobs[GTH_OP_MAX] = {
#define X(id, name, hook_, unknown_, verb)					\
	[GTH_OP_##id] = { GTH_KNOB_HOOK_##hook_, GTH_KNOB_##unknown_ },
	GTH_OPERATIONS(X)
#undef X
};

/* gth_policy_init() - every knob at its initial value. */
void gth_policy_init(struct gth_policy *p)
{
	unsigned int i;

	for (i = 0; i < GTH_KNOB_MAX; i++)
		p->value[i] = gth_knobs[i].initial;
}

static int parse_decimal(const char *text, size_t len, u64 *value)
{
	u64 v = 0;
	size_t i;

	/* 19 digits cannot overflow 64 bits, and no bound is that large. */
	if (!len || len > 19)
		return -EINVAL;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EINVAL;
		v = v * 10 + (u64)(text[i] - '0');
	}
	*value = v;
	return 0;
}

/**
 * gth_knob_parse() - read a knob's value
 * @id: the knob
 * @text: NUL-terminated; one newline at the end is taken off, nothing else
 * @value: set on success only
 *
 * Return: 0, or -EINVAL if @text is not a legal value of the knob.
 */
int gth_knob_parse(enum gth_knob_id id, const char *text, u64 *value)
{
	const struct gth_knob *knob = &gth_knobs[id];
	size_t len = strlen(text);
	u64 v;

	if (len && text[len - 1] == '\n')
		len--;
	if (!knob->words) {
		if (parse_decimal(text, len, &v) || v < knob->min || v > knob->max)
			return -EINVAL;
		*value = v;
		return 0;
	}
	for (v = 0; v <= knob->max; v++) {
		if (strlen(knob->words[v]) == len && !memcmp(knob->words[v], text, len)) {
			*value = v;
			return 0;
		}
	}
	return -EINVAL;
}

/* gth_knob_format() - a value as gth_knob_parse() reads it; returns the length. */
int gth_knob_format(enum gth_knob_id id, u64 value, char *text, size_t size)
{
	const struct gth_knob *knob = &gth_knobs[id];

	if (knob->words)
		return snprintf(text, size, "%s", knob->words[value]);
	return snprintf(text, size, "%llu", (unsigned long long)value);
}

/**
 * gth_policy_source() - which of several sources counts
 * @class: the class of a digest in each, by enum gth_source; UNKNOWN: in none.
 *         class[GTH_SOURCE_NONE] is UNKNOWN.
 *
 * Root before the table before the region: the source nearer to the machine corrects
 * the others, and the region, which is elsewhere, can neither undo an administrator's
 * verdict nor call a listed file good.
 *
 * Return: the source whose class is in force; GTH_SOURCE_NONE: none knows the digest.
 */
enum gth_source gth_policy_source(const u8 class[GTH_SOURCE_MAX])
{
	enum gth_source source = GTH_SOURCE_MAX - 1;

	while (source > GTH_SOURCE_NONE && class[source] == GTH_CLASS_UNKNOWN)
		source--;
	return source;
}

/**
 * gth_policy_skip() - is there a reason not to hash this file?
 * @p: the policy
 * @f: op, code, versioned, pseudo, fuse, memory, hot and size are looked at
 *
 * Asked before a file is hashed, and again by gth_policy_rule().
 *
 * Return: the reason, or GTH_REASON_NONE when the digest decides.
 */
enum gth_reason gth_policy_skip(const struct gth_policy *p, const struct gth_facts *f)
{
	const u64 *v = p->value;

	if (v[GTH_KNOB_MODE] == GTH_MODE_OFF)
		return GTH_REASON_MODE_OFF;
	if (!v[op_knobs[f->op].hook])
		return GTH_REASON_HOOK_OFF;
	if (f->pseudo)
		return GTH_REASON_PSEUDO;
	if (f->op == GTH_OP_OPEN) {
		if (v[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_NONE)
			return GTH_REASON_SCOPE;
		if (v[GTH_KNOB_OPEN_SCOPE] == GTH_SCOPE_CODE && !f->code)
			return GTH_REASON_SCOPE;
	}
	if (!f->versioned && v[GTH_KNOB_UNVERSIONED_FS] == GTH_UNVERSIONED_SKIP)
		return GTH_REASON_UNVERSIONED;
	if (f->fuse && v[GTH_KNOB_FUSE] == GTH_FUSE_UNKNOWN)
		return GTH_REASON_FUSE;
	/*
	 * A program that generates code may have it in a memfd, and could have it in
	 * anonymous memory: nothing is gained by hashing gigabytes at each mapping, or
	 * by refusing what need not be asked for. Exec of a memfd is judged always.
	 */
	if (f->memory && (f->op == GTH_OP_MPROTECT ||
			  (f->op == GTH_OP_MMAP &&
			   (f->hot || f->size > v[GTH_KNOB_MAX_HASH_BYTES]))))
		return GTH_REASON_MEMORY;
	if (f->size > v[GTH_KNOB_MAX_HASH_BYTES])
		return GTH_REASON_OVERSIZE;
	if (f->op == GTH_OP_OPEN && f->hot)
		return GTH_REASON_HOT;
	return GTH_REASON_NONE;
}

static u8 class_action(const struct gth_policy *p, const struct gth_facts *f)
{
	switch (f->class) {
	case GTH_CLASS_TRUSTED:
		return GTH_ACTION_ALLOW;
	case GTH_CLASS_SUSPICIOUS:
		return (u8)p->value[GTH_KNOB_SUSPICIOUS];
	case GTH_CLASS_MALICIOUS:
		return (u8)p->value[GTH_KNOB_MALICIOUS];
	default:
		return (u8)p->value[op_knobs[f->op].unknown];
	}
}

/*
 * A file is empty when it is made, and overlayfs and O_TMPFILE do not report that an
 * open makes it: were unknown files denied or held, the name would be left behind.
 * Content that is written later is judged by the next open.
 */
static bool is_empty_open(const struct gth_facts *f)
{
	return f->op == GTH_OP_OPEN && !f->size && f->versioned && !f->failed &&
	       f->class == GTH_CLASS_UNKNOWN;
}

/**
 * gth_policy_rule() - decide
 * @p: the policy
 * @f: the facts
 * @out: the decision; action differs from would only when the mode is not enforce
 */
void gth_policy_rule(const struct gth_policy *p, const struct gth_facts *f,
		     struct gth_decision *out)
{
	u8 action = GTH_ACTION_ALLOW;
	u8 reason = gth_policy_skip(p, f);

	if (reason == GTH_REASON_OVERSIZE) {
		action = (u8)p->value[GTH_KNOB_OVERSIZE];
	} else if (reason == GTH_REASON_NONE && f->killed) {
		/* Its descriptors may be shared with a task that lives on. */
		action = GTH_ACTION_DENY;
		reason = GTH_REASON_KILLED;
	} else if (reason == GTH_REASON_FUSE) {
		action = (u8)p->value[op_knobs[f->op].unknown];
	} else if (reason == GTH_REASON_NONE && f->disturbed) {
		/* Else a user that disturbs the reading would get the file. */
		action = GTH_ACTION_DENY;
		reason = GTH_REASON_ERROR;
	} else if (reason == GTH_REASON_NONE && f->unjudged) {
		action = GTH_ACTION_DENY;
		reason = GTH_REASON_UNJUDGED;
	} else if (reason == GTH_REASON_NONE && is_empty_open(f)) {
		reason = GTH_REASON_EMPTY;
	} else if (reason == GTH_REASON_NONE) {
		/* A file that cannot be hashed is an unknown file. */
		action = class_action(p, f);
		reason = f->failed ? GTH_REASON_ERROR : GTH_REASON_CLASS;
	}

	if (action == GTH_ACTION_HOLD && f->expired) {
		action = (u8)p->value[GTH_KNOB_HOLD_EXPIRED];
		reason = GTH_REASON_HOLD_EXPIRED;
	} else if (action == GTH_ACTION_HOLD && !f->daemon) {
		action = (u8)p->value[GTH_KNOB_NO_DAEMON];
		reason = GTH_REASON_NO_DAEMON;
	}
	if (action != GTH_ACTION_ALLOW && f->exempt) {
		action = GTH_ACTION_ALLOW;
		reason = GTH_REASON_EXEMPT;
	} else if (action != GTH_ACTION_ALLOW && f->init && f->class == GTH_CLASS_UNKNOWN) {
		action = GTH_ACTION_ALLOW;
		reason = GTH_REASON_FLOOR;
	}

	out->would = action;
	out->action = p->value[GTH_KNOB_MODE] == GTH_MODE_ENFORCE ? action : GTH_ACTION_ALLOW;
	out->reason = reason;
}
