// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dialer.c - the only process that resolves names and connects (see role.h).
 *
 * It connects to one place: the region of the trust bundle, perhaps through the
 * owner's proxy, for which it makes the tunnel itself. The courier asks for a
 * connection and cannot choose its destination.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/dialer/tunnel.h"
#include "daemon/hostport.h"
#include "daemon/message.h"
#include "daemon/role.h"
#include "daemon/settings.h"
#include "lib/util/pulse.h"
#include "lib/util/say.h"

#define ADDRESS_MS 5000 /* for one address; the courier waits longer (DIAL_SECONDS) */
#define ADDRESSES_MAX 8
#define TUNNEL_MS 10000 /* for the proxy to connect */
#define WHY_MAX 512

static struct gth_hostport place, region; /* place: the proxy, if there is one, else the region */
static bool by_proxy;
static uint8_t settings_digest[GTH_SETTINGS_DIGEST];

int gth_dialer_prepare(struct gth_settings *settings)
{
	const char *proxy = settings->config.proxy, *url = settings->trust.url;
	int err = gth_hostport_parse(&region, url);

	memcpy(settings_digest, settings->digest, sizeof(settings_digest));
	by_proxy = *proxy;
	place = region;
	if (err) {
		gth_say("'%s' is not SCHEME://HOST:PORT", url);
		return err;
	}
	if (by_proxy)
		err = gth_hostport_parse(&place, proxy);
	if (err)
		gth_say("'%s' is not SCHEME://HOST:PORT", proxy);
	return err;
}

/* Connects within ADDRESS_MS. Return: the socket, still non-blocking, or -errno. */
static int connect_to(const struct addrinfo *to)
{
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	struct pollfd ready = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err = 0, on = 1, n;

	if (fd < 0)
		return -errno;
	if (connect(fd, to->ai_addr, to->ai_addrlen) && errno != EINPROGRESS) {
		err = errno;
	} else {
		do {
			n = poll(&ready, 1, ADDRESS_MS);
		} while (n < 0 && errno == EINTR);
		if (!n)
			err = ETIMEDOUT;
		else if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
			err = errno;
	}
	if (!err) {
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		return fd;
	}
	close(fd);
	return -err;
}

/*
 * Tries each address in turn. Return: a socket that is connected to the region, or -1 with @why
 * set.
 */
static int dial(char *why, size_t size)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
					.ai_socktype = SOCK_STREAM,
					.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	int fd = -1, n = 0, err;

	why[0] = '\0';
	gth_pulse_long();
	err = getaddrinfo(place.host, place.port, &hints, &list);
	/* AI_ADDRCONFIG fails on a machine that has a loopback address only: try without it. */
	if (err) {
		struct addrinfo numeric = hints;

		numeric.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
		if (getaddrinfo(place.host, place.port, &numeric, &list)) {
			snprintf(why, size, "%s: %s", place.host, gai_strerror(err));
			return -1;
		}
	}
	for (const struct addrinfo *a = list; a && fd < 0 && n < ADDRESSES_MAX;
	     a = a->ai_next, n++) {
		gth_pulse();
		fd = connect_to(a);
		if (fd < 0)
			snprintf(why, size, "%s:%s: %s", place.host, place.port, strerror(-fd));
	}
	freeaddrinfo(list);
	gth_pulse();
	if (fd >= 0 && by_proxy && gth_tunnel_open(fd, &region, TUNNEL_MS, why, size)) {
		close(fd);
		fd = -1;
	}
	return fd < 0 ? -1 : fd;
}

/* Waits for a message or the end of the courier. */
static void wait_for_courier(void)
{
	struct pollfd p = { .fd = GTH_FD_CLIENT, .events = POLLIN };

	do {
		gth_pulse();
	} while (!poll(&p, 1, GTH_PULSE_PERIOD_MS));
}

static int hear(struct gth_message *m)
{
	wait_for_courier();
	return gth_message_receive(GTH_FD_CLIENT, m, NULL);
}

/* One request at a time. Ends when the courier does. */
int gth_dialer_run(void)
{
	static struct gth_message m;
	int fd, ret;

	while ((ret = hear(&m)) == 1 || ret == -EINTR) {
		if (ret < 0)
			continue;
		if (!gth_message_allowed(&m, GTH_PEER_COURIER, GTH_PEER_DIALER)) {
			ret = -EPROTO;
			break;
		}
		fd = -1;
		if (memcmp(m.body, settings_digest, sizeof(settings_digest)) != 0)
			snprintf(m.body, WHY_MAX, "the courier has other settings");
		else
			fd = dial(m.body, WHY_MAX);
		m.type = GTH_MSG_DIALED;
		m.size = fd < 0 ? (uint32_t)strlen(m.body) : 0;
		ret = gth_message_send(GTH_FD_CLIENT, &m, fd);
		if (fd >= 0)
			close(fd);
		if (ret)
			break;
	}
	if (ret && ret != -EPIPE)
		gth_say("cannot talk with the courier: %s", strerror(-ret));
	return ret && ret != -EPIPE;
}
