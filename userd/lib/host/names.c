// SPDX-License-Identifier: GPL-2.0-or-later
/* names.c - the words for the numbers of linux/gotthard.h (see names.h). */
#include "lib/host/names.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <linux/gotthard.h>

#include "core/operations.h"
#include "lib/host/reasons.h"

static const char *const ops[GTH_OP_MAX] = {
#define X(id, name, ...) [GTH_OP_##id] = #name,
	GTH_OPERATIONS(X)
#undef X
};

static const char *const classes[GTH_CLASS_MAX] = {
	[GTH_CLASS_UNKNOWN] = "unknown",
	[GTH_CLASS_TRUSTED] = "trusted",
	[GTH_CLASS_SUSPICIOUS] = "suspicious",
	[GTH_CLASS_MALICIOUS] = "malicious",
};

static const char *const actions[GTH_ACTION_MAX] = {
	[GTH_ACTION_ALLOW] = "allow",
	[GTH_ACTION_DENY] = "deny",
	[GTH_ACTION_HOLD] = "hold",
};

static const char *const modes[GTH_MODE_MAX] = {
	[GTH_MODE_OFF] = "off",
	[GTH_MODE_MONITOR] = "monitor",
	[GTH_MODE_ENFORCE] = "enforce",
};

static const char *const reasons[GTH_REASON_MAX] = {
#define X(id, name, ...) [GTH_REASON_##id] = #name,
	GTH_REASONS(X)
#undef X
};

#define X(...) +1
_Static_assert(GTH_REASONS(X) == GTH_REASON_MAX, "every reason has its row");
#undef X

static const char *const sources[GTH_SOURCE_MAX] = {
	[GTH_SOURCE_NONE] = "none",
	[GTH_SOURCE_REGION] = "region",
	[GTH_SOURCE_TABLE] = "table",
	[GTH_SOURCE_ROOT] = "root",
};

static const char *const domains[GTH_DOMAIN_MAX] = {
	[GTH_DOMAIN_NONE] = "none",
	[GTH_DOMAIN_SHA256] = "sha256",
	[GTH_DOMAIN_FSVERITY] = "fsverity",
};

static const char *const event_types[GTH_EVENT_MAX] = {
	[GTH_EVENT_DECISION] = "decision", [GTH_EVENT_POLICY] = "policy",
	[GTH_EVENT_TABLE] = "table",	   [GTH_EVENT_ERROR] = "error",
	[GTH_EVENT_HOOKS] = "hooks",	   [GTH_EVENT_VERDICT] = "verdict",
};

/* A newer module may know more words than this program. */
#define NAME_FUNCTION(function, words)                                                             \
	const char *function(unsigned int value)                                                   \
	{                                                                                          \
		return value < sizeof(words) / sizeof(*(words)) ? (words)[value] : "?";            \
	}

NAME_FUNCTION(gth_op_name, ops)
NAME_FUNCTION(gth_class_name, classes)
NAME_FUNCTION(gth_action_name, actions)
NAME_FUNCTION(gth_mode_name, modes)
NAME_FUNCTION(gth_reason_name, reasons)
NAME_FUNCTION(gth_source_name, sources)
NAME_FUNCTION(gth_domain_name, domains)
NAME_FUNCTION(gth_event_type_name, event_types)

static int parse(const char *const *words, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(words[i], name))
			return (int)i;
	return -EINVAL;
}

/* gth_op_parse() - enum gth_op, or -EINVAL */
int gth_op_parse(const char *name)
{
	return parse(ops, GTH_OP_MAX, name);
}

/* gth_class_parse() - enum gth_class, or -EINVAL */
int gth_class_parse(const char *name)
{
	return parse(classes, GTH_CLASS_MAX, name);
}

/* gth_source_parse() - enum gth_source, or -EINVAL */
int gth_source_parse(const char *name)
{
	return parse(sources, GTH_SOURCE_MAX, name);
}

/* gth_domain_parse() - enum gth_domain, or -EINVAL */
int gth_domain_parse(const char *name)
{
	return parse(domains, GTH_DOMAIN_MAX, name);
}
