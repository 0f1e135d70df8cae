// SPDX-License-Identifier: GPL-2.0-or-later
/* verify.c - the verify command: what the kernel module checks, with words. */
#include <argp.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/util/json.h"
#include "lib/util/listing.h"
#include "lib/util/progress.h"
#include "lib/util/say.h"
#include "lib/util/utc.h"
#include "lib/util/visible.h"
#include "sigtool/check.h"
#include "sigtool/database.h"
#include "sigtool/delta_file.h"
#include "sigtool/signature.h"
#include "sigtool/signer.h"
#include "sigtool/sigtool.h"

enum { KEY_CERT = 256, KEY_REQUIRE_SIGNED };

struct verify_options {
	const char *path;
	const char *body;
	const char *cert;
	bool strict, progress, require_signed;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct verify_options *o = state->input;

	switch (key) {
	case 's':
		o->strict = true;
		return 0;
	case KEY_CERT:
		o->cert = arg;
		return 0;
	case KEY_REQUIRE_SIGNED:
		o->require_signed = true;
		return 0;
	case 'P':
		o->progress = true;
		return 0;
	case ARGP_KEY_ARG:
		if (o->body)
			argp_error(state, "one database at a time");
		if (o->path)
			o->body = arg;
		else
			o->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!o->path)
			argp_error(state, "a directory or a manifest is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The files that are checked, and the findings besides the first fault. */
struct verification {
	struct database db;
	struct delta_file delta;
	bool alone; /* there is the delta and no body */
	bool expired;
	char signer[SIGNER_SIZE]; /* empty: not signed */
	u8 empty;		  /* class of the empty file */
	struct problem problem;
};

static int print_json(const struct verification *v, bool ok)
{
	const char *delta = v->alone ? v->delta.path : NULL;

	return gth_json_print(json_pack("{s:b, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "ok", ok,
					"manifest", gth_json_text(v->db.manifest), "body",
					delta ? json_null() : gth_json_text(v->db.body), "delta",
					delta ? gth_json_text(delta) : json_null(), "expired",
					v->expired, "empty_file", database_empty_json(v->empty),
					"signer",
					*v->signer ? gth_json_text(v->signer) : json_null(),
					"problem", problem_json(&v->problem)));
}

static void print_good(const struct verification *v)
{
	const struct gth_manifest *m = &v->db.m;
	const char *note = v->expired ? ", expired" : "";

	if (v->alone)
		printf("%s version %llu: a delta from version %llu, %llu changes, all good%s\n",
		       m->name, m->version, v->delta.d.from_version, gth_delta_records(&v->delta.d),
		       note);
	else
		printf("%s version %llu: %llu records, all good%s\n", m->name, m->version,
		       m->body_size / sizeof(struct gth_record), note);
	printf("%s%s\n", *v->signer ? "signed by " : "not signed", gth_shown(v->signer));
}

/* The file that the fault is in. */
static const char *faulty(const struct verification *v)
{
	if (!strcmp(v->problem.check, "manifest"))
		return v->db.manifest;
	if (!strcmp(v->problem.check, "signature"))
		return v->db.signature;
	return v->alone ? v->delta.path : v->db.body;
}

static int report(const struct verify_options *o, struct verification *v)
{
	const struct problem *p = &v->problem;
	char date[GTH_UTC_SIZE];
	bool ok;
	int err;

	v->expired = !p->check && (unsigned long long)time(NULL) >= v->db.m.expires;
	ok = !p->check && !(v->expired && o->strict);
	if (p->check)
		problem_say(faulty(v), p);
	if (v->expired) {
		gth_utc_format(date, v->db.m.expires);
		gth_say("%s: %s: expired at %s; get or build a newer release", v->db.manifest,
			o->strict ? "error" : "warning", date);
	}
	if (p->check)
		v->empty = GTH_CLASS_UNKNOWN;
	database_warn_empty(&v->db, v->empty);
	if (gth_listing.json) {
		err = print_json(v, ok);
		if (err) {
			gth_say("%s", strerror(-err));
			return STATUS_IO;
		}
	} else if (ok) {
		print_good(v);
	}
	return ok ? STATUS_OK : STATUS_INPUT;
}

/* Return: 0, with the fault in @v where the signature has one; or a negative errno. */
static int check_signature(struct verification *v, const struct verify_options *o, X509 *cert)
{
	int err = signature_check(&v->db, cert, v->signer, &v->problem);

	if (err == -ENOENT && o->require_signed)
		problem_set(&v->problem, "signature", "there is no signature");
	return err == -ENOENT || err == -EKEYREJECTED ? 0 : err;
}

static int check_delta(struct verification *v, struct gth_progress *progress)
{
	struct delta_file *f = &v->delta;
	int err = delta_file_open(f, &v->db);

	if (!err && !f->problem.check)
		err = delta_file_check(f, progress);
	v->problem = f->problem;
	delta_file_close(f);
	return err;
}

/* @file: set to the one that is read, for an error of the system */
static int check(struct verification *v, const struct verify_options *o, X509 *cert,
		 struct gth_progress *progress, const char **file)
{
	int err = database_open(&v->db, o->path, o->body);

	*file = o->path;
	if (err)
		return err;
	*file = v->db.manifest;
	err = database_read(&v->db);
	if (err || database_parse(&v->db, &v->problem))
		return err;
	*file = v->db.signature;
	err = check_signature(v, o, cert);
	if (err || v->problem.check)
		return err;
	v->alone = !o->body && delta_file_alone(&v->db);
	*file = v->alone ? v->delta.path : v->db.body;
	return v->alone ? check_delta(v, progress)
			: check_body(&v->db, &v->problem, &v->empty, progress);
}

static int verify(const struct verify_options *o, X509 *cert)
{
	static struct verification v;
	struct gth_progress progress;
	const char *file;
	int err;

	v.problem = PROBLEM_NONE;
	v.empty = GTH_CLASS_UNKNOWN;
	gth_progress_init(&progress, o->progress);
	err = check(&v, o, cert, &progress, &file);
	gth_progress_clear(&progress);
	if (err) {
		gth_say("%s: %s", file, strerror(-err));
		return STATUS_IO;
	}
	return report(o, &v);
}

int command_verify(int argc, char **argv)
{
	static const struct argp_option options[] = {
		{ .name = "strict", .key = 's', .doc = "An expired database is an error" },
		{ .name = "cert",
		  .key = KEY_CERT,
		  .arg = "CERT",
		  .doc = "The signature has to be by the key of this certificate" },
		{ .name = "require-signed",
		  .key = KEY_REQUIRE_SIGNED,
		  .doc = "A database without a signature is an error" },
		{ .name = "progress", .key = 'P', .doc = "Show progress also without a terminal" },
		{ 0 }
	};
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_json_children,
		.args_doc = "DIR|MANIFEST [BODY]",
		.doc = "Checks a database as the kernel module does before it loads it, "
		       "and names the first fault. A signature, manifest.p7s, is checked if there is "
		       "one; without --cert that it is by the certificate in it. BODY is the file "
		       "`body' beside the manifest unless it is given. Where only a delta is, its head "
		       "and its records are checked; whether it fits its base, `gotthard-sigtool "
		       "apply' finds out."
	};
	struct verify_options o = { 0 };
	X509 *cert = NULL;
	int status;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.cert) {
		cert = signer_certificate(o.cert);
		if (!cert)
			return STATUS_INPUT;
	}
	status = verify(&o, cert);
	X509_free(cert);
	return status;
}
