// SPDX-License-Identifier: GPL-2.0-or-later
/* generate.c - the generate command: lists of pseudo-random digests for tests. */
#include <argp.h>
#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <string.h>

#include <linux/gotthard.h>

#include "lib/util/hex.h"
#include "lib/util/number.h"
#include "lib/util/progress.h"
#include "lib/util/say.h"
#include "lib/util/sink.h"
#include "sigtool/output.h"
#include "sigtool/sigtool.h"

struct generate_options {
	const char *path;
	unsigned long long count, seed;
	bool counted, progress;
};

enum { KEY_COUNT = 256, KEY_SEED, KEY_PROGRESS };

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct generate_options *o = state->input;

	switch (key) {
	case 'o':
		o->path = arg;
		return 0;
	case KEY_COUNT:
		if (gth_number_parse(arg, 1ULL << 40, &o->count))
			argp_error(state, "--count: `%s' is not a number up to 2^40", arg);
		o->counted = true;
		return 0;
	case KEY_SEED:
		if (gth_number_parse(arg, ~0ULL, &o->seed))
			argp_error(state, "--seed: `%s' is not a number below 2^64", arg);
		return 0;
	case KEY_PROGRESS:
		o->progress = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "`%s': the file is named with -o", arg);
		return 0;
	case ARGP_KEY_END:
		if (!o->path || !o->counted)
			argp_error(state, "-o and --count are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* SplitMix64 (Steele, Lea, Flood, 2014): good enough for keys, and stateless. */
static u64 mix(u64 x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static int write_list(int fd, const struct generate_options *o)
{
	struct gth_progress progress;
	u64 state = mix(o->seed + 0x9e3779b97f4a7c15ULL);
	struct gth_sink sink;
	int err = gth_sink_init(&sink, fd, NULL);

	gth_progress_init(&progress, o->progress);
	for (unsigned long long i = 0; i < o->count && !err; i++) {
		char line[65];
		u8 digest[GTH_DIGEST_SIZE];

		for (int word = 0; word < 4; word++) {
			u64 v = mix(state += 0x9e3779b97f4a7c15ULL);

			for (int byte = 0; byte < 8; byte++)
				digest[8 * word + byte] = (u8)(v >> (56 - 8 * byte));
		}
		gth_hex_encode(line, digest, sizeof(digest));
		line[64] = '\n';
		err = gth_sink_put(&sink, line, sizeof(line));
		gth_progress_show(&progress, "digests written", i + 1, o->count);
	}
	if (!err)
		err = gth_sink_flush(&sink);
	gth_sink_free(&sink);
	gth_progress_clear(&progress);
	return err;
}

static int write_file(const struct generate_options *o)
{
	struct output out;
	int err = output_open(&out, o->path);

	if (!err)
		err = write_list(out.fd, o);
	if (!err)
		err = output_commit(&out);
	output_abort(&out);
	return err;
}

int command_generate(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "output",
		  .key = 'o',
		  .arg = "FILE",
		  .doc = "Write to FILE; - is stdout" },
		{ .name = "count", .key = KEY_COUNT, .arg = "N", .doc = "The number of digests" },
		{ .name = "seed",
		  .key = KEY_SEED,
		  .arg = "S",
		  .doc = "The same S gives the same digests (0)" },
		{ .name = "progress",
		  .key = KEY_PROGRESS,
		  .doc = "Show progress also without a terminal" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.doc = "Writes a list of pseudo-random digests, one a line, for tests and "
		       "benchmarks. They are not secret and not of any file."
	};
	struct generate_options o = { 0 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = write_file(&o);
	if (!err)
		return STATUS_OK;
	gth_say("%s: %s", o.path, strerror(-err));
	return STATUS_IO;
}
