// SPDX-License-Identifier: GPL-2.0-or-later
/* init.c - gotthard-region init: a new region. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "lib/util/number.h"
#include "lib/util/say.h"
#include "region/cert.h"
#include "region/files.h"
#include "region/region.h"

#define SAN_MAX 4096
#define DIR_MODE 0700

struct options {
	const char *dir, *region, *country, *url, *serves;
	unsigned long long max_size, retention, expires;
	char san[SAN_MAX];
};

enum {
	KEY_REGION = 0x100,
	KEY_COUNTRY,
	KEY_URL,
	KEY_SERVES,
	KEY_NAME,
	KEY_SIZE,
	KEY_KEEP,
	KEY_EXP
};

static const struct argp_option options[] = {
	{ .name = "region", .key = KEY_REGION, .arg = "ID", .doc = "Its identifier" },
	{ .name = "country", .key = KEY_COUNTRY, .arg = "CC", .doc = "Its country, e.g. CH" },
	{ .name = "url", .key = KEY_URL, .arg = "URL", .doc = "https://HOST:PORT, for endpoints" },
	{ .name = "serves",
	  .key = KEY_SERVES,
	  .arg = "COUNTRIES",
	  .doc = "The countries it serves: codes with spaces between" },
	{ .name = "name",
	  .key = KEY_NAME,
	  .arg = "HOST",
	  .doc = "One more name or address for the server's certificate; may be repeated" },
	{ .name = "max-size",
	  .key = KEY_SIZE,
	  .arg = "BYTES",
	  .doc = "The largest file that is accepted (64 MiB)" },
	{ .name = "retention",
	  .key = KEY_KEEP,
	  .arg = "SECONDS",
	  .doc = "The longest time a file is kept (7 days)" },
	{ .name = "expires",
	  .key = KEY_EXP,
	  .arg = "SECONDS",
	  .doc = "The time the first statement is valid (7 days)" },
	{ 0 }
};

static void number(struct argp_state *state, const char *name, const char *arg,
		   unsigned long long max, unsigned long long *value)
{
	if (gth_number_parse(arg, max, value) || !*value)
		argp_error(state, "--%s: `%s' is not a number from 1 to %llu", name, arg, max);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case KEY_REGION:
		o->region = arg;
		return 0;
	case KEY_COUNTRY:
		o->country = arg;
		return 0;
	case KEY_URL:
		o->url = arg;
		return 0;
	case KEY_SERVES:
		o->serves = arg;
		return 0;
	case KEY_NAME:
		if (region_san_add(o->san, sizeof(o->san), arg))
			argp_error(state, "--name: `%s' is neither a host's name nor an address",
				   arg);
		return 0;
	case KEY_SIZE:
		number(state, "max-size", arg, 1ULL << 40, &o->max_size);
		return 0;
	case KEY_KEEP:
		number(state, "retention", arg, 1ULL << 32, &o->retention);
		return 0;
	case KEY_EXP:
		number(state, "expires", arg, 1ULL << 32, &o->expires);
		return 0;
	case ARGP_KEY_ARG:
		if (o->dir)
			return ARGP_ERR_UNKNOWN;
		o->dir = arg;
		return 0;
	case ARGP_KEY_END:
		/* In signed texts "none" means that there is no name: lib/text/egress.h. */
		if (o->region && !strcmp(o->region, "none"))
			argp_error(state, "--region: `none' means that there is no region; choose "
					  "another identifier");
		if (!o->dir || !o->region || !o->country || !o->url || !o->serves)
			argp_error(state,
				   "DIR, --region, --country, --url and --serves are needed");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Adds HOST of https://HOST:PORT, which was checked. */
