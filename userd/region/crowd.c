// SPDX-License-Identifier: GPL-2.0-or-later
/* crowd.c - the open connections and their time limits (see crowd.h). */
#include "crowd.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "lib/util/clock.h"

#include "region/peer.h"
#include "region/state.h"

#define LOOK_MS 500
#define RATE 1024 /* bytes a second that a body must bring */

static bool same(const struct region_address *a, const struct region_address *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* With the lock held. */
static bool is_known(const struct region_crowd *c, const struct region_address *a)
{
	for (unsigned int i = 0; i < c->known_n && i < REGION_KNOWN_ADDRESSES; i++)
		if (same(&c->known[i], a))
			return true;
	return false;
}

static unsigned int part(unsigned int of, unsigned int n)
{
	return of / n ? of / n : 1;
}

/* Called before anything is read from a connection; libmicrohttpd closes it if this refuses. */
enum MHD_Result region_crowd_accept(void *crowd, const struct sockaddr *from, socklen_t len)
{
	struct region_crowd *c = crowd;
	unsigned int strangers = 0, here = 0, strangers_here = 0;
	struct region_address a;
	bool ok;

	region_address_of(&a, from, len);
	pthread_mutex_lock(&c->lock);
	for (const struct region_guest *g = c->guests; g; g = g->next) {
		bool is_here = same(&g->from, &a);

		here += is_here;
		strangers += !g->endpoint;
		strangers_here += is_here && !g->endpoint;
	}
	ok = here < c->per_address &&
	     (is_known(c, &a) ||
	      (strangers < part(c->connections, 2) && strangers_here < part(c->per_address, 4)));
	pthread_mutex_unlock(&c->lock);
	return ok ? MHD_YES : MHD_NO;
}

/* With the lock held. */
static void enter(const struct region_crowd *c, struct region_guest *g, enum region_phase phase)
{
	const unsigned int seconds[] = { [REGION_HANDSHAKE] = c->handshake,
					 [REGION_HEADER] = c->header,
					 [REGION_BODY] = c->progress,
					 [REGION_ANSWER] = 0 };

	g->phase = phase;
	g->bytes = 0;
	g->due = seconds[phase] ? gth_monotonic_ms() + seconds[phase] * 1000ULL : 0;
}

/* For verify(), because gnutls passes no argument of ours. */
static struct region_crowd *crowd_;

/* A certificate that does not hold ends the handshake. */
static int verify(gnutls_session_t session)
{
	struct region_crowd *c = crowd_;

	if (region_peer_verify(session))
		return GNUTLS_E_CERTIFICATE_ERROR;
	pthread_mutex_lock(&c->lock);
	for (struct region_guest *g = c->guests; g; g = g->next)
		if (g->session == session)
			enter(c, g, REGION_HEADER);
	pthread_mutex_unlock(&c->lock);
	return 0;
}

static struct region_guest *guest_new(struct region_crowd *c, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *fd, *tls, *from;
	struct region_guest *g = calloc(1, sizeof(*g));

	fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	tls = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	from = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	/* A client without a certificate is refused in admit() too: see request.c. */
	if (tls) {
		gnutls_certificate_server_set_request((gnutls_session_t)tls->tls_session,
						      GNUTLS_CERT_REQUIRE);
		gnutls_session_set_verify_function((gnutls_session_t)tls->tls_session, verify);
	}
	if (!g || !fd || !tls || !from || !from->client_addr) {
		if (fd)
			shutdown(fd->connect_fd, SHUT_RDWR);
		free(g);
		return NULL;
	}
	g->fd = fd->connect_fd;
	g->session = (gnutls_session_t)tls->tls_session;
	region_address_of(&g->from, from->client_addr,
			  from->client_addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
								   : sizeof(struct sockaddr_in));
	enter(c, g, REGION_HANDSHAKE);
	return g;
}

/*
 * libmicrohttpd closes the descriptor after this notification, so the descriptor of a listed guest
 * is open.
 */
void region_crowd_notify(void *crowd, struct MHD_Connection *connection, void **guest,
			 enum MHD_ConnectionNotificationCode code)
{
	struct region_crowd *c = crowd;
	struct region_guest *g, **at;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		g = guest_new(c, connection);
		*guest = g;
		if (!g)
			return;
		pthread_mutex_lock(&c->lock);
		g->next = c->guests;
		c->guests = g;
		pthread_mutex_unlock(&c->lock);
		return;
	}
	g = *guest;
	if (!g)
		return;
	pthread_mutex_lock(&c->lock);
	for (at = &c->guests; *at != g; at = &(*at)->next)
		;
	*at = g->next;
	pthread_mutex_unlock(&c->lock);
	free(g);
	*guest = NULL;
}

static struct region_guest *guest_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void region_crowd_phase(struct region_crowd *c, struct MHD_Connection *connection,
			enum region_phase phase)
{
	struct region_guest *g = guest_of(connection);

	pthread_mutex_lock(&c->lock);
	if (g)
		enter(c, g, phase);
	pthread_mutex_unlock(&c->lock);
}

void region_crowd_bytes(struct region_crowd *c, struct MHD_Connection *connection, size_t bytes)
{
	struct region_guest *g = guest_of(connection);

	pthread_mutex_lock(&c->lock);
	if (g)
		g->bytes += bytes;
	pthread_mutex_unlock(&c->lock);
}

/* The connection is of an enrolled endpoint: notes its address as known. */
void region_crowd_endpoint(struct region_crowd *c, struct MHD_Connection *connection)
{
	struct region_guest *g = guest_of(connection);

	pthread_mutex_lock(&c->lock);
	if (g && !g->endpoint) {
		g->endpoint = true;
		if (!is_known(c, &g->from))
			c->known[c->known_n++ % REGION_KNOWN_ADDRESSES] = g->from;
	}
	pthread_mutex_unlock(&c->lock);
}

/* Ends overdue connections, except those whose body makes enough progress. */
static void look(struct region_crowd *c)
{
	uint64_t now = gth_monotonic_ms();

	for (struct region_guest *g = c->guests; g; g = g->next) {
		if (!g->due || now < g->due)
			continue;
		if (g->phase == REGION_BODY && g->bytes >= (uint64_t)c->progress * RATE) {
			enter(c, g, REGION_BODY);
			continue;
		}
		/* The connection's thread sees the end of the stream and closes it. */
		shutdown(g->fd, SHUT_RDWR);
		g->due = 0;
	}
}

static void *watch(void *crowd)
{
	const struct timespec moment = { .tv_nsec = LOOK_MS * 1000000L };
	struct region_crowd *c = crowd;

	pthread_mutex_lock(&c->lock);
	while (!c->stopping) {
		look(c);
		pthread_mutex_unlock(&c->lock);
		nanosleep(&moment, NULL);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

/* Called before any connection; one crowd a process. Return: 0 or an errno. */
int region_crowd_start(struct region_crowd *c)
{
	int err;

	pthread_mutex_init(&c->lock, NULL);
	crowd_ = c;
	err = pthread_create(&c->watcher, NULL, watch, c);
	c->watched = !err;
	return -err;
}

/* Called after the last connection was closed. */
void region_crowd_stop(struct region_crowd *c)
{
	pthread_mutex_lock(&c->lock);
	c->stopping = true;
	pthread_mutex_unlock(&c->lock);
	if (c->watched)
		pthread_join(c->watcher, NULL);
	pthread_mutex_destroy(&c->lock);
}
