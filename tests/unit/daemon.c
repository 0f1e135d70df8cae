// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon.c - the broker with its real children, and a module that is played by the
 * test: what it says to the service manager, and what the death of each child does.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/broker/broker.h"
#include "lib/log/note.h"
#include "tap.h"

#define PATIENCE_MS 60000

static char dir[] = "/tmp/gth-daemon-XXXXXX";
static char config[256], control[256];
static int notices; /* what the broker tells the service manager */

static struct {
	unsigned int serves;
} * module;

static int ends[2] = { -1, -1 };

/* The write end is the module's: it sees the other one being closed. */
static int fake_serve(void *arg)
{
	(void)arg;
	if (ends[1] >= 0)
		close(ends[1]);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	module->serves++;
	return ends[0];
}

static int fake_write(void *arg, const struct gth_verdict *records, unsigned int n)
{
	(void)arg, (void)records, (void)n;
	return 0;
}

static void write_file(const char *name, mode_t mode, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void write_file(const char *name, mode_t mode, const char *format, ...)
{
	char path[300];
	va_list args;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		exit(1);
	va_start(args, format);
	vfprintf(f, format, args);
	va_end(args);
	if (fclose(f) || chmod(path, mode))
		exit(1);
}

static void run(const char *format, const char *arg)
{
	char command[1024];

	snprintf(command, sizeof(command), format, arg, arg, arg, arg);
	if (system(command)) {
		printf("Bail out! failed: %s\n", command);
		exit(1);
	}
}

static void write_trust(const char *region, const char *country, int port)
{
	char name[GTH_REGION_SIZE + 16], *trust;
	struct gth_trust t = { .serves.n = 1 };
	struct gth_signer s;

	snprintf(t.region, sizeof(t.region), "%s", region);
	snprintf(t.country, sizeof(t.country), "%s", country);
	snprintf(t.url, sizeof(t.url), "https://localhost:%d", port);
	snprintf(name, sizeof(name), "%s/statement", region);
	strcpy(t.serves.code[0], "CH");
	if (gth_signer_create(&s, name))
		exit(1);
	t.statement_key = s.verifier;
	if (gth_trust_format(&t, &trust))
		exit(1);
	write_file("region/trust", 0644, "%s", trust);
	free(trust);
}

static void write_endpoint_key(void)
{
	char text[GTH_NOTE_KEY_SIZE];
	struct gth_signer s;

	if (gth_signer_create(&s, "endpoint") || gth_signer_format(&s, text))
		exit(1);
	write_file("region/endpoint.key", 0644, "%s\n", text);
}

static const char *user(void)
{
	return geteuid() ? getpwuid(geteuid())->pw_name : "nobody";
}

static void configure(const char *more)
{
	write_file("gotthardd.conf", 0644,
		   "[endpoint]\ncountry = CH\nregion = %s/region\nstate = %s/state\nuser = %s\n"
		   "network_user = %s\n%s",
		   dir, dir, user(), user(), more);
}

static void prepare(void)
{
	const struct passwd *pw = getpwnam(user());
	char state[300];

	if (!mkdtemp(dir) || chmod(dir, 0755))
		exit(1);
	snprintf(config, sizeof(config), "%s/gotthardd.conf", dir);
	snprintf(control, sizeof(control), "%s/control", dir);
	run("mkdir %s/region %s/state && cd %s/region && openssl req -x509 -newkey ec "
	    "-pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=endpoint "
	    "-keyout client.key -out client.pem 2>../log && cp client.pem ca.pem",
	    dir);
	snprintf(state, sizeof(state), "%s/state", dir);
	if (!geteuid() && chown(state, pw->pw_uid, pw->pw_gid))
		exit(1);
	write_trust("ch-test", "CH", 1);
	write_endpoint_key();
}

static void listen_to_notices(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/notify", dir);
	notices = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(notices, (struct sockaddr *)&a, sizeof(a)))
		exit(1);
	setenv("NOTIFY_SOCKET", a.sun_path, 1);
	setenv("WATCHDOG_USEC", "2000000", 1);
}

