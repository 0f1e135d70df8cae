// SPDX-License-Identifier: GPL-2.0-or-later
/* store_process.c - the store as a child of the test, which is broker and region to it. */
#include "tests/unit/lib/store_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/owners.h"
#include "daemon/message.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/fake_region.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"

struct store_process store;

bool pump(int ms)
{
	static struct gth_message m;
	struct pollfd p[2] = { { .fd = store.broker, .events = POLLIN },
			       { .fd = store.courier, .events = POLLIN } };
	int file = -1;

	if (poll(p, 2, ms) <= 0)
		return true;
	if (p[1].revents) {
		if (gth_message_receive(store.courier, &m, &file) == 1)
			region_hears(store.courier, &m, file);
		if (file >= 0)
			close(file);
	}
	if (p[0].revents) {
		if (gth_message_receive(store.broker, &m, NULL) != 1)
			return false;
		broker_hears(&m);
	}
	return true;
}

static int listen_control(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(store.control, sizeof(store.control), "%s/control", store.dir);
	strcpy(a.sun_path, store.control);
	unlink(store.control);
	must(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 4));
	return fd;
}

static void resolve_owners(struct gth_settings *s)
{
	const char *unknown;

	must(!gth_owners_parse(&s->config.owner, s->owners, &s->owners_n, &unknown));
}

void reload(const char *text)
{
	static struct gth_message m = { .type = GTH_MSG_RELOAD };
	struct gth_settings s = { .owners_n = 0 };
	struct gth_config_error e;
	int fd;

	must(!gth_config_parse(&s.config, text, strlen(text), &e));
	resolve_owners(&s);
	s.part[GTH_PART_CONFIG].data = strdup(text);
	s.part[GTH_PART_CONFIG].len = strlen(text);
	must(!gth_trust_format(&keys.trust, &s.part[GTH_PART_TRUST].data));
	s.part[GTH_PART_TRUST].len = strlen(s.part[GTH_PART_TRUST].data);
	must(!gth_settings_digest(&s));
	fd = gth_settings_pack(&s, GTH_ROLE_STORE);
	must(fd >= 0);
	must(!gth_message_send(store.broker, &m, fd));
	close(fd);
	gth_settings_free(&s);
}

void tell_kept(void)
{
	static struct gth_message m;

	if (broker.accepted && !broker.unkept) {
		m.type = GTH_MSG_ACCEPTED;
		m.number = 0;
		m.size = (uint32_t)strlen(broker.accepted);
		memcpy(m.body, broker.accepted, m.size + 1);
		must(!gth_message_send(store.broker, &m, -1));
	}
	m.type = broker.unkept ? GTH_MSG_UNKEPT : GTH_MSG_KEPT;
	m.number = broker.unkept ? (uint64_t)broker.unkept : broker.kept.size;
	m.size = broker.unkept ? 0 : gth_frontier_width(broker.kept.size) * 32U;
	memcpy(m.body, broker.kept.hash, m.size);
	must(!gth_message_send(store.broker, &m, -1));
}

void start(void)
{
	int to_broker[2], to_courier[2], control = listen_control();

	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, to_broker));
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, to_courier));
	broker.statements = broker.ready = broker.unable = 0;
	resolve_owners(&store.settings);
	fflush(stdout);
	store.pid = fork();
	must(store.pid >= 0);
	if (!store.pid) {
		struct gth_store_setup setup = {
			.broker = to_broker[1],
			.courier = to_courier[1],
			.control = control,
			.state_dir = store.state_dir,
			.settings = &store.settings,
			.trust = keys.trust.region[0] ? &keys.trust : NULL,
			.endpoint = &keys.endpoint,
			.pace = &store.pace,
		};

		/* A test that bails out takes it along, also when it is stopped. */
		must(!prctl(PR_SET_PDEATHSIG, SIGKILL));
		close(to_broker[0]);
		close(to_courier[0]);
		if (!getenv("GTH_VERBOSE"))
			must(dup2(open("/dev/null", O_WRONLY), STDERR_FILENO) >= 0);
		exit(gth_store_serve(&setup) ? 1 : 0); /* not _exit(2): leaks are looked for */
	}
	close(to_broker[1]);
	close(to_courier[1]);
	close(control);
	store.broker = to_broker[0];
	store.courier = to_courier[0];
	tell_kept();
}

int stop_by(int signal)
{
	int status = -1;

	if (signal)
		kill(store.pid, signal);
	else
		close(store.broker);
	/* It may be waiting for room in a socket; and what it said last is heard. */
	while (signal && waitpid(store.pid, &status, WNOHANG) == 0)
		pump(5);
	while (signal && pump(0) && poll(&(struct pollfd) { store.broker, POLLIN, 0 }, 1, 0) == 1)
		;
	if (!signal)
		waitpid(store.pid, &status, 0);
	else
		close(store.broker);
	close(store.courier);
	store.pid = 0;
	return status;
}

static void remove_state(void)
{
	char rm[96];

	if (!store.dir[0])
		return;
	snprintf(rm, sizeof(rm), "rm -rf %s", store.dir);
	must(!system(rm));
	close(store.state_dir);
	store.dir[0] = '\0';
}

void fresh(void)
{
	remove_state();
	/* In memory: what is tested is the order of steps, not the disk. */
	strcpy(store.dir,
	       access("/dev/shm", W_OK) ? "/tmp/gth-store-XXXXXX" : "/dev/shm/gth-store-XXXXXX");
	must(mkdtemp(store.dir));
	store.state_dir = open(store.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(store.state_dir >= 0);
	gth_config_free(&store.settings.config);
	gth_config_defaults(&store.settings.config);
	strcpy(store.settings.config.country, "DE");
	store.settings.config.poll = 0;
	store.settings.config.per_minute = 0;
	store.pace = (struct gth_store_pace) {
		.backoff_ms = 2,
		.backoff_max_ms = 20,
		.statement_s = 3600,
		.statistics_s = 86400,
		.ask_again_s = 300,
		.deletion_s = 3600,
		.wait_s = 1,
	};
	strcpy(keys.trust.region, REGION);
	region_fresh();
	broker_fresh();
}

void store_end(void)
{
	remove_state();
	gth_config_free(&store.settings.config);
	region_fresh();
	broker_fresh();
}

int files_in(const char *dir)
{
	char line[128];
	FILE *p;
	int n = -1;

	snprintf(line, sizeof(line), "ls -A %s/%s | wc -l", store.dir, dir);
	p = popen(line, "r");
	if (p && fscanf(p, "%d", &n) != 1)
		n = -1;
	if (p)
		pclose(p);
	return n;
}
