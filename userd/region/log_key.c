// SPDX-License-Identifier: GPL-2.0-or-later
/* log_key.c - gotthard-region log-key: the key of a log of releases. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/log/cosign.h"
#include "lib/log/note.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/files.h"
#include "region/region.h"

struct options {
	const char *name, *file;
	bool witness;
};

static const struct argp_option options[] = {
	{ .name = "witness", .key = 'w', .doc = "Make the key of a witness in place of a log's" },
	{ 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = { { "NAME", &o->name }, { "FILE", &o->file }, { 0 } };

	if (key != 'w')
		return gth_operands(key, arg, state, operands);
	o->witness = true;
	return 0;
}

/* The public key is for every reader; the private one was just made, and is the one to lose last.
 */
static int write_pair(const char *file, const char *private, const char *public)
{
	char path[PATH_MAX];
	int err;

	if (snprintf(path, sizeof(path), "%s.pub", file) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	if (!access(path, F_OK))
		return -EEXIST;
	err = region_line_write(AT_FDCWD, file, private);
	if (err)
		return err;
	err = region_line_write(AT_FDCWD, path, public);
	if (err)
		unlink(file);
	return err;
}

static int make_log(const char *name, char private[GTH_NOTE_KEY_SIZE],
		    char public[GTH_NOTE_KEY_SIZE])
{
	struct gth_signer key;
	int err = gth_signer_create(&key, name);

	if (!err)
		err = gth_signer_format(&key, private);
	if (!err)
		err = gth_verifier_format(&key.verifier, public);
	OPENSSL_cleanse(&key, sizeof(key));
	return err;
}

static int make_witness(const char *name, char private[GTH_NOTE_KEY_SIZE],
			char public[GTH_NOTE_KEY_SIZE])
{
	struct gth_witness_key key;
	struct gth_witness w;
	int err = gth_witness_key_create(&key, name);

	if (!err) {
		w = gth_witness_of(&key);
		gth_witness_key_format(&key, private);
		gth_witness_format(&w, public);
	}
	OPENSSL_cleanse(&key, sizeof(key));
	return err;
}

static int make(const struct options *o)
{
	char private[GTH_NOTE_KEY_SIZE], public[GTH_NOTE_KEY_SIZE];
	int err = (o->witness ? make_witness : make_log)(o->name, private, public);

	if (!err)
		err = write_pair(o->file, private, public);
	if (!err)
		puts(public);
	OPENSSL_cleanse(private, sizeof(private));
	return err;
}

int region_log_key(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "NAME FILE",
		.doc = "Makes the key of a log of releases, or of a witness: the private key in "
		       "the new FILE, the public one in FILE.pub and on standard output. NAME "
		       "becomes the origin of the log: a name that belongs to you, as "
		       "example.org/gotthard-releases."
	};
	struct options o = { 0 };
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = make(&o);
	if (err == -EINVAL)
		gth_say("`%s' cannot name a key: no spaces, no plus, at most %d bytes", o.name,
			GTH_NOTE_NAME_SIZE - 1);
	else if (err)
		gth_say("%s: %s", o.file, strerror(-err));
	return err == -EINVAL ? REGION_USAGE : err ? REGION_FAILED_EXIT : REGION_OK;
}