/* Waits until the service manager is told something with these words. */
static bool told(const char *words)
{
	struct pollfd p = { .fd = notices, .events = POLLIN };
	time_t until = time(NULL) + PATIENCE_MS / 1000;
	char text[1024];

	/* The watchdog is pinged meanwhile: silence is not what ends this. */
	while (time(NULL) < until && poll(&p, 1, PATIENCE_MS) == 1) {
		ssize_t n = recv(notices, text, sizeof(text) - 1, 0);

		if (n < 0)
			return false;
		text[n] = '\0';
		if (strstr(text, words))
			return true;
	}
	tap_note("nobody said: %s", words);
	return false;
}

/*
 * For processes that are stopped: longer than any of them waits for something to do, and shorter
 * than this test.
 */
static const struct gth_crew_pace quick = {
	.silence = { [GTH_ROLE_STORE] = 24000,
		     [GTH_ROLE_COURIER] = 24000,
		     [GTH_ROLE_DIALER] = 24000 },
	.longer = 24000,
	.dying = 60000,
	.delay_min = 1000,
	.delay_max = 2000,
	.proven = 10000,
};

static const struct gth_crew_pace *pace; /* NULL: the usual one */

static pid_t start(void)
{
	static const struct gth_desk_device device = { fake_serve, fake_write, NULL };
	const struct gth_broker_options o = {
		.role = { .config = config },
		.control = control,
		.device = &device,
		.ended = -1,
		.pace = pace,
	};
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!freopen("/dev/null", "w", stdout))
		_exit(1);
	if (gth_broker_signals())
		_exit(1);
	/* exit(3): what leaks is found */
	exit(gth_broker_run(&o) ? 1 : 0);
}

/* The child of @parent with this name; 0: there is none. */
static pid_t child(pid_t parent, const char *name)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	pid_t found = 0;

	while (!found && (e = readdir(d))) {
		char path[300], comm[64], state;
		int pid, ppid;
		FILE *f;

		snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
		f = atoi(e->d_name) > 0 ? fopen(path, "re") : NULL;
		if (!f)
			continue;
		if (fscanf(f, "%d (%63[^)]) %c %d", &pid, comm, &state, &ppid) == 4 &&
		    ppid == parent && state != 'Z' && !strcmp(comm, name))
			found = pid;
		fclose(f);
	}
	closedir(d);
	return found;
}

/* Waits for a child of that name which is not @other. */
static pid_t wait_child(pid_t parent, const char *name, pid_t other)
{
	for (int ms = 0; ms < PATIENCE_MS; ms += 20) {
		pid_t pid = child(parent, name);

		if (pid && pid != other)
			return pid;
		usleep(20000);
	}
	tap_note("no other %s came", name);
	return 0;
}

static int end(pid_t pid)
{
	int status = -1;

	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return status;
}

static void test_without_configuration(void)
{
	pid_t pid = start();

	tap_ok(told("nothing is forwarded: there is no configuration"), "no_configuration_is_told");
	tap_ok(told("WATCHDOG=1"), "watchdog_is_pinged");
	tap_is(child(pid, "gth-store"), 0, "no_child_is_started");
	tap_is(module->serves, 0, "nobody_serves_the_module");
	write_file("gotthardd.conf", 0644, "[endpoint]\n");
	kill(pid, SIGHUP);
	tap_ok(told("RELOADING=1") && told("READY=1"), "reloading_is_told");
	tap_ok(told("country of this machine's user is not set"), "missing_country_is_told");
	write_file("gotthardd.conf", 0644, "[nonsense]\n");
	kill(pid, SIGHUP);
	tap_ok(told("RELOADING=1") && told("READY=1"), "wrong_configuration_ends_nothing");
	tap_ok(told("gotthardd.conf:1: there is no section 'nonsense'"), "and_says_why");
	tap_is(end(pid), 0, "ends_orderly_without_children");
}

