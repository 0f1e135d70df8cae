// SPDX-License-Identifier: GPL-2.0-or-later
/* explain.c - gotthardctl explain: ask the evaluator that the hooks use. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "table_info.h"
#include "lib/host/device.h"
#include "lib/host/names.h"
#include "lib/host/reasons.h"
#include "lib/util/hex.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"

static struct {
	int op;
	int first; /* index of the first FILE in argv */
} options = { .op = GTH_OP_OPEN };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'o':
		options.op = gth_op_parse(arg);
		if (options.op < 0)
			argp_error(state, "'%s' is none of open, exec, mmap, mprotect, kernel_read",
				   arg);
		return 0;
	case ARGP_KEY_ARG:
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_ARGS:
		options.first = state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "which FILE?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	{ "op", 'o', "OP", 0, "open (default), exec, mmap, mprotect or kernel_read", 0 }, { 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_json_children,
	.args_doc = "FILE...",
	.doc = "Prints the module's answer to an open (or exec ...) of FILE, and the "
	       "reason.\v"
	       "The answer is the module's own, for any ordinary process. It reads the file "
	       "again, so a file too hot to be hashed at each open is judged here.\n"
	       "Exit status: 0 every FILE would be allowed, 1 one would not, or could not be "
	       "asked about.",
};

static const char *const out_of_scope[GTH_CLASS_MAX] = {
	[GTH_CLASS_UNKNOWN] = "policy/open_scope leaves this file out",
	[GTH_CLASS_TRUSTED] = "it is listed as trusted; policy/open_scope leaves it out",
	[GTH_CLASS_SUSPICIOUS] = "it is listed as suspicious; policy/open_scope leaves it out",
	[GTH_CLASS_MALICIOUS] = "it is listed as malicious; policy/open_scope leaves it out",
};

static const char *const explanations[GTH_REASON_MAX] = {
#define X(id, name, event, explain, ...) [GTH_REASON_##id] = explain,
	GTH_REASONS(X)
#undef X
};

static const char *sentence(const struct gth_explain *x)
{
	switch (x->reason) {
	case GTH_REASON_CLASS:
		switch (x->class) {
		case GTH_CLASS_MALICIOUS:
			return "it is listed as malicious";
		case GTH_CLASS_SUSPICIOUS:
			return "it is listed as suspicious";
		case GTH_CLASS_TRUSTED:
			return "it is listed as trusted";
		default:
			return x->would == GTH_ACTION_HOLD
				       ? "it is unknown, so it waits for a verdict "
					 "(policy/hold_timeout_ms)"
				       : "it is unknown, and policy says so for unknown files";
		}
	case GTH_REASON_SCOPE:
		return out_of_scope[x->class < GTH_CLASS_MAX ? x->class : GTH_CLASS_UNKNOWN];
	default:
		return x->reason < GTH_REASON_MAX && explanations[x->reason]
			       ? explanations[x->reason]
			       : gth_reason_name(x->reason);
	}
}

/*
 * The key by which the table that answered is signed. The answer does not have it, and a newer
 * table may be in force by now.
 * Return: true; *signer is empty if the table is not signed. false: it cannot be told.
 */
static bool find_signer(const struct gth_explain *x, char signer[GTH_VALUE_MAX])
{
	unsigned long long version = 0;
	char name[GTH_VALUE_MAX];

	ctl_table_signer(signer);
	return x->table_version && gth_sysfs_read("table/source", name, sizeof(name)) >= 0 &&
	       !strcmp(name, x->name) && !gth_sysfs_read_u64("table/version", &version) &&
	       version == x->table_version;
}

static json_t *as_json(const char *path, const struct gth_explain *x)
{
	char signer[GTH_VALUE_MAX];
	bool known = find_signer(x, signer);
	/* A name and its value to a line. */
	/* clang-format off */
	json_t *o = json_pack("{s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:I, s:I}",
		"path", gth_json_text(path), "op", gth_op_name(x->op),
		"action", gth_action_name(x->action), "would", gth_action_name(x->would),
		"reason", gth_reason_name(x->reason), "explanation", sentence(x),
		"class", gth_class_name(x->class), "source", gth_source_name(x->source),
		"mode", gth_mode_name(x->mode), "cacheable", x->cacheable,
		"size", (json_int_t)x->file_size, "generation", (json_int_t)x->generation);
	/* clang-format on */

	if (!o)
		return NULL;
	json_object_set_new(o, "domain", json_string(gth_domain_name(x->domain)));
	json_object_set_new(o, "digest",
			    x->domain ? gth_json_hex(x->digest, sizeof(x->digest)) : json_null());
	json_object_set_new(o, "table", x->table_version ? gth_json_text(x->name) : json_null());
	json_object_set_new(o, "table_version", json_integer((json_int_t)x->table_version));
	/* Without them: there is no table, or it is another one by now. */
	if (known) {
		json_object_set_new(o, "table_signed", json_boolean(*signer));
		json_object_set_new(o, "table_signer",
				    *signer ? gth_json_text(signer) : json_null());
	}
	if (x->error)
		json_object_set_new(o, "error", json_string(strerror(-x->error)));
	return o;
}

