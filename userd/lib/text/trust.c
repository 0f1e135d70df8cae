// SPDX-License-Identifier: GPL-2.0-or-later
/* trust.c - the trust bundle: the one region there is (see residency.h). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/text/residency.h"
#include "lib/util/io.h"

#define TITLE "gotthard-trust 1"
#define FILE_MAX 4096

/* https://HOST:PORT: a name, an IPv4 address or an IPv6 address in brackets; a port from 1 to
 * 65535. */
static bool is_url(const char *url)
{
	static const char scheme[] = "https://";
	const char *host = url + strlen(scheme), *port;
	size_t digits;

	if (strncmp(url, scheme, strlen(scheme)) != 0)
		return false;
	if (*host == '[') {
		size_t n = strspn(host + 1, "0123456789abcdef:.");

		if (n < 2 || host[1 + n] != ']')
			return false;
		port = host + n + 2;
	} else {
		size_t n = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-");

		if (!n || *host == '.' || *host == '-')
			return false;
		port = host + n;
	}
	if (*port++ != ':' || *port == '0')
		return false;
	digits = strspn(port, "0123456789");
	return digits && !port[digits] &&
	       (digits < 5 || (digits == 5 && strcmp(port, "65535") <= 0));
}

/* gth_key_is() - does a key bear the name REGION/ROLE */
bool gth_key_is(const struct gth_verifier *v, const char *region, const char *role)
{
	size_t n = strlen(region);

	return !strncmp(v->name, region, n) && v->name[n] == '/' && !strcmp(v->name + n + 1, role);
}

/**
 * gth_trust_parse() - the file trust of a bundle
 *
 * Return: 0; -EBADMSG or -E2BIG: docs/protocol.md does not know such a text.
 */
int gth_trust_parse(struct gth_trust *t, const char *text, size_t len)
{
	struct gth_fields f;

	gth_fields_open(&f, text, len);
	gth_fields_title(&f, TITLE);
	gth_fields_region(&f, "region", t->region);
	gth_fields_country(&f, "country", t->country);
	gth_fields_text(&f, "url", t->url, sizeof(t->url));
	gth_fields_verifier(&f, "statement-key", &t->statement_key);
	gth_fields_countries(&f, "serves", &t->serves);
	if (!f.err && (!is_url(t->url) || !gth_key_is(&t->statement_key, t->region, "statement")))
		return -EBADMSG;
	return gth_fields_close(&f);
}

/* gth_trust_format() - 0; -EINVAL: gth_trust_parse() would not take it; -ENOMEM */
int gth_trust_format(const struct gth_trust *t, char **text)
{
	struct gth_trust again;
	struct gth_text out = { 0 };

	gth_text_title(&out, TITLE);
	gth_text_put(&out, "region", t->region);
	gth_text_put(&out, "country", t->country);
	gth_text_put(&out, "url", t->url);
	gth_text_verifier(&out, "statement-key", &t->statement_key);
	gth_text_countries(&out, "serves", &t->serves);
	/* A text that readers refuse is not written. */
	if (!out.err && gth_trust_parse(&again, out.text, out.len))
		out.err = -EINVAL;
	return gth_text_take(&out, text);
}

/* gth_trust_load() - from the bundle's directory; as gth_trust_parse(), or an errno of reading */
int gth_trust_load(struct gth_trust *t, int dirfd)
{
	int fd = openat(dirfd, "trust", O_RDONLY | O_CLOEXEC);
	char text[FILE_MAX + 1];
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = gth_read_full(fd, text, sizeof(text));
	close(fd);
	if (n < 0)
		return (int)n;
	return n > FILE_MAX ? -E2BIG : gth_trust_parse(t, text, (size_t)n);
}

/* gth_trust_same() - do both name the same region, in every line? */
bool gth_trust_same(const struct gth_trust *a, const struct gth_trust *b)
{
	const struct gth_countries *x = &a->serves, *y = &b->serves;

	return !strcmp(a->region, b->region) && !strcmp(a->country, b->country) &&
	       !strcmp(a->url, b->url) && !strcmp(a->statement_key.name, b->statement_key.name) &&
	       !memcmp(a->statement_key.key, b->statement_key.key, sizeof(a->statement_key.key)) &&
	       x->n == y->n && !memcmp(x->code, y->code, x->n * sizeof(x->code[0]));
}
