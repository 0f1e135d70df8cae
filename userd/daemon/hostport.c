// SPDX-License-Identifier: GPL-2.0-or-later
/* hostport.c - SCHEME://HOST:PORT in its parts (see hostport.h). */
#include "daemon/hostport.h"

#include <errno.h>
#include <string.h>

#include "lib/util/number.h"

/* gth_hostport_parse() - 0; -EINVAL: it is not of that form, or goes on after the port */
int gth_hostport_parse(struct gth_hostport *p, const char *url)
{
	const char *host = strstr(url, "://"), *colon;
	unsigned long long port;
	size_t len;

	memset(p, 0, sizeof(*p));
	if (!host)
		return -EINVAL;
	host += 3;
	colon = strrchr(host, ':');
	if (!colon || strlen(colon + 1) >= sizeof(p->port) ||
	    gth_number_parse(colon + 1, 65535, &port) || !port)
		return -EINVAL;
	len = (size_t)(colon - host);
	p->literal = len > 2 && host[0] == '[' && host[len - 1] == ']';
	if (p->literal)
		host++, len -= 2;
	if (!len || len >= sizeof(p->host) || strcspn(host, "/?#@[]") < len ||
	    (!p->literal && memchr(host, ':', len)))
		return -EINVAL;
	memcpy(p->host, host, len);
	memcpy(p->port, colon + 1, strlen(colon + 1) + 1);
	return 0;
}
