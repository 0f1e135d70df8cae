// SPDX-License-Identifier: GPL-2.0-or-later
/* serve_options.c - the command line of gotthard-region serve. */
#include "serve_options.h"

#include <argp.h>
#include <stddef.h>
#include <string.h>

#include "lib/util/number.h"
#include "region/probe.h"
#include "region/region.h"
#include "region/room.h"

#define DAY 86400ULL

enum {
	KEY_LISTEN = 0x100,
	KEY_CLAMD,
	KEY_READY,
	KEY_VALID,
	KEY_KEEP,
	KEY_LOOKUPS,
	KEY_RELEASES,
	KEY_NUMBER
};

/* Options with one number: option KEY_NUMBER + i is for numbers[i]. */
static const struct {
	size_t at;
	uint64_t min, max;
} numbers[] = {
	{ offsetof(struct region_serve_options, limits.submissions), 1, 1ULL << 30 },
	{ offsetof(struct region_serve_options, limits.bytes), 1, 1ULL << 50 },
	{ offsetof(struct region_serve_options, limits.total), 1, 1ULL << 50 },
	{ offsetof(struct region_serve_options, limits.records), 1, 1ULL << 40 },
	{ offsetof(struct region_serve_options, connections), 1, 65536 },
	{ offsetof(struct region_serve_options, per_address), 1, 65536 },
	{ offsetof(struct region_serve_options, per_endpoint), 1, 65536 },
	/* longer than a request may wait, which would be cut off otherwise */
	{ offsetof(struct region_serve_options, idle), 45, 3600 },
	{ offsetof(struct region_serve_options, retry_after), 1, 86400 },
	{ offsetof(struct region_serve_options, analysers), 1, REGION_ANALYSERS_MAX },
	{ offsetof(struct region_serve_options, records), 1, 1ULL << 32 },
	{ offsetof(struct region_serve_options, statement), 1, 1ULL << 32 },
	{ offsetof(struct region_serve_options, scan_limit), 1, 3ULL << 30 },
	{ offsetof(struct region_serve_options, limits.spare), 1U << 20, 1ULL << 50 },
	{ offsetof(struct region_serve_options, handshake), 1, 3600 },
	{ offsetof(struct region_serve_options, header), 1, 3600 },
	{ offsetof(struct region_serve_options, progress), 1, 3600 },
};

#define NUMBER(i, option, value, text)                                                             \
	{                                                                                          \
		.name = option, .key = KEY_NUMBER + (i), .arg = value, .doc = text                 \
	}

static const struct argp_option options[] = {
	{ .name = "listen",
	  .key = KEY_LISTEN,
	  .arg = "ADDR:PORT",
	  .doc = "Address (127.0.0.1 and the port of the region's URL)" },
	{ .name = "clamd",
	  .key = KEY_CLAMD,
	  .arg = "SOCKET",
	  .doc = "clamd's unix socket (/run/clamav/clamd.ctl)" },
	{ .name = "ready-file",
	  .key = KEY_READY,
	  .arg = "FILE",
	  .doc = "Write ADDR:PORT into the new FILE once it serves" },
	{ .name = "valid",
	  .key = KEY_VALID,
	  .arg = "FINDING=SECONDS",
	  .doc = "The time a verdict is valid: benign (7 days), suspicious (7 days), unknown (1 "
		 "day), malicious (90 days); may be repeated" },
	{ .name = "keep-statement",
	  .key = KEY_KEEP,
	  .doc = "Serve the statement that is there, also when it has expired" },
	{ .name = "lookups-only", .key = KEY_LOOKUPS, .doc = "Accept no files" },
	{ .name = "releases",
	  .key = KEY_RELEASES,
	  .arg = "LOGDIR",
	  .doc = "Serve this log of releases below /log/" },
	NUMBER(0, "max-submissions", "N", "Submissions of an endpoint at a time (1000)"),
	NUMBER(1, "max-bytes", "BYTES", "Ciphertext of an endpoint at a time (1 GiB)"),
	NUMBER(2, "max-total", "BYTES", "Ciphertext of all at a time (16 GiB)"),
	NUMBER(3, "max-records", "N", "Submissions of an endpoint on record (100000)"),
	NUMBER(4, "max-connections", "N", "Connections at a time (256)"),
	NUMBER(5, "max-per-address", "N", "Connections of one address at a time (64)"),
	NUMBER(6, "max-per-endpoint", "N", "Requests of one endpoint at a time (16)"),
	NUMBER(7, "idle", "SECONDS", "A connection may be silent (60)"),
	NUMBER(8, "retry-after", "SECONDS", "The waiting time for refused endpoints (10)"),
	NUMBER(9, "analysers", "N", "Files analysed at a time (2)"),
	NUMBER(10, "records", "SECONDS", "Submissions stay on record (30 days)"),
	NUMBER(11, "statement-valid", "SECONDS", "The time statements are valid (7 days)"),
	NUMBER(12, "scan-limit", "BYTES", "clamd's MaxScanSize, at most (400 MiB)"),
	NUMBER(13, "spare", "BYTES", "Bytes of the disk that uploads leave free (64 MiB)"),
	NUMBER(14, "handshake", "SECONDS", "A handshake of TLS may take (10)"),
	NUMBER(15, "header", "SECONDS",
	       "The header of a request may take, with the silence before it (60)"),
	NUMBER(16, "progress", "SECONDS",
	       "In each of so many, a body brings 1 KiB a second on average (30)"),
	{ 0 }
};