static void as_text(const char *path, const struct gth_explain *x)
{
	char hex[2 * GTH_DIGEST_SIZE + 1] = "not needed", signer[GTH_VALUE_MAX];
	bool known = find_signer(x, signer);

	if (x->domain)
		gth_hex_encode(hex, x->digest, sizeof(x->digest));
	printf("%s: %s %s, because %s\n", gth_shown(path), gth_op_name(x->op),
	       x->action == GTH_ACTION_ALLOW ? "allowed" : "denied", sentence(x));
	if (x->would != x->action)
		printf("  enforce   would %s; policy/mode is %s\n", gth_action_name(x->would),
		       gth_mode_name(x->mode));
	printf("  digest    %s%s\n", hex, x->domain == GTH_DOMAIN_FSVERITY ? " (fs-verity)" : "");
	printf("  class     %s%s%s\n", gth_class_name(x->class),
	       x->source == GTH_SOURCE_ROOT ? ", set by "
	       : x->source		    ? ", from the "
					    : "",
	       x->source ? gth_source_name(x->source) : "");
	if (x->table_version)
		printf("  table     %s version %llu%s%s\n", gth_shown(x->name),
		       (unsigned long long)x->table_version,
		       !known	 ? ""
		       : *signer ? ", signed by "
				 : ", NOT SIGNED",
		       known ? gth_shown(signer) : "");
	else
		printf("  table     none\n");
	if (x->error)
		printf("  error     %s\n", strerror(-x->error));
	printf("  kept      %s\n",
	       x->cacheable
		       ? "with the inode, until content or policy changes"
		       : "no: the file is being written, or its filesystem does not report changes");
}

/*
 * An open that the scope leaves out needs no class, so the module has not looked for
 * one. It is looked up as for an operation that has no scope.
 */
static void add_class(int device, int fd, struct gth_explain *x)
{
	static const unsigned int ops[] = { GTH_OP_EXEC, GTH_OP_MMAP, GTH_OP_KERNEL };
	struct gth_explain other = { 0 };

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]) && !other.domain; i++)
		if (gth_device_explain(device, fd, ops[i], &other))
			return;
	if (!other.domain)
		return;
	x->class = other.class;
	x->source = other.source;
	x->domain = other.domain;
	memcpy(x->digest, other.digest, sizeof(x->digest));
}

/* O_PATH: a file that may not be opened can still be asked about. */
static int explain(int device, const char *path, json_t *list, bool *allowed)
{
	int fd = open(path, O_PATH | O_CLOEXEC), err;
	struct gth_explain x;

	if (fd < 0) {
		gth_say("%s: %s", path, strerror(errno));
		return -1;
	}
	err = gth_device_explain(device, fd, (unsigned int)options.op, &x);
	if (!err && x.reason == GTH_REASON_SCOPE && !x.domain)
		add_class(device, fd, &x);
	close(fd);
	if (err) {
		gth_say("%s: %s", path,
			err == -EISDIR ? "not a regular file: it is not judged" : strerror(-err));
		return -1;
	}
	*allowed = x.action == GTH_ACTION_ALLOW;
	if (list)
		json_array_append_new(list, as_json(path, &x));
	else
		as_text(path, &x);
	return 0;
}

int ctl_explain(int argc, char **argv)
{
	int device, ret = CTL_OK;
	json_t *list = NULL;
	bool allowed;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	if (gth_listing.json)
		list = json_array();
	for (int i = options.first; i < argc; i++)
		if (explain(device, argv[i], list, &allowed) || !allowed)
			ret = CTL_FAILED;
	close(device);
	if (list && gth_json_print(list))
		ret = CTL_FAILED;
	return ret;
}