static void test_children(void)
{
	pid_t pid, store, courier, dialer, other;
	unsigned int serves;
	struct stat st;

	configure("");
	pid = start();
	tap_ok(told("nobody answers the module yet"), "begins_without_answers");
	tap_ok(told("unknown files are asked for, region ch-test"), "ready_store_makes_it_serve");
	tap_ok(!stat(control, &st) && S_ISSOCK(st.st_mode) && (st.st_mode & 0777) == 0600,
	       "control_socket_is_its_owner's");
	store = wait_child(pid, "gth-store", 0);
	courier = wait_child(pid, "gth-courier", 0);
	dialer = wait_child(pid, "gth-dialer", 0);
	tap_ok(store && courier && dialer, "three_children_run");

	kill(courier, SIGKILL);
	courier = wait_child(pid, "gth-courier", courier);
	other = wait_child(pid, "gth-dialer", dialer);
	tap_ok(courier && other, "dead_courier_is_replaced_with_its_dialer");
	tap_is(child(pid, "gth-store"), store, "the_store_goes_on_meanwhile");
	dialer = other;
	kill(dialer, SIGKILL);
	other = wait_child(pid, "gth-courier", courier);
	tap_ok(other && wait_child(pid, "gth-dialer", dialer), "dead_dialer_is_replaced");

	serves = module->serves;
	kill(store, SIGKILL);
	tap_ok(told("nobody answers the module yet"), "dead_store_ends_serving");
	tap_ok(told("unknown files are asked for"), "another_store_serves_again");
	tap_is(module->serves, serves + 1, "by_a_new_descriptor");
	store = wait_child(pid, "gth-store", store);

	courier = wait_child(pid, "gth-courier", 0);
	configure("[send]\nlookup = off\n");
	kill(pid, SIGHUP);
	tap_ok(told("READY=1") && wait_child(pid, "gth-courier", courier),
	       "changed_configuration_starts_the_courier_anew");
	tap_is(child(pid, "gth-store"), store, "and_keeps_the_store");

	tap_is(end(pid), 0, "ends_orderly");
	tap_ok(kill(store, 0) && errno == ESRCH, "and_leaves_no_store_behind");
	tap_ok(stat(control, &st) && errno == ENOENT, "nor_a_socket");
}

/* What gotthardctl is answered. */
static bool answers(const char *command, const char *words)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	char text[4096] = "";
	ssize_t n = -1;

	memcpy(a.sun_path, control, strlen(control));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)) &&
	    send(fd, command, strlen(command), 0) > 0)
		n = recv(fd, text, sizeof(text) - 1, 0);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (!strstr(text, words))
		tap_note("answered: %s", text);
	return strstr(text, words);
}

/* Whatever is wrong at a reload: nothing is sent any more, and everybody is told why. */
static void narrows(pid_t pid, const char *why, const char *name)
{
	kill(pid, SIGHUP);
	tap_ok(told("RELOADING=1") && told("READY=1") && told(why) && answers("status", why) &&
		       !child(pid, "gth-store") && !child(pid, "gth-courier") &&
		       !child(pid, "gth-dialer"),
	       name);
}

static void widens(pid_t pid, const char *name)
{
	configure("");
	kill(pid, SIGHUP);
	tap_ok(told("unknown files are asked for"), name);
}

static void test_narrowing(void)
{
	char path[300], other[310];
	pid_t pid;

	configure("");
	pid = start();
	tap_ok(told("unknown files are asked for"), "begins_with_all_that_is_allowed");
	configure("[send]\nlookup = perhaps\n");
	narrows(pid, "gotthardd.conf:8: 'lookup': expected on or off",
		"a_typing_error_sends_nothing");
	tap_ok(answers("drop x", "\"ok\":false") && answers("forget x", "\"store\":false"),
	       "other_commands_are_told_why_they_cannot_be");
	widens(pid, "the_error_mended_goes_on");
	configure("[exclude]\nowner = gth-no-such\n");
	narrows(pid, "no user 'gth-no-such'", "an_owner_who_is_unknown_sends_nothing");
	configure("[exclude]\nfilesystem = nfs44\n");
	narrows(pid, "no type 'nfs44'", "a_filesystem_that_is_unknown_sends_nothing");
	widens(pid, "exclusions_mended_go_on");
	snprintf(path, sizeof(path), "%s/gotthardd.conf", dir);
	unlink(path);
	narrows(pid, "there is no configuration", "a_configuration_that_vanished_sends_nothing");
	widens(pid, "a_configuration_that_came_back_goes_on");
	snprintf(path, sizeof(path), "%s/region", dir);
	snprintf(other, sizeof(other), "%s-away", path);
	if (rename(path, other))
		exit(1);
	narrows(pid, "region: No such file", "a_bundle_that_vanished_sends_nothing");
	if (rename(other, path))
		exit(1);
	widens(pid, "a_bundle_that_came_back_goes_on");
	snprintf(path, sizeof(path), "%s/region/client.key", dir);
	snprintf(other, sizeof(other), "%s-away", path);
	if (rename(path, other))
		exit(1);
	write_file("region/client.key", 0600, "nonsense\n");
	narrows(pid, "client.key is not a private key", "a_key_that_is_none_sends_nothing");
	if (rename(other, path))
		exit(1);
	widens(pid, "and_its_own_goes_on");
	tap_is(end(pid), 0, "ends_orderly_after_all_of_this");
}

