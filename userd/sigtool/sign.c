// SPDX-License-Identifier: GPL-2.0-or-later
/* sign.c - the sign command: the signature of a manifest, beside it. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/atomic.h"
#include "lib/util/io.h"
#include "lib/util/program.h"
#include "lib/util/say.h"
#include "lib/util/visible.h"
#include "sigtool/database.h"
#include "sigtool/signer.h"
#include "sigtool/sigtool.h"

enum { KEY_KEY = 256, KEY_CERT };

struct sign_options {
	const char *path, *key, *cert, *out;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct sign_options *o = state->input;

	switch (key) {
	case KEY_KEY:
		o->key = arg;
		return 0;
	case KEY_CERT:
		o->cert = arg;
		return 0;
	case 'o':
		o->out = arg;
		return 0;
	case ARGP_KEY_ARG:
		if (o->path)
			argp_error(state, "one manifest at a time");
		o->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->path)
			argp_error(state, "a directory or a manifest is missing");
		if (!o->key || !o->cert)
			argp_error(state, "--key and --cert are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int write_to(int dirfd, const char *name, const unsigned char *p7s, size_t len)
{
	struct gth_atomic file = { .fd = -1 };
	int err = gth_atomic_create(&file, dirfd, name, 0666);

	if (!err)
		err = gth_write_all(file.fd, p7s, len);
	if (!err)
		err = gth_atomic_commit((struct gth_atomic *[]) { &file }, 1);
	gth_atomic_abort(&file);
	return err;
}

static int write_file(const char *path, const unsigned char *p7s, size_t len)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";
	int fd, err;

	if (slash)
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = write_to(fd, slash ? slash + 1 : path, p7s, len);
	close(fd);
	return err;
}

static int sign(const struct sign_options *o, const struct signer *signer, struct database *db)
{
	/* A signature over what no reader takes would be of no use. */
	const char *out;
	int len, status = database_load(db, o->path), err;
	unsigned char *p7s;

	if (status)
		return status;
	out = o->out ? o->out : db->signature;
	len = signer_sign(signer, db->text, db->len, db->m.created, &p7s);
	if (len < 0)
		return -len;
	err = write_file(out, p7s, (size_t)len);
	OPENSSL_free(p7s);
	if (err) {
		gth_say("%s: %s", out, strerror(-err));
		return STATUS_IO;
	}
	printf("%s: %d bytes, over %s version %llu\n", gth_shown(out), len, db->m.name,
	       db->m.version);
	return STATUS_OK;
}

int command_sign(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "key",
		  .key = KEY_KEY,
		  .arg = "KEY",
		  .doc = "The private key: RSA, 3072 bits or more" },
		{ .name = "cert",
		  .key = KEY_CERT,
		  .arg = "CERT",
		  .doc = "Its certificate, as the module has it" },
		{ .name = "output",
		  .key = 'o',
		  .arg = "FILE",
		  .doc = "Write FILE (manifest.p7s beside the manifest)" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR|MANIFEST",
		.doc = "Signs a manifest, and with it the whole database. KEY and CERT are files, or "
		       "stores of OpenSSL such as a pkcs11: URI. The same manifest and key always "
		       "give the same bytes."
	};
	struct sign_options o = { 0 };
	static struct database db;
	struct signer signer;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	status = signer_open(&signer, o.key, o.cert);
	if (!status)
		status = sign(&o, &signer, &db);
	signer_close(&signer);
	return status;
}
