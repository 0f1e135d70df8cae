// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * settings.c - the broker reads the configuration and the region's directory, and
 * checks them as a whole (see settings.h).
 *
 * One error makes all of it invalid, and nothing is sent: the intent of a wrong
 * configuration is unknown, and sending less than intended does no harm.
 */
#include "daemon/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/endpoint_tls.h"
#include "daemon/filesystem.h"
#include "daemon/owners.h"
#include "lib/log/note.h"
#include "lib/util/io.h"

#define PEM_MAX (256U << 10)

static const struct {
	const char *name; /* in the region's directory; NULL: the configuration's own path */
	size_t max;	  /* bytes */
} files[GTH_PARTS] = {
	[GTH_PART_CONFIG] = { NULL, GTH_CONFIG_SIZE_MAX },
	[GTH_PART_TRUST] = { "trust", 4096 },
	[GTH_PART_CA] = { "ca.pem", PEM_MAX },
	[GTH_PART_CLIENT] = { "client.pem", PEM_MAX },
	[GTH_PART_CLIENT_KEY] = { "client.key", PEM_MAX },
	[GTH_PART_ENDPOINT_KEY] = { "endpoint.key", 4096 },
};

struct reason {
	char *text;
	size_t size;
};

__attribute__((format(printf, 3, 4))) static int refuse(struct reason *why, int err,
							const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why->text, why->size, format, args);
	va_end(args);
	return err;
}

/* Reads a whole file and puts a NUL behind it. Return: 0; -EFBIG; or an errno of reading. */
static int read_part(struct gth_settings *s, enum gth_settings_part part, int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t max = files[part].max;
	ssize_t n;

	if (fd < 0)
		return -errno;
	s->part[part].data = malloc(max + 1);
	n = s->part[part].data ? gth_read_full(fd, s->part[part].data, max + 1) : -ENOMEM;
	close(fd);
	if (n < 0)
		return (int)n;
	if ((size_t)n > max)
		return -EFBIG;
	s->part[part].data[n] = '\0';
	s->part[part].len = (size_t)n;
	return 0;
}

static int read_config(struct gth_settings *s, const char *path, struct reason *why)
{
	struct gth_config_error error;
	int err = read_part(s, GTH_PART_CONFIG, AT_FDCWD, path);

	if (err == -ENOENT)
		return refuse(why, 1, "there is no configuration");
	if (err)
		return refuse(why, err, "%s: %s", path, strerror(-err));
	err = gth_config_parse(&s->config, s->part[GTH_PART_CONFIG].data,
			       s->part[GTH_PART_CONFIG].len, &error);
	if (err && error.line)
		return refuse(why, err, "%s:%u: %s", path, error.line, error.text);
	return err ? refuse(why, err, "%s: %s", path, error.text) : 0;
}

/* An exclusion that matches nothing is an error: the owner relies on it. */
static int check_exclusions(struct gth_settings *s, const char *path, struct reason *why)
{
	const char *unknown;

	if (gth_owners_parse(&s->config.owner, s->owners, &s->owners_n, &unknown))
		return refuse(why, -EINVAL,
			      "%s: [exclude] owner: there is no user '%s' in /etc/passwd; name a "
			      "user of another directory by number",
			      path, unknown);
	for (size_t i = 0; i < s->config.filesystem.n; i++) {
		const char *name = s->config.filesystem.item[i];

		if (!gth_filesystem_known(name))
			return refuse(why, -EINVAL,
				      "%s: [exclude] filesystem: there is no type '%s'; "
				      "/proc/filesystems has those of this kernel",
				      path, name);
	}
	return 0;
}

static int check_region(struct gth_settings *s, struct reason *why)
{
	const char *region = s->config.region, *wrong;
	struct gth_signer signer;
	int err;

	err = gth_trust_parse(&s->trust, s->part[GTH_PART_TRUST].data, s->part[GTH_PART_TRUST].len);
	if (err)
		return refuse(why, err, "%s/trust: this is not a trust bundle", region);
	wrong = gth_endpoint_tls_check(s);
	if (wrong)
		return refuse(why, -EBADMSG, "%s: %s", region, wrong);
	err = gth_signer_parse_file(&signer, s->part[GTH_PART_ENDPOINT_KEY].data,
				    s->part[GTH_PART_ENDPOINT_KEY].len);
	explicit_bzero(&signer, sizeof(signer));
	return err ? refuse(why, err,
			    "%s/endpoint.key: is not a key; get the endpoint's files from the region again (gotthard-region enrol)",
			    region)
		   : 0;
}

/* The directory is opened once: one that is put in its place meanwhile is not seen in part. */
static int read_region(struct gth_settings *s, struct reason *why)
{
	const char *region = s->config.region;
	int dir = open(region, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (dir < 0)
		return refuse(why, -errno, "%s: %s", region, strerror(errno));
	for (enum gth_settings_part i = GTH_PART_TRUST; !err && i < GTH_PARTS; i++) {
		err = read_part(s, i, dir, files[i].name);
		if (err)
			refuse(why, err, "%s/%s: %s", region, files[i].name, strerror(-err));
	}
	close(dir);
	return err ? err : check_region(s, why);
}

/**
 * gth_settings_read() - read the configuration and the region's directory, all
 * or nothing
 * @s: to be freed by gth_settings_free(), whatever is returned
 * @path: of gotthardd.conf
 * @why: text for people, set unless 0 is returned
 * @size: bytes of @why
 *
 * Return: 0; 1: there is no configuration, or no country in it, and nothing is
 * sent; or a negative errno: the settings are invalid, and nothing may be sent
 * either.
 */
int gth_settings_read(struct gth_settings *s, const char *path, char *why, size_t size)
{
	struct reason reason = { why, size };
	int err;

	memset(s, 0, sizeof(*s));
	gth_config_defaults(&s->config);
	err = read_config(s, path, &reason);
	if (!err)
		err = check_exclusions(s, path, &reason);
	if (!err && !s->config.country[0])
		return refuse(&reason, 1, "the country of this machine's user is not set");
	if (!err)
		err = read_region(s, &reason);
	if (!err && gth_settings_digest(s))
		err = refuse(&reason, -ENOMEM, "%s", strerror(ENOMEM));
	return err;
}
