// SPDX-License-Identifier: GPL-2.0-or-later
/* config_value.c - the kinds of values that gotthardd.conf knows (see config_value.h). */
#include "lib/host/config_value.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/age/age.h"
#include "lib/util/number.h"

static const char lower[] = "abcdefghijklmnopqrstuvwxyz", digits[] = "0123456789";

static int store(void *out, size_t size, const char *value)
{
	if (!out)
		return 0;
	if (strlen(value) >= size)
		return -EINVAL;
	memcpy(out, value, strlen(value) + 1);
	return 0;
}

/* Is @text made of [a-z0-9] and of @more, and does not begin with one of these but _? */
static bool is_name(const char *text, const char *more)
{
	if (!*text || !(strchr(lower, *text) || strchr(digits, *text) || *text == '_'))
		return false;
	for (; *text; text++)
		if (!strchr(lower, *text) && !strchr(digits, *text) && !strchr(more, *text))
			return false;
	return true;
}

int gth_config_switch(void *out, size_t size, unsigned long long max, const char *value,
		      const char **wanted)
{
	bool on = !strcmp(value, "on") || !strcmp(value, "yes");

	(void)size;
	(void)max;
	*wanted = "on or off";
	if (!on && strcmp(value, "off") != 0 && strcmp(value, "no") != 0)
		return -EINVAL;
	*(bool *)out = on;
	return 0;
}

int gth_config_number(void *out, size_t size, unsigned long long max, const char *value,
		      const char **wanted)
{
	unsigned long long n;

	(void)size;
	*wanted = "a number (see gotthardd.conf(5) for its limit)";
	if (gth_number_parse(value, max, &n))
		return -EINVAL;
	*(uint64_t *)out = n;
	return 0;
}

int gth_config_bytes(void *out, size_t size, unsigned long long max, const char *value,
		     const char **wanted)
{
	static const char units[] = "KMG";
	size_t len = strlen(value);
	const char *unit = len ? strchr(units, value[len - 1]) : NULL;
	unsigned int shift = unit ? 10 * (unsigned int)(unit - units + 1) : 0;
	unsigned long long n;
	char number[24];

	(void)size;
	*wanted = "a number of bytes, or of K, M or G (see gotthardd.conf(5) for its limit)";
	len -= unit ? 1 : 0;
	if (len >= sizeof(number))
		return -EINVAL;
	memcpy(number, value, len);
	number[len] = '\0';
	if (gth_number_parse(number, max >> shift, &n))
		return -EINVAL;
	*(uint64_t *)out = n << shift;
	return 0;
}

int gth_config_country(void *out, size_t size, unsigned long long max, const char *value,
		       const char **wanted)
{
	(void)max;
	*wanted = "two capital letters (ISO 3166-1), for instance DE";
	if (*value && (strlen(value) != 2 || value[0] < 'A' || value[0] > 'Z' || value[1] < 'A' ||
		       value[1] > 'Z'))
		return -EINVAL;
	return store(out, size, value);
}

int gth_config_directory(void *out, size_t size, unsigned long long max, const char *value,
			 const char **wanted)
{
	(void)max;
	*wanted = "a path that begins with /";
	return *value == '/' ? store(out, size, value) : -EINVAL;
}

int gth_config_proxy(void *out, size_t size, unsigned long long max, const char *value,
		     const char **wanted)
{
	static const char scheme[] = "http://";
	const char *host = value + sizeof(scheme) - 1, *port;
	unsigned long long n;

	(void)max;
	*wanted = "http://HOST:PORT";
	if (!*value)
		return store(out, size, value);
	if (strncmp(value, scheme, sizeof(scheme) - 1) != 0)
		return -EINVAL;
	port = strrchr(host, ':');
	if (!port || port == host || gth_number_parse(port + 1, 65535, &n) || !n)
		return -EINVAL;
	if (strcspn(host, "/?#@% \t\"\\") < strlen(host))
		return -EINVAL;
	return store(out, size, value);
}

/* The checksum too: with a typing error in the key, the owner could not open sent files. */
int gth_config_recipient(void *out, size_t size, unsigned long long max, const char *value,
			 const char **wanted)
{
	struct gth_age_recipient recipient;

	(void)max;
	*wanted = "an age recipient (age1...)";
	if (*value && gth_age_recipient_parse(&recipient, value))
		return -EINVAL;
	return store(out, size, value);
}

int gth_config_user(void *out, size_t size, unsigned long long max, const char *value,
		    const char **wanted)
{
	(void)max;
	*wanted = "the name of a user";
	if (!is_name(value, "_-.") || strlen(value) > 32)
		return -EINVAL;
	return store(out, size, value);
}

int gth_config_pattern(void *out, size_t size, unsigned long long max, const char *value,
		       const char **wanted)
{
	(void)max;
	*wanted = "a pattern that begins with / or *";
	return *value == '/' || *value == '*' ? store(out, size, value) : -EINVAL;
}

int gth_config_owner(void *out, size_t size, unsigned long long max, const char *value,
		     const char **wanted)
{
	unsigned long long uid;

	(void)max;
	*wanted = "the name or the number of a user";
	if (strspn(value, digits) == strlen(value)
		    ? gth_number_parse(value, UINT32_MAX - 1, &uid) != 0
		    : (!is_name(value, "_-.") || strlen(value) > 32))
		return -EINVAL;
	return store(out, size, value);
}

int gth_config_filesystem(void *out, size_t size, unsigned long long max, const char *value,
			  const char **wanted)
{
	(void)max;
	*wanted = "a type as in /proc/filesystems, for instance nfs4";
	return is_name(value, "_-.") ? store(out, size, value) : -EINVAL;
}
