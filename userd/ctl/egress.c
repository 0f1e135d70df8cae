// SPDX-License-Identifier: GPL-2.0-or-later
/* egress.c - gotthardctl egress: what left this machine, for people and reviewers. */
#include "egress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "lib/host/config.h"
#include "lib/log/tile.h"
#include "lib/util/listing.h"
#include "lib/util/number.h"
#include "lib/util/say.h"

#define KEY_FILE "key"

static int parse_kind(const char *name)
{
	for (int kind = 0; kind < GTH_EGRESS_KINDS; kind++)
		if (!strcmp(name, gth_egress_kind_name((enum gth_egress_kind)kind)))
			return kind;
	return -1;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct egress_options *o = state->input;

	switch (key) {
	case 'P':
		o->progress = true;
		return 0;
	case 'd':
		o->directory = arg;
		return 0;
	case 'c':
		o->config = arg;
		return 0;
	case 'k':
		o->kind = parse_kind(arg);
		if (o->kind < 0)
			argp_error(state, "'%s' is not a kind of entry", arg);
		return 0;
	case 's':
		if (gth_number_parse(arg, LLONG_MAX, &o->since))
			argp_error(state, "'%s' is not a number of an entry", arg);
		return 0;
	case ARGP_KEY_ARG:
		if (o->n == 2)
			argp_error(state, "too many arguments");
		o->words[o->n++] = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option option_table[] = {
	{ "kind", 'k', "KIND", 0,
	  "list: only contact, lookup, submission, upload, statistics, receipt, deletion or withheld",
	  0 },
	{ "since", 's', "N", 0, "list: from entry N on", 0 },
	{ "directory", 'd', "DIR", 0,
	  "the journal, or a copy that export made (default: as the configuration says)", 0 },
	{ "config", 'c', "FILE", 0, "the configuration (default: " GTH_CONFIG_FILE ")", 0 },
	{ "progress", 'P', NULL, 0, "show progress also without a terminal", 0 },
	{ 0 }
};

static const struct argp argp = {
	.options = option_table,
	.parser = parse,
	.children = gth_list_children,
	.args_doc = "list\nshow N\nverify\nexport DIR\naccept-new",
	.doc = "Shows and checks the journal of the data that left this machine or was "
	       "withheld.\v"
	       "The newest entry is the last. verify computes every hash again and compares it "
	       "with the head that this machine signed, and, for root, with the head that the "
	       "daemon keeps out of reach of the process that writes the journal. export makes "
	       "DIR: a copy that others can verify, complete or not at all. accept-new accepts "
	       "the journal as it is now in place of the one whose head is kept; until then "
	       "nothing is sent. It needs root.",
};

/* Where the journal is. Return: 0; -1: the reason was said */
static int find_journal(const struct egress_options *o, struct egress_journal *j)
{
	struct gth_config_error e = { 0 };
	static struct gth_config config;
	int err, n;

	if (o->directory) {
		n = snprintf(j->path, sizeof(j->path), "%s", o->directory);
	} else {
		gth_config_defaults(&config);
		err = gth_config_load(&config, o->config ? o->config : GTH_CONFIG_FILE, &e);
		if (err == -ENOENT && !o->config) {
			gth_config_defaults(&config);
		} else if (err) {
			gth_config_say(o->config ? o->config : GTH_CONFIG_FILE, &e, "");
			return -1;
		}
		n = snprintf(j->path, sizeof(j->path), "%s/egress", config.state);
		if (gth_journal_head_path(j->head_path, sizeof(j->head_path), config.state))
			n = -1;
		gth_config_free(&config);
	}
	if (n < 0 || (size_t)n >= sizeof(j->path)) {
		gth_say("the name of the journal's directory is too long");
		return -1;
	}
	return 0;
}

/*
 * @missing: it may be missing, and j->dir is -1 then: where its head is kept, that says something
 * Return: 0; not 0: the reason was said
 */
static int open_journal(const struct egress_options *o, struct egress_journal *j, bool missing)
{
	size_t len = 0;
	uint8_t *text;
	int err;

	if (find_journal(o, j))
		return -1;
	j->here = !o->directory;
	j->dir = open(j->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (j->dir < 0 && errno == ENOENT && missing)
		return 0;
	if (j->dir < 0) {
		gth_say("%s: %s%s", j->path, strerror(errno),
			errno == ENOENT ? " (there is no journal before gotthardd has a region)"
					: "");
		return -1;
	}
	err = gth_tile_read_file(j->dir, KEY_FILE, GTH_NOTE_KEY_SIZE, &text, &len);
	if (!err) {
		if (len && text[len - 1] == '\n')
			text[--len] = '\0';
		err = strlen((char *)text) == len ? gth_verifier_parse(&j->key, (char *)text)
						  : -EBADMSG;
		free(text);
	}
	if (err) {
		gth_say("%s/" KEY_FILE ": %s", j->path,
			err == -EBADMSG || err == -EINVAL ? "is not a key" : strerror(-err));
		close(j->dir);
	}
	return err;
}

/* The meaning of an error of the log's functions; @bad: its object. */
void egress_explain(int err, const struct egress_journal *j, const char *bad, char *text,
		    size_t size)
{
	if (err == -EKEYREJECTED)
		snprintf(text, size, "checkpoint: the signature is not valid: it was changed");
	else if (err == -ENOKEY)
		snprintf(text, size, "checkpoint: not signed by %s, whose key this is",
			 j->key.name);
	else if (err == -ENOENT && !strcmp(bad, "checkpoint"))
		snprintf(text, size, "checkpoint: there is none");
	else if (err == -EBADMSG)
		snprintf(text, size, "%s: is not what was signed", bad);
	else
		snprintf(text, size, "%s: %s", bad, strerror(-err));
}

static int run(const struct egress_options *o, const char *verb)
{
	struct egress_journal j = { .dir = -1 };
	unsigned long long index = 0;
	bool accept, verify;
	int ret;

	if (!strcmp(verb, "show") && gth_number_parse(o->words[1], LLONG_MAX, &index)) {
		gth_say("'%s' is not a number of an entry", o->words[1]);
		return CTL_USAGE;
	}
	accept = !strcmp(verb, "accept-new");
	verify = !strcmp(verb, "verify");
	if (open_journal(o, &j, (accept || verify) && !o->directory))
		return CTL_FAILED;
	if (!strcmp(verb, "list"))
		ret = egress_list(&j, o);
	else if (!strcmp(verb, "show"))
		ret = egress_show(&j, index);
	else if (verify)
		ret = egress_verify(&j, o);
	else if (accept)
		ret = egress_accept(&j);
	else
		ret = egress_export(&j, o, o->words[1]);
	if (j.dir >= 0)
		close(j.dir);
	return ret;
}

static const char *const verbs[] = { "list", "show", "verify", "export", "accept-new", NULL };

int ctl_egress(int argc, char **argv)
{
	struct egress_options o = { .kind = -1 };
	const char *verb;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	verb = o.n ? o.words[0] : "";
	if (o.n == 1 && !strcmp(verb, "accept-new") && o.directory) {
		gth_say("accept-new is about the journal of this machine's daemon: without --directory");
		return CTL_USAGE;
	}
	if (o.n == 1 &&
	    (!strcmp(verb, "list") || !strcmp(verb, "verify") || !strcmp(verb, "accept-new")))
		return run(&o, verb);
	if (o.n == 2 && (!strcmp(verb, "show") || !strcmp(verb, "export")))
		return run(&o, verb);
	return gth_wrong_verb(verb, verbs, "list, show N, verify, export DIR, accept-new");
}
