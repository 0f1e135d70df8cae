// SPDX-License-Identifier: GPL-2.0-or-later
/* enrol.c - gotthard-region enrol: makes the files that one endpoint needs. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/util/program.h"
#include "lib/util/say.h"
#include "region/cert.h"
#include "region/files.h"
#include "region/peer.h"
#include "region/region.h"

struct options {
	const char *dir, *endpoint, *out;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	const struct gth_operand operands[] = {
		{ "DIR", &o->dir }, { "ENDPOINT", &o->endpoint }, { "OUT", &o->out }, { 0 }
	};
	error_t err = gth_operands(key, arg, state, operands);

	if (key == ARGP_KEY_END &&
	    (!gth_identifier_ok(o->endpoint) || !strcmp(o->endpoint, "none")))
		argp_error(
			state,
			"`%s' is not an endpoint's identifier: a-z, 0-9, . and -, and not `none'",
			o->endpoint);
	return err;
}

static int copy(int from, int to, const char *path, const char *name)
{
	char *text;
	int err = region_file_read(from, path, &text, REGION_CERT_MAX);

	if (!err) {
		err = region_file_write(to, name, text, strlen(text));
		free(text);
	}
	return err;
}

static int write_client(const struct region *r, int out, const char *endpoint,
			char serial[REGION_SERIAL_SIZE])
{
	struct region_pair ca = { NULL, NULL }, client = { NULL, NULL };
	int err = region_file_read(r->dirfd, "trust/ca.pem", &ca.cert, REGION_CERT_MAX);

	if (!err)
		err = region_file_read(r->keysfd, "ca.key", &ca.key, REGION_CERT_MAX);
	if (!err)
		err = region_cert_issue(&client, &ca, endpoint, NULL);
	if (!err)
		err = region_cert_serial(client.cert, serial, REGION_SERIAL_SIZE);
	if (!err)
		err = region_file_write(out, "client.pem", client.cert, strlen(client.cert));
	if (!err)
		err = region_file_write(out, "client.key", client.key, strlen(client.key));
	region_pair_free(&ca);
	region_pair_free(&client);
	return err;
}

static int make(struct region *r, struct region_staging *out, const char *endpoint,
		char verifier[GTH_NOTE_KEY_SIZE], char serial[REGION_SERIAL_SIZE])
{
	char secret[GTH_NOTE_KEY_SIZE];
	struct gth_signer key;
	int err = gth_signer_create(&key, endpoint);

	if (!err)
		err = gth_signer_format(&key, secret);
	if (!err)
		err = gth_verifier_format(&key.verifier, verifier);
	if (!err)
		err = region_line_write(out->dirfd, "endpoint.key", secret);
	if (!err)
		err = region_line_write(out->dirfd, "endpoint.pub", verifier);
	OPENSSL_cleanse(&key, sizeof(key));
	OPENSSL_cleanse(secret, sizeof(secret));
	if (!err)
		err = copy(r->dirfd, out->dirfd, "trust/trust", "trust");
	if (!err)
		err = copy(r->dirfd, out->dirfd, "trust/ca.pem", "ca.pem");
	return err ? err : write_client(r, out->dirfd, endpoint, serial);
}

int region_enrol(int argc, char **argv)
{
	static const struct argp argp = {
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR ENDPOINT OUT",
		.doc = "Enrols ENDPOINT at the region of DIR. Bring the new directory OUT to it "
		       "by a private way; the region keeps its public key."
	};
	char serial[REGION_SERIAL_SIZE], verifier[GTH_NOTE_KEY_SIZE], known[GTH_NOTE_KEY_SIZE];
	struct region_staging out;
	struct options o = { 0 };
	struct region r;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (region_open(&r, o.dir))
		return REGION_FAILED_EXIT;
	err = region_endpoint_key(&r.state, o.endpoint, known, sizeof(known));
	if (err != -ENOENT) {
		gth_say("%s: %s", o.endpoint,
			err ? strerror(-err) : "is enrolled already; choose another identifier");
		region_close(&r);
		return REGION_FAILED_EXIT;
	}
	err = region_staging_begin(&out, o.out);
	if (!err)
		err = make(&r, &out, o.endpoint, verifier, serial);
	/*
	 * The endpoint is added before OUT appears, so that the files in OUT are always accepted.
	 */
	if (!err)
		err = region_endpoint_add(&r.state, o.endpoint, verifier, serial, region_now());
	if (!err)
		err = region_staging_commit(&out);
	region_staging_abort(&out);
	region_close(&r);
	if (err)
		gth_say("%s: %s", o.out, strerror(-err));
	return err ? REGION_FAILED_EXIT : REGION_OK;
}