/* A region as far as the network knows: where somebody calls. It answers nothing. */
static int region_at(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		exit(1);
	*port = ntohs(a.sin_port);
	return fd;
}

/* Those who have called until now; they are hung up on. */
static unsigned int calls(int fd)
{
	unsigned int n = 0;
	int peer;

	while ((peer = accept(fd, NULL, NULL)) >= 0) {
		close(peer);
		n++;
	}
	return n;
}

static bool is_called(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, PATIENCE_MS) == 1 && calls(fd);
}

/*
 * The bundle of another region is copied over the installed one. Whoever dies and
 * begins anew afterwards: the region that was installed is called, until the reload.
 */
static void test_bundle_swapped(void)
{
	static const char *const victims[] = { "gth-courier", "gth-dialer", "gth-store" };
	int swiss_port, other_port, swiss = region_at(&swiss_port), other = region_at(&other_port);
	char name[64];
	pid_t pid;

	write_trust("ch-test", "CH", swiss_port);
	configure("");
	pid = start();
	tap_ok(is_called(swiss), "the_installed_region_is_called");
	write_trust("us-test", "US", other_port);
	tap_ok(is_called(swiss) && !calls(other), "another_bundle_on_the_disk_changes_nothing");
	for (size_t i = 0; i < sizeof(victims) / sizeof(*victims); i++) {
		pid_t victim = wait_child(pid, victims[i], 0);

		snprintf(name, sizeof(name), "nor_when_a_%s_begins_anew", victims[i] + 4);
		kill(victim, SIGKILL);
		tap_ok(wait_child(pid, victims[i], victim) && (calls(swiss), is_called(swiss)) &&
			       !calls(other),
		       name);
	}
	kill(pid, SIGHUP);
	tap_ok(told("region us-test") && is_called(other), "the_reload_takes_it_up");
	calls(swiss);
	kill(wait_child(pid, "gth-courier", 0), SIGKILL);
	calls(other);
	tap_ok(is_called(other) && !calls(swiss), "and_the_one_before_is_not_called_any_more");
	tap_is(end(pid), 0, "ends_orderly_with_the_other_one");
	close(swiss);
	close(other);
	write_trust("ch-test", "CH", 1);
}

static void test_killed(void)
{
	pid_t pid = start(), store, courier;
	int gone = 0, status;

	tap_ok(told("unknown files are asked for"), "begins_again_after_an_end");
	store = wait_child(pid, "gth-store", 0);
	courier = wait_child(pid, "gth-courier", 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* They are the test's now; one that hangs makes it time out. */
	gone += waitpid(store, &status, 0) == store;
	gone += waitpid(courier, &status, 0) == courier;
	tap_is(gone, 2, "children_do_not_outlive_a_killed_broker");
	pid = start();
	tap_ok(told("unknown files are asked for"), "a_socket_left_behind_is_replaced");
	tap_is(end(pid), 0, "and_ends_orderly");
}

/*
 * A manager that reads nothing, and whose queue is full: the daemon goes on, and what it
 * has to know it learns later, each once and in order.
 */
static void test_manager_stopped(void)
{
	char text[1024];
	unsigned int full = 0, reloads = 0;
	ssize_t n;
	pid_t pid = start();
	int flags = fcntl(notices, F_GETFL);
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int other = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	tap_ok(told("unknown files are asked for"), "begins_under_a_manager_that_reads");
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/notify", dir);
	while (sendto(other, "full", 4, 0, (struct sockaddr *)&a, sizeof(a)) == 4)
		full++;
	close(other);
	tap_ok(full && errno == EAGAIN, "the_manager's_queue_is_full");
	kill(pid, SIGHUP);
	tap_ok(wait_child(pid, "gth-courier", wait_child(pid, "gth-courier", 0)),
	       "it_reloads_although_the_manager_does_not_read");
	tap_ok(told("RELOADING=1") && told("READY=1"), "and_the_manager_learns_of_it");
	tap_ok(told("WATCHDOG=1"), "and_that_it_lives");
	fcntl(notices, F_SETFL, flags | O_NONBLOCK);
	while ((n = recv(notices, text, sizeof(text) - 1, 0)) > 0) {
		text[n] = '\0';
		reloads += strstr(text, "RELOADING=1") != NULL;
	}
	fcntl(notices, F_SETFL, flags);
	tap_is(reloads, 0, "of_one_reload_once");
	tap_is(end(pid), 0, "and_ends_orderly_after_that");
}

/* What gotthardctl status asks the broker itself. */
static bool health(const char *words)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	static char text[16384];
	ssize_t n = -1;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/health", dir);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)))
		n = recv(fd, text, sizeof(text) - 1, 0);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return strstr(text, words);
}

