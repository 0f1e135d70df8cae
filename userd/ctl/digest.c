// SPDX-License-Identifier: GPL-2.0-or-later
/* digest.c - which of the digests that are known here begins so? (see digest.h) */
#include "digest.h"

#include <errno.h>
#include <linux/gotthard.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"
#include "lib/host/device.h"
#include "lib/host/table_dir.h"
#include "lib/host/verdict_file.h"
#include "lib/util/hex.h"
#include "lib/util/percent.h"
#include "lib/util/prefix.h"
#include "lib/util/say.h"

#define SHOWN_MAX 10 /* of those that begin alike */

struct candidates {
	const char *prefix;
	struct candidate {
		uint8_t domain, digest[GTH_DIGEST_SIZE];
	} at[SHOWN_MAX];
	unsigned int n;
	int more; /* there are more than are held */
};

static void consider(struct candidates *c, uint8_t domain, const uint8_t *digest)
{
	struct candidate *end = &c->at[c->n];

	if (!gth_prefix_of(c->prefix, digest))
		return;
	for (struct candidate *x = c->at; x < end; x++)
		if (x->domain == domain && !memcmp(x->digest, digest, GTH_DIGEST_SIZE))
			return;
	if (c->n == SHOWN_MAX) {
		c->more = 1;
		return;
	}
	end->domain = domain;
	memcpy(end->digest, digest, GTH_DIGEST_SIZE);
	c->n++;
}

static int of_module(struct candidates *c, int device)
{
	struct gth_verdict *v = NULL;
	size_t n = 0;
	int err = gth_device_verdicts(device, &v, &n);

	for (size_t i = 0; i < n && !err; i++)
		consider(c, v[i].domain, v[i].digest);
	free(v);
	if (err)
		gth_say("the module's verdicts cannot be read: %s", strerror(-err));
	return err;
}

static void say_wrong_line(void *ctx, unsigned int line, const char *text)
{
	(void)ctx;
	gth_say(GTH_ETC "/" GTH_VERDICT_FILE ":%u: %s", line, text);
}

/* The verdicts that are kept for the next start. Return: 0 or an errno, which was said. */
static int of_kept(struct candidates *c)
{
	struct gth_verdict_file f = { .n = 0 };
	int err = gth_verdict_file_load(&f, GTH_ETC, say_wrong_line, NULL);

	for (size_t i = 0; i < f.n; i++)
		consider(c, f.at[i].v.domain, f.at[i].v.digest);
	gth_verdict_file_free(&f);
	return err == -ENOENT ? 0 : err;
}

/* Return: 0; or a negative errno, which was said. */
static int of_database(struct candidates *c, const char *config)
{
	static const char *const queries[] = { "SELECT digest FROM verdict",
					       "SELECT digest FROM submission" };
	sqlite3 *db = NULL;
	int err = ctl_find_db(config, &db), rc = SQLITE_DONE;

	if (err || !db)
		return err;
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]) && rc == SQLITE_DONE; i++) {
		sqlite3_stmt *st = NULL;

		rc = sqlite3_prepare_v2(db, queries[i], -1, &st, NULL);
		if (rc == SQLITE_OK)
			while ((rc = sqlite3_step(st)) == SQLITE_ROW)
				if (sqlite3_column_bytes(st, 0) == GTH_DIGEST_SIZE)
					consider(c, GTH_DOMAIN_SHA256, sqlite3_column_blob(st, 0));
		sqlite3_finalize(st);
	}
	return ctl_close_db(db, rc);
}

static void say_ambiguous(const struct candidates *c)
{
	char hex[65];

	gth_say("%s: is the beginning of more than one SHA-256; give more of it:", c->prefix);
	for (unsigned int i = 0; i < c->n; i++) {
		gth_hex_encode(hex, c->at[i].digest, GTH_DIGEST_SIZE);
		gth_say("  %s%s", hex,
			c->at[i].domain == GTH_DOMAIN_FSVERITY ? " (fs-verity)" : "");
	}
	if (c->more)
		gth_say("  and more");
}

/**
 * ctl_digest_find() - the one digest that begins so
 * @prefix: of gth_prefix_parse()
 * @device: whose verdicts are looked at; negative: none
 * @config: of the daemon, whose database is looked at; NULL: the usual one
 *
 * Return: 0; -ENOENT: there is none; -ENOTUNIQ: there are more, which was said; or an
 * errno, which was said.
 */
int ctl_digest_find(const char *prefix, int device, const char *config, uint8_t *domain,
		    uint8_t digest[GTH_DIGEST_SIZE])
{
	struct candidates c = { .prefix = prefix };
	int err = device < 0 ? 0 : of_module(&c, device);

	if (!err)
		err = of_kept(&c);
	if (!err)
		err = of_database(&c, config);
	if (err)
		return err;
	if (c.n > 1) {
		say_ambiguous(&c);
		return -ENOTUNIQ;
	}
	if (!c.n)
		return -ENOENT;
	*domain = c.at[0].domain;
	memcpy(digest, c.at[0].digest, GTH_DIGEST_SIZE);
	return 0;
}

/* ctl_path() - a name may hold anything, also what a terminal would obey: to be freed */
char *ctl_path(const char *path)
{
	size_t len = path ? strlen(path) : 0;
	char *text = malloc(3 * len + 6);

	if (text && len)
		gth_percent_encode(text, path);
	else if (text)
		*text = '\0';
	return text;
}
