// SPDX-License-Identifier: GPL-2.0-or-later
/* statistics.c - gotthardctl statistics: the very bytes that D5 sends. */
#include "ctl.h"

#include <stdio.h>
#include <string.h>

#include "daemon.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"

static struct {
	const char *verb;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (options.verb)
			argp_error(state, "too many arguments");
		options.verb = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.children = gth_json_children,
	.args_doc = "preview",
	.doc = "Prints the very bytes that would be sent to the region now, and nothing else.\v"
	       "They are sent once a day, and only if [send] statistics is on.",
};

static const char *const verbs[] = { "preview", NULL };

int ctl_statistics(int argc, char **argv)
{
	json_t *answer;
	const char *body;

	argp_parse(&argp, argc, argv, 0, NULL, NULL);
	if (!options.verb || strcmp(options.verb, "preview") != 0) {
		return gth_wrong_verb(options.verb ? options.verb : "", verbs, "preview");
	}
	answer = ctl_store_ask("statistics-preview", false);
	body = json_string_value(json_object_get(answer, "body"));
	if (!body) {
		json_decref(answer);
		return CTL_FAILED;
	}
	if (gth_listing.json)
		return gth_json_print(answer) ? CTL_FAILED : CTL_OK;
	fputs(body, stdout);
	json_decref(answer);
	return CTL_OK;
}