static bool becomes(const char *words)
{
	for (int ms = 0; ms < PATIENCE_MS; ms += 100) {
		if (health(words))
			return true;
		usleep(100000);
	}
	tap_note("health does not say: %s", words);
	return false;
}

/* Stopped, each of the real processes is named, ended, and replaced; and then all is well. */
static void test_stopped(void)
{
	static const char *const roles[] = { "store", "courier" };
	char words[80], name[64];
	pid_t pid, victim, other;

	pace = &quick;
	configure("");
	pid = start();
	tap_ok(told("unknown files are asked for") && becomes("\"problems\":[]") &&
		       health("\"name\":\"store\",\"state\":\"runs\""),
	       "processes_that_go_on_are_no_problem");
	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		snprintf(name, sizeof(name), "gth-%s", roles[i]);
		victim = wait_child(pid, name, 0);
		kill(victim, SIGSTOP);
		snprintf(words, sizeof(words), "the %s has not gone on for", roles[i]);
		snprintf(name, sizeof(name), "a_stopped_%s_is_named", roles[i]);
		tap_ok(becomes(words), name);
		snprintf(words, sizeof(words), "the %s failed: it had not gone on", roles[i]);
		snprintf(name, sizeof(name), "its_end_is_told_of_the_%s", roles[i]);
		tap_ok(becomes(words), name);
		snprintf(name, sizeof(name), "gth-%s", roles[i]);
		other = wait_child(pid, name, victim);
		snprintf(name, sizeof(name), "another_%s_takes_its_place", roles[i]);
		tap_ok(other && kill(victim, 0) && errno == ESRCH, name);
		snprintf(name, sizeof(name), "all_is_well_with_the_new_%s", roles[i]);
		tap_ok(becomes("\"problems\":[]"), name);
	}
	tap_ok(told("WATCHDOG=1"), "the_manager_is_told_that_the_daemon_lives");
	tap_is(end(pid), 0, "ends_orderly_after_processes_were_stopped");
	pace = NULL;
}

static void test_bad_user(void)
{
	pid_t pid;

	write_file("gotthardd.conf", 0644,
		   "[endpoint]\ncountry = CH\nregion = %s/region\nstate = %s/state\n"
		   "user = gth-no-such\nnetwork_user = %s\n",
		   dir, dir, user());
	pid = start();
	tap_ok(told("nobody answers the module yet"), "missing_user_is_no_end_of_the_daemon");
	tap_ok(told("WATCHDOG=1"), "which_goes_on");
	tap_ok(becomes("the store failed: 2 times; the last time it ended with status 1; it is started "
		       "again in"),
	       "and_tells_of_a_store_that_ends_again_and_again");
	tap_is(end(pid), 0, "and_ends_orderly_without_a_store");
}

int main(int argc, char **argv)
{
	if (argc >= 5 && !strcmp(argv[1], "--role")) {
		const struct gth_role_options o = { .device = NULL };
		enum gth_role role;

		if (gth_role_parse(argv[2], &role))
			return 2;
		_exit(gth_role_run(role, &o));
	}
	module = mmap(NULL, sizeof(*module), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prepare();
	listen_to_notices();
	test_without_configuration();
	test_children();
	test_narrowing();
	test_bundle_swapped();
	test_killed();
	test_manager_stopped();
	test_stopped();
	test_bad_user();
	run("rm -rf %s", dir);
	return tap_done();
}