static void parse_valid(struct argp_state *state, struct region_serve_options *o, const char *arg)
{
	const char *equals = strchr(arg, '=');
	unsigned long long seconds;

	for (int i = 0; equals && i < GTH_FINDINGS; i++) {
		const char *name = gth_finding_name((enum gth_finding)i);

		if (strlen(name) != (size_t)(equals - arg) || strncmp(name, arg, strlen(name)) != 0)
			continue;
		if (gth_number_parse(equals + 1, 1ULL << 32, &seconds) || !seconds)
			break;
		o->valid[i] = seconds;
		return;
	}
	argp_error(state, "--valid: `%s' is not FINDING=SECONDS", arg);
}

static void parse_number(struct argp_state *state, struct region_serve_options *o, int i,
			 const char *arg)
{
	unsigned long long value;

	if (gth_number_parse(arg, numbers[i].max, &value) || value < numbers[i].min)
		argp_error(state, "`%s' is not a number from %llu to %llu", arg,
			   (unsigned long long)numbers[i].min, (unsigned long long)numbers[i].max);
	else
		*(uint64_t *)((char *)o + numbers[i].at) = value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct region_serve_options *o = state->input;
	const struct gth_operand operands[] = { { "DIR", &o->dir }, { 0 } };
	int i = key - KEY_NUMBER;

	if (i >= 0 && i < (int)(sizeof(numbers) / sizeof(numbers[0]))) {
		parse_number(state, o, i, arg);
		return 0;
	}
	switch (key) {
	case KEY_LISTEN:
		o->listen = arg;
		return 0;
	case KEY_CLAMD:
		o->clamd = arg;
		return 0;
	case KEY_READY:
		o->ready = arg;
		return 0;
	case KEY_VALID:
		parse_valid(state, o, arg);
		return 0;
	case KEY_KEEP:
		o->keep_statement = true;
		return 0;
	case KEY_LOOKUPS:
		o->lookups_only = true;
		return 0;
	case KEY_RELEASES:
		o->releases = arg;
		return 0;
	default:
		return gth_operands(key, arg, state, operands);
	}
}

/* Exits if the command line is wrong. */
void region_serve_options_parse(struct region_serve_options *o, int argc, char **argv)
{
	static const struct argp argp = { .options = options,
					  .parser = parse,
					  .children = gth_argp_children,
					  .args_doc = "DIR",
					  .doc = "Serves the region of DIR until SIGTERM." };

	*o = (struct region_serve_options) {
		.clamd = "/run/clamav/clamd.ctl",
		.limits = { .submissions = 1000,
			    .bytes = 1ULL << 30,
			    .total = 16ULL << 30,
			    .records = 100000,
			    .spare = REGION_SPARE },
		.connections = 256,
		.per_address = 64,
		.per_endpoint = 16,
		.idle = 60,
		.handshake = 10,
		.header = 60,
		.progress = 30,
		.retry_after = 10,
		.analysers = 2,
		.records = 30 * DAY,
		.statement = REGION_STATEMENT_VALID,
		.scan_limit = REGION_SCAN_LIMIT,
		.valid = { [GTH_FINDING_UNKNOWN] = DAY,
			   [GTH_FINDING_BENIGN] = 7 * DAY,
			   [GTH_FINDING_SUSPICIOUS] = 7 * DAY,
			   [GTH_FINDING_MALICIOUS] = 90 * DAY },
	};
	argp_parse(&argp, argc, argv, 0, NULL, o);
}
