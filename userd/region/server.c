// SPDX-License-Identifier: GPL-2.0-or-later
/* server.c - starts and stops HTTPS (see server.h). */
#include "server.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "lib/util/clock.h"

#include "region/cert.h"
#include "region/files.h"

#define HEADER_MAX (32U << 10) /* bytes of a connection: its buffers and its header */
#define STACK (512U << 10)
#define PARTING_MS 2000

/* Failed handshakes are not logged, because strangers can cause any number of them. */
__attribute__((format(printf, 2, 0))) static void quiet(void *arg, const char *format, va_list args)
{
	(void)arg;
	(void)format;
	(void)args;
}

static int read_pem(const struct region *r, const char *name, char **text)
{
	return region_file_read(r->dirfd, name, text, REGION_CERT_MAX);
}

/* Certificates are checked by the region's clock. */
static time_t tls_time(time_t *out)
{
	time_t now = (time_t)region_now();

	if (out)
		*out = now;
	return now;
}

static struct MHD_Daemon *start(struct region_server *s, int socket, const char *ca,
				const char *cert, const char *key)
{
	return MHD_start_daemon(
		MHD_USE_TLS | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION |
			MHD_USE_POLL | MHD_USE_ERROR_LOG | MHD_USE_ITC,
		0, region_crowd_accept, &s->crowd, region_request_handle, s,
		MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET, socket,
		MHD_OPTION_HTTPS_PRIORITIES, "NORMAL:-VERS-ALL:+VERS-TLS1.3:%SERVER_PRECEDENCE",
		MHD_OPTION_HTTPS_MEM_TRUST, ca, MHD_OPTION_HTTPS_MEM_CERT, cert,
		MHD_OPTION_HTTPS_MEM_KEY, key, MHD_OPTION_CONNECTION_LIMIT, s->crowd.connections,
		MHD_OPTION_NOTIFY_CONNECTION, region_crowd_notify, &s->crowd,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_CONNECTION_TIMEOUT, s->idle,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_MAX,
		MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK, MHD_OPTION_URI_LOG_CALLBACK,
		region_request_new, s, MHD_OPTION_NOTIFY_COMPLETED, region_request_end, s,
		MHD_OPTION_END);
}

/**
 * region_server_start() - start serving, in threads of its own
 * @socket: listens; taken
 *
 * Return: 0; -EPROTO: libmicrohttpd does not start; or an errno.
 */
int region_server_start(struct region_server *s, int socket)
{
	char *ca = NULL, *cert = NULL, *key = NULL;
	int err = read_pem(s->region, "trust/ca.pem", &ca);

	pthread_mutex_init(&s->lock, NULL);
	gnutls_global_set_time_function(tls_time);
	if (!err)
		err = read_pem(s->region, "keys/server.pem", &cert);
	if (!err)
		err = read_pem(s->region, "keys/server.key", &key);
	if (!err)
		err = region_crowd_start(&s->crowd);
	if (!err) {
		s->daemon = start(s, socket, ca, cert, key);
		err = s->daemon ? 0 : -EPROTO;
	}
	if (key)
		explicit_bzero(key, strlen(key));
	free(key);
	free(cert);
	free(ca);
	return err;
}

static bool busy(struct region_server *s)
{
	bool any;

	pthread_mutex_lock(&s->lock);
	any = s->requests;
	pthread_mutex_unlock(&s->lock);
	return any;
}

/* Waiting requests are answered; those that take longer than PARTING_MS are cut off. */
void region_server_stop(struct region_server *s)
{
	uint64_t until = gth_monotonic_ms() + PARTING_MS;
	const struct timespec moment = { .tv_nsec = 10000000 };
	int socket = MHD_quiesce_daemon(s->daemon);

	region_stop(&s->region->state);
	while (busy(s) && gth_monotonic_ms() < until)
		nanosleep(&moment, NULL);
	MHD_stop_daemon(s->daemon);
	region_crowd_stop(&s->crowd);
	if (socket >= 0)
		close(socket);
	pthread_mutex_destroy(&s->lock);
}
