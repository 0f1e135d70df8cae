// SPDX-License-Identifier: GPL-2.0-or-later
/* build.c - the build command: lists of digests in, a signature database out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "lib/text/manifest_text.h"
#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/say.h"
#include "lib/util/sha256.h"
#include "sigtool/build_options.h"
#include "sigtool/database.h"
#include "sigtool/input.h"
#include "sigtool/release.h"
#include "sigtool/report.h"
#include "sigtool/signer.h"
#include "sigtool/sigtool.h"

struct build {
	struct build_options o;
	struct gth_manifest m;
	struct release release;
	struct sorter sorter;
	struct fold fold;
	struct signer signer;
	struct input *in;
	struct gth_progress progress;
};

/* A fault that the parser would refuse in the end is refused before hours of sorting. */
static int check_name(struct build *b)
{
	struct gth_manifest m = { .version = 1, .expires = 1 };
	char text[GTH_MANIFEST_MAX];

	if (strlen(b->o.name) < sizeof(m.name)) {
		memcpy(m.name, b->o.name, strlen(b->o.name));
		if (gth_manifest_format(&m, text, sizeof(text)) > 0)
			return STATUS_OK;
	}
	gth_say("--name: `%s' is not 1 to 31 of a-z 0-9 . _ -, the first a letter or digit",
		b->o.name);
	return STATUS_USAGE;
}

static int read_prev(struct build *b)
{
	static struct database prev;
	struct problem p;
	int err = database_open(&prev, b->o.prev, NULL);

	if (!err)
		err = database_read(&prev);
	if (err) {
		gth_say("--prev: %s: %s", b->o.prev, strerror(-err));
		return STATUS_IO;
	}
	if (database_parse(&prev, &p)) {
		gth_say("--prev: %s:%lld: %s", prev.manifest, p.line, p.text);
		return STATUS_INPUT;
	}
	if (strcmp(prev.m.name, b->o.name) != 0) {
		gth_say("--prev: %s is of the database %s, and this one is %s: see --name",
			prev.manifest, prev.m.name, b->o.name);
		return STATUS_INPUT;
	}
	if (prev.m.version >= b->o.version) {
		gth_say("--prev: %s has version %llu, and %llu is not higher: see --version",
			prev.manifest, prev.m.version, b->o.version);
		return STATUS_INPUT;
	}
	b->m.has_prev = true;
	return gth_sha256(prev.text, prev.len, b->m.prev) ? STATUS_IO : STATUS_OK;
}

static int prepare(struct build *b)
{
	int status = check_name(b);

	if (status)
		return status;
	b->in = calloc(b->o.inputs, sizeof(*b->in));
	if (!b->in) {
		gth_say("%s", strerror(ENOMEM));
		return STATUS_IO;
	}
	for (unsigned int i = 0; i < b->o.inputs; i++) {
		input_init(&b->in[i], b->o.input[i], b->o.class, b->o.format);
		if (b->in[i].class != GTH_CLASS_UNKNOWN)
			continue;
		gth_say("%s: of what class? Write malicious:%s, or give --class", b->in[i].name,
			b->o.input[i]);
		return STATUS_USAGE;
	}
	memcpy(b->m.name, b->o.name, strlen(b->o.name));
	b->m.version = b->o.version;
	b->m.created = b->o.created;
	b->m.expires = b->o.expires;
	if (b->o.key) {
		status = signer_open(&b->signer, b->o.key, b->o.cert);
		if (status)
			return status;
	}
	return b->o.prev ? read_prev(b) : STATUS_OK;
}

static int open_release(struct build *b)
{
	int status = release_begin(&b->release, b->o.dir), err;

	if (status)
		return status;
	err = sorter_init(&b->sorter, b->release.dirfd, b->o.memory);
	if (!err)
		return STATUS_OK;
	gth_say("%zu MiB of memory: %s: lower --memory", b->o.memory >> 20, strerror(-err));
	return STATUS_IO;
}

static int write_release(struct build *b)
{
	int err = release_write(&b->release, &b->sorter, &b->m, &b->fold, b->o.allow_empty,
				b->o.key ? &b->signer : NULL, &b->progress);

	gth_progress_clear(&b->progress);
	switch (err) {
	case 0:
		return STATUS_OK;
	case -ENODATA:
		gth_say("the inputs hold no SHA-256: nothing was written (see --allow-empty)");
		return STATUS_INPUT;
	case -EOVERFLOW:
		gth_say("the inputs hold more than the %llu records that the module takes",
			GTH_ENTRIES_MAX);
		return STATUS_INPUT;
	case -EKEYREJECTED:
		return STATUS_INPUT;
	case -E2BIG:
		gth_say("too many entries for this much memory: raise --memory");
		return STATUS_IO;
	default:
		gth_say("%s: %s", b->o.dir, strerror(-err));
		return STATUS_IO;
	}
}

static int report(const struct build *b)
{
	int err = 0;

	if (gth_listing.json)
		err = report_json(&b->m, &b->fold, b->in, b->o.inputs);
	else
		report_text(&b->m, &b->fold, b->in, b->o.inputs);
	if (err)
		gth_say("%s", strerror(-err));
	return err ? STATUS_IO : STATUS_OK;
}

int command_build(int argc, char **argv)
{
	static struct build b = { .release.dirfd = -1, .sorter.fd = -1 };
	int status;

	build_options_parse(&b.o, argc, argv);
	gth_progress_init(&b.progress, b.o.progress);
	status = prepare(&b);
	if (!status)
		status = open_release(&b);
	for (unsigned int i = 0; i < b.o.inputs && !status; i++)
		status = input_read(&b.in[i], &b.sorter, b.o.skip_malformed, b.o.allow_empty,
				    &b.progress);
	if (!status)
		status = write_release(&b);
	gth_progress_clear(&b.progress);
	if (!status)
		status = report(&b);
	sorter_free(&b.sorter);
	release_close(&b.release);
	signer_close(&b.signer);
	free(b.in);
	return status;
}
