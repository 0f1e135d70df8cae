// SPDX-License-Identifier: GPL-2.0-or-later
/* verdict.c - gotthardctl verdict: set and forget verdicts over the table. */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "lib/device.h"
#include "lib/hex.h"
#include "lib/json.h"
#include "lib/names.h"
#include "lib/number.h"
#include "lib/say.h"

static struct {
	unsigned long long seconds;
	bool json;
	int first;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case 'j':
		options.json = true;
		return 0;
	case 't':
		if (gth_number_parse(arg, LLONG_MAX / 2, &options.seconds))
			argp_error(state, "'%s' is no number of seconds", arg);
		return 0;
	case ARGP_KEY_ARG:
		return ARGP_ERR_UNKNOWN;
	case ARGP_KEY_ARGS:
		options.first = state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "set or forget?");
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	CTL_JSON_OPTION, { "ttl", 't', "SECONDS", 0, "let it expire (default: never)", 0 }, { 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.args_doc = "set malicious|suspicious|trusted DIGEST|FILE...\nforget DIGEST|FILE...",
	.doc = "Sets a verdict that goes before the table, or takes it back.\v"
	       "DIGEST is a SHA-256 of 64 hexadecimal digits; of a FILE the module computes it. "
	       "All are taken, or none. Verdicts are held in memory until the module goes.",
};

static int digest_of(int device, const char *what, struct gth_verdict *v)
{
	struct gth_explain x;
	int fd, err;

	v->domain = GTH_DOMAIN_SHA256;
	if (strlen(what) == 2 * GTH_DIGEST_SIZE &&
	    !gth_hex_decode(v->digest, GTH_DIGEST_SIZE, what))
		return 0;
	fd = open(what, O_PATH | O_CLOEXEC);
	if (fd < 0) {
		gth_say("%s: neither a SHA-256 nor a file: %s", what, strerror(errno));
		return -1;
	}
	/* As for exec, which no scope leaves out. */
	err = gth_device_explain(device, fd, GTH_OP_EXEC, &x);
	close(fd);
	if (err || !x.domain) {
		gth_say("%s: has no digest: %s", what,
			err ? strerror(-err) : gth_reason_name(x.reason));
		return -1;
	}
	v->domain = x.domain;
	memcpy(v->digest, x.digest, GTH_DIGEST_SIZE);
	return 0;
}

static int send(int device, char **what, int n, int class)
{
	struct gth_verdict *records = calloc((size_t)n, sizeof(*records));
	int err = 0;

	if (!records)
		return CTL_FAILED;
	for (int i = 0; i < n && !err; i++) {
		err = digest_of(device, what[i], &records[i]);
		records[i].class = (__u8) class;
		if (options.seconds)
			records[i].expires = (unsigned long long)time(NULL) + options.seconds;
	}
	if (!err) {
		err = gth_device_verdict(device, records, (unsigned int)n);
		if (err == -ENOSPC)
			gth_say("none was taken: the module holds as many verdicts as it may");
		else if (err == -E2BIG)
			gth_say("none was taken: at most %d at a time", GTH_VERDICTS_PER_WRITE);
		else if (err)
			gth_say("none was taken: %s", strerror(-err));
	}
	free(records);
	if (!err && options.json)
		err = gth_json_print(json_pack("{s:i}", "taken", n));
	return err ? CTL_FAILED : CTL_OK;
}

int ctl_verdict(int argc, char **argv)
{
	int device, ret, class = -1, next;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	next = options.first + 1;
	if (!strcmp(argv[options.first], "forget"))
		class = GTH_CLASS_UNKNOWN;
	else if (!strcmp(argv[options.first], "set") && next < argc)
		class = gth_class_parse(argv[next++]);
	if (class < 0 || next >= argc ||
	    (class == GTH_CLASS_UNKNOWN) != !strcmp(argv[options.first], "forget")) {
		gth_say("say: set malicious|suspicious|trusted DIGEST|FILE..., or forget DIGEST|FILE...");
		return CTL_USAGE;
	}
	device = ctl_open_device();
	if (device < 0)
		return CTL_NOT_LOADED;
	ret = send(device, argv + next, argc - next, class);
	close(device);
	return ret;
}
