// SPDX-License-Identifier: GPL-2.0-or-later
/* courier_link.c - the real courier and the real dialer, with the test in the store's place. */
#include "tests/unit/lib/courier_link.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/role.h"
#include "tests/unit/lib/bundle.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/role_program.h"
#include "tests/unit/tap.h"

#define ANSWER_MS 60000 /* far more than any answer needs */

static char dir[] = "/tmp/gth-courier-XXXXXX";
static int last_dialer = -1; /* what the last dialer got, for another one */

struct gth_message sent, received;
uint64_t last_order;
uint8_t settings_digest[GTH_SETTINGS_DIGEST];

static void make_ca(const char *name)
{
	run("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
	    "-subj '/CN=test %s' -keyout %s.key -out %s.pem 2>openssl.log",
	    dir, name, name, name);
}

static void make_cert(const char *ca, const char *name, const char *host)
{
	run("cd %s && openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=%s' "
	    "-keyout %s.key -out %s.csr 2>openssl.log && printf 'subjectAltName=DNS:%s' >%s.ext && "
	    "openssl x509 -req -days 2 -in %s.csr -CA %s.pem -CAkey %s.key -CAcreateserial "
	    "-extfile %s.ext -out %s.pem 2>openssl.log",
	    dir, name, name, name, host, name, name, ca, ca, name, name);
}

void link_begin(int argc, char **argv)
{
	run_as_role(argc, argv);
	/* The environment must not matter. */
	must(!setenv("https_proxy", "http://127.0.0.1:1", 1));
	signal(SIGPIPE, SIG_IGN);
	make_seen();
	must(mkdtemp(dir));
	make_ca("ca");
	make_ca("stranger");
	make_cert("ca", "client", "endpoint");
	make_cert("ca", "server", "localhost");
	make_cert("ca", "elsewhere", "example.org");
	make_cert("stranger", "forged", "localhost");
	must(!chmod(dir, 0755));
}

void link_end(void)
{
	run("rm -rf %s", dir);
}

const char *in_link_dir(const char *name)
{
	static char room[8][256];
	static unsigned int last;
	char *path = room[++last % 8];

	snprintf(path, sizeof(room[0]), "%s/%s", dir, name);
	return path;
}

struct server start_region(const char *name, const char *client_ca, int version)
{
	char pem[64], key[64], ca[64];

	snprintf(pem, sizeof(pem), "%s.pem", name);
	snprintf(key, sizeof(key), "%s.key", name);
	snprintf(ca, sizeof(ca), "%s.pem", client_ca);
	return start_server(in_link_dir(pem), in_link_dir(key), in_link_dir(ca), version);
}

int settings_for_dialer(void)
{
	return fcntl(last_dialer, F_DUPFD_CLOEXEC, 0);
}

struct link connect_to(int port, int proxy_port)
{
	struct gth_role_options o = { 0 };
	const struct passwd *me = getpwuid(geteuid());
	int orders[2], calls[2], for_courier, dialer;
	static struct gth_settings settings;
	char config[256], why[256], proxy[64] = "";
	struct link l;

	write_trust(dir, "ch-test", "CH", port);
	write_endpoint_key(dir);
	if (proxy_port)
		snprintf(proxy, sizeof(proxy), "proxy = http://localhost:%d\n", proxy_port);
	write_file(dir, "gotthardd.conf", 0644,
		   "[endpoint]\ncountry = CH\nregion = %s\nnetwork_user = %s\n%s", dir,
		   geteuid() ? me->pw_name : "nobody", proxy);
	snprintf(config, sizeof(config), "%s/gotthardd.conf", dir);
	if (gth_settings_read(&settings, config, why, sizeof(why)))
		die(why);
	memcpy(settings_digest, settings.digest, sizeof(settings_digest));
	for_courier = gth_settings_pack(&settings, GTH_ROLE_COURIER);
	dialer = gth_settings_pack(&settings, GTH_ROLE_DIALER);
	gth_settings_free(&settings);
	if (last_dialer >= 0)
		close(last_dialer);
	last_dialer = fcntl(dialer, F_DUPFD_CLOEXEC, 0);
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, orders) &&
	     !socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, calls));
	fflush(stdout);
	l.dialer = gth_role_start(GTH_ROLE_DIALER, &o,
				  (int[]) { -1, -1, -1, calls[0], -1, -1, dialer, -1 });
	l.courier =
		gth_role_start(GTH_ROLE_COURIER, &o,
			       (int[]) { -1, -1, -1, orders[1], calls[1], -1, for_courier, -1 });
	close(calls[0]);
	close(calls[1]);
	close(orders[1]);
	close(for_courier);
	close(dialer);
	l.store = orders[0];
	return l;
}

void send_order(const struct link *l, const struct gth_order *o, const char *body, int file)
{
	sent.type = GTH_MSG_ORDER;
	sent.number = ++last_order;
	sent.size = (uint32_t)(sizeof(*o) + strlen(body));
	memcpy(sent.body, o, sizeof(*o));
	memcpy(sent.body + offsetof(struct gth_order, settings), settings_digest,
	       sizeof(settings_digest));
	memcpy(sent.body + sizeof(*o), body, strlen(body));
	gth_message_send(l->store, &sent, file);
}

struct gth_result receive(const struct link *l, const char **body)
{
	struct pollfd p = { .fd = l->store, .events = POLLIN };
	struct gth_result r = { .error = -1 };

	*body = "";

	if (poll(&p, 1, ANSWER_MS) == 1 && gth_message_receive(l->store, &received, NULL) == 1 &&
	    received.type == GTH_MSG_RESULT) {
		memcpy(&r, received.body, sizeof(r));
		*body = received.body + sizeof(r);
	}
	return r;
}

struct gth_result lookup(const struct link *l, enum misdeed what, const char **body)
{
	struct gth_order o = { .kind = GTH_ORDER_LOOKUP, .digest = { (uint8_t)what } };

	send_order(l, &o, "", -1);
	return receive(l, body);
}

bool disconnect(struct link *l)
{
	int a = -1, b = -1;

	close(l->store);
	waitpid(l->courier, &a, 0);
	waitpid(l->dialer, &b, 0);
	if (a || b)
		tap_note("courier %#x, dialer %#x", (unsigned int)a, (unsigned int)b);
	return !a && !b;
}