static int add_host(const char *url, char *san, size_t size)
{
	const char *host = url + strlen("https://"), *colon = strrchr(host, ':');
	size_t len = colon ? (size_t)(colon - host) : strlen(host);
	char name[GTH_URL_SIZE];

	if (len > 2 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	snprintf(name, sizeof(name), "%.*s", (int)len, host);
	return region_san_add(san, size, name);
}

/* Makes the trust bundle, and checks that an endpoint can read it. */
static int make_trust(struct gth_trust *t, const struct options *o, const struct gth_signer *key,
		      char **text)
{
	struct gth_trust again;
	int err;

	memset(t, 0, sizeof(*t));
	if (strlen(o->region) >= sizeof(t->region) || strlen(o->country) >= sizeof(t->country) ||
	    strlen(o->url) >= sizeof(t->url))
		return -EINVAL;
	snprintf(t->region, sizeof(t->region), "%s", o->region);
	snprintf(t->country, sizeof(t->country), "%s", o->country);
	snprintf(t->url, sizeof(t->url), "%s", o->url);
	t->statement_key = key->verifier;
	err = gth_countries_parse(&t->serves, o->serves);
	if (!err)
		err = gth_trust_format(t, text);
	if (!err && gth_trust_parse(&again, *text, strlen(*text))) {
		free(*text);
		err = -EINVAL;
	}
	return err;
}

static int write_signer(int dirfd, const char *name, const struct gth_signer *key)
{
	char text[GTH_NOTE_KEY_SIZE];
	int err = gth_signer_format(key, text);

	if (!err)
		err = region_line_write(dirfd, name, text);
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}

static int make_age(int keys, struct gth_age_recipient *recipient)
{
	char text[GTH_AGE_IDENTITY_SIZE];
	struct gth_age_identity key;
	int err = gth_age_identity_create(&key);

	if (!err)
		err = gth_age_identity_format(&key, text);
	if (!err)
		err = region_line_write(keys, "age.key", text);
	if (!err)
		err = gth_age_identity_recipient(&key, recipient);
	gth_age_forget(&key);
	OPENSSL_cleanse(text, sizeof(text));
	return err;
}

static int write_pair(int dirfd, const char *cert_name, const char *key_name, int keys,
		      const struct region_pair *p)
{
	int err = region_file_write(dirfd, cert_name, p->cert, strlen(p->cert));

	return err ? err : region_file_write(keys, key_name, p->key, strlen(p->key));
}

static int make_certificates(int trust, int keys, const struct options *o)
{
	struct region_pair ca, server = { NULL, NULL };
	char name[64];
	int err;

	snprintf(name, sizeof(name), "%.40s CA", o->region);
	err = region_ca_create(&ca, name);
	if (err)
		return err;
	err = write_pair(trust, "ca.pem", "ca.key", keys, &ca);
	if (!err)
		err = region_cert_issue(&server, &ca, o->region, o->san);
	if (!err)
		err = write_pair(keys, "server.pem", "server.key", keys, &server);
	region_pair_free(&ca);
	region_pair_free(&server);
	return err;
}

static int make_dir(int dirfd, const char *name)
{
	int fd;

	if (mkdirat(dirfd, name, DIR_MODE))
		return -errno;
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int make_database(const char *dir)
{
	struct region_state state;
	char path[PATH_MAX + 16];
	int err;

	snprintf(path, sizeof(path), "%s/state.db", dir);
	err = region_state_open(&state, path, true);
	if (!err) {
		err = region_clock_store(&state);
		region_state_close(&state);
	}
	return err;
}

static int make_keys(int keys, int trust, const struct options *o, struct gth_statement *s,
		     struct gth_signer *statement_key)
{
	char name[GTH_NOTE_NAME_SIZE], *text = NULL;
	struct gth_signer region_key;
	struct gth_trust t;
	int err;

	snprintf(name, sizeof(name), "%s/statement", o->region);
	err = gth_signer_create(statement_key, name);
	if (!err)
		err = make_trust(&t, o, statement_key, &text);
	if (err)
		return err;
	snprintf(name, sizeof(name), "%s/region", o->region);
	err = gth_signer_create(&region_key, name);
	if (!err)
		err = region_file_write(trust, "trust", text, strlen(text));
	if (!err)
		err = write_signer(keys, "statement.key", statement_key);
	if (!err)
		err = write_signer(keys, "region.key", &region_key);
	if (!err)
		err = make_age(keys, &s->recipient);
	s->region_key = region_key.verifier;
	s->serves = t.serves;
	memcpy(s->region, t.region, sizeof(s->region));
	memcpy(s->country, t.country, sizeof(s->country));
	OPENSSL_cleanse(&region_key, sizeof(region_key));
	free(text);
	return err;
}

/* The files are synced as they are written, the two directories here, @dir at the commit. */
static int make(struct region_staging *dir, struct options *o)
{
	int trust = make_dir(dir->dirfd, "trust"), keys = make_dir(dir->dirfd, "keys");
	struct gth_signer statement_key;
	struct gth_statement s = { .issued = region_now(),
				   .max_size = o->max_size,
				   .retention = o->retention };
	int err = trust < 0 ? trust : keys < 0 ? keys : 0;

	s.expires = s.issued + o->expires;
	if (!err &&
	    (mkdirat(dir->dirfd, "incoming", DIR_MODE) || mkdirat(dir->dirfd, "work", DIR_MODE)))
		err = -errno;
	if (!err)
		err = make_keys(keys, trust, o, &s, &statement_key);
	if (!err)
		err = add_host(o->url, o->san, sizeof(o->san));
	if (!err)
		err = make_certificates(trust, keys, o);
	if (!err)
		err = region_statement_write(dir->dirfd, &s, &statement_key);
	OPENSSL_cleanse(&statement_key, sizeof(statement_key));
	if (!err)
		err = make_database(dir->temp);
	if (!err && (fsync(trust) || fsync(keys)))
		err = -errno;
	if (trust >= 0)
		close(trust);
	if (keys >= 0)
		close(keys);
	return err;
}

int region_init(int argc, char **argv)
{
	static const struct argp argp = {
		.options = options,
		.parser = parse,
		.children = gth_argp_children,
		.args_doc = "DIR",
		.doc = "Makes the new directory DIR with a region's CA, keys, first statement "
		       "and database. DIR/trust is for endpoints; DIR/keys is private."
	};
	struct options o = { .max_size = REGION_MAX_SIZE,
			     .retention = REGION_RETENTION,
			     .expires = REGION_STATEMENT_VALID };
	struct region_staging dir;
	int err;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	err = region_staging_begin(&dir, o.dir);
	if (!err)
		err = make(&dir, &o);
	if (!err)
		err = region_staging_commit(&dir);
	region_staging_abort(&dir);
	if (!err)
		return REGION_OK;
	if (err == -EINVAL || err == -EBADMSG)
		gth_say("the region's identifier, country, URL, or a country it serves is not as "
			"docs/protocol.md has them");
	else
		gth_say("%s: %s", o.dir, strerror(-err));
	return err == -EINVAL || err == -EBADMSG ? REGION_USAGE : REGION_FAILED_EXIT;
}
