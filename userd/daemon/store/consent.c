// SPDX-License-Identifier: GPL-2.0-or-later
/* consent.c - may this be sent? (see consent.h) */
#include "daemon/store/consent.h"

#include <fnmatch.h>
#include <string.h>

/* Is @wanted one of the @types? "fuse" is also every "fuse.NAME". */
static bool is_type(const char *types, const char *wanted)
{
	size_t len = strlen(wanted);

	for (const char *at = types; *at; at += strcspn(at, " ")) {
		at += strspn(at, " ");
		if (!strncmp(at, wanted, len) && (!at[len] || at[len] == ' ' || at[len] == '.'))
			return true;
	}
	return false;
}

static bool path_matches(const struct gth_config *config, const char *path)
{
	static const char deleted[] = " (deleted)";
	char alive[4096];
	size_t len = path ? strlen(path) : 0, tail = sizeof(deleted) - 1;

	/* The kernel adds this to the path of an unlinked file. */
	alive[0] = '\0';
	if (len > tail && len - tail < sizeof(alive) && !strcmp(path + len - tail, deleted)) {
		memcpy(alive, path, len - tail);
		alive[len - tail] = '\0';
	}
	for (size_t i = 0; path && i < config->path.n; i++)
		if (!fnmatch(config->path.item[i], path, 0) ||
		    (alive[0] && !fnmatch(config->path.item[i], alive, 0)))
			return true;
	return false;
}

/* Is there a trusted region that serves the owner's country, and a statement that holds? */
enum gth_withheld gth_consent_region(const struct gth_consent *c)
{
	if (!c->trust)
		return GTH_WITHHELD_STATEMENT;
	if (!c->config->country[0] || !gth_countries_have(&c->trust->serves, c->config->country))
		return GTH_WITHHELD_COUNTRY;
	if (!c->statement)
		return GTH_WITHHELD_STATEMENT;
	if (!gth_countries_have(&c->statement->serves, c->config->country))
		return GTH_WITHHELD_COUNTRY;
	return GTH_WITHHELD_NOT;
}

/* A fact that is not known, or not whole, may match an exclusion: the file is withheld. */
static enum gth_withheld unknown(const struct gth_consent *c, const struct gth_file_info *f)
{
	bool by_path = c->config->path.n, by_owner = c->owners_n;
	bool by_filesystem = c->config->filesystem.n;

	/* Without the file, its owner and its place are not known. */
	if (!f->readable && (by_path || by_owner || by_filesystem))
		return GTH_WITHHELD_UNREADABLE;
	if (by_path && !f->path_whole)
		return GTH_WITHHELD_PATH;
	if (by_owner && !f->owner_told)
		return GTH_WITHHELD_OWNER;
	if (by_filesystem && (!f->filesystem || !f->filesystem[0]))
		return GTH_WITHHELD_FILESYSTEM;
	return GTH_WITHHELD_NOT;
}

enum gth_withheld gth_consent_excluded(const struct gth_consent *c, const struct gth_file_info *f)
{
	for (size_t i = 0; i < sizeof(f->path) / sizeof(f->path[0]); i++)
		if (path_matches(c->config, f->path[i]))
			return GTH_WITHHELD_PATH;
	for (size_t i = 0; f->owner_told && i < c->owners_n; i++)
		if (c->owners[i] == f->owner)
			return GTH_WITHHELD_OWNER;
	for (size_t i = 0; f->filesystem && i < c->config->filesystem.n; i++)
		if (is_type(f->filesystem, c->config->filesystem.item[i]))
			return GTH_WITHHELD_FILESYSTEM;
	return unknown(c, f);
}

/*
 * The reason that counts: first the country, then the owner's reasons, then a missing statement,
 * which may change by itself.
 */
static enum gth_withheld first(enum gth_withheld region, enum gth_withheld owner)
{
	if (region == GTH_WITHHELD_COUNTRY)
		return region;
	return owner != GTH_WITHHELD_NOT ? owner : region;
}

/* D1: may its SHA-256 be asked for? */
enum gth_withheld gth_consent_lookup(const struct gth_consent *c, const struct gth_file_info *f)
{
	enum gth_withheld owner = gth_consent_excluded(c, f);

	if (owner == GTH_WITHHELD_NOT && !gth_config_sends(c->config, GTH_D1))
		owner = GTH_WITHHELD_LOOKUP_OFF;
	return first(gth_consent_region(c), owner);
}

static bool too_large(const struct gth_consent *c, uint64_t size)
{
	const struct gth_config *config = c->config;

	if (size > config->max_size || (c->statement && size > c->statement->max_size))
		return true;
	/* A file above the daily quota would wait for ever. */
	return config->daily_quota &&
	       gth_age_size(size, config->owner_key[0] ? 2 : 1) > config->daily_quota;
}

/* May the file be sent, as the class that it has? */
enum gth_withheld gth_consent_file(const struct gth_consent *c, const struct gth_file_info *f)
{
	enum gth_withheld owner = gth_consent_excluded(c, f);

	if (owner == GTH_WITHHELD_NOT && !f->readable)
		owner = GTH_WITHHELD_UNREADABLE;
	if (owner == GTH_WITHHELD_NOT && !gth_config_sends(c->config, f->class))
		owner = GTH_WITHHELD_CLASS_OFF;
	if (owner == GTH_WITHHELD_NOT && too_large(c, f->size))
		owner = GTH_WITHHELD_SIZE;
	return first(gth_consent_region(c), owner);
}

/* Is it only a matter of time? Without a region it is not. */
bool gth_consent_waits(const struct gth_consent *c, enum gth_withheld reason)
{
	return reason == GTH_WITHHELD_RATE || reason == GTH_WITHHELD_QUOTA ||
	       (reason == GTH_WITHHELD_STATEMENT && c->trust);
}
