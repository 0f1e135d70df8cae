// SPDX-License-Identifier: GPL-2.0-or-later
/* daemon_process.c - the broker with its real children. */
#include "tests/unit/lib/daemon_process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
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

#include "tests/unit/lib/bundle.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/tap.h"

char daemon_dir[] = "/tmp/gth-daemon-XXXXXX";
char region_dir[64], daemon_control[64];
const struct gth_children_pace *daemon_pace;
const struct gth_relay_device *daemon_device;
int notices;

static char config[64];
static int ends[2] = { -1, -1 };
static unsigned int *served; /* shared with the broker */

/* The write end is the module's: it sees the other one being closed. */
static int fake_serve(void *arg)
{
	(void)arg;
	if (ends[1] >= 0)
		close(ends[1]);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	++*served;
	return ends[0];
}

static int fake_write(void *arg, const struct gth_verdict *records, unsigned int n)
{
	(void)arg, (void)records, (void)n;
	return 0;
}

const char *daemon_user(void)
{
	return geteuid() ? getpwuid(geteuid())->pw_name : "nobody";
}

void configure(const char *more)
{
	write_file(daemon_dir, "gotthardd.conf", 0644,
		   "[endpoint]\ncountry = CH\nregion = %s/region\nstate = %s/state\nuser = %s\n"
		   "network_user = %s\n%s",
		   daemon_dir, daemon_dir, daemon_user(), daemon_user(), more);
}

static void listen_to_notices(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "%s/notify", daemon_dir);
	notices = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(!bind(notices, (struct sockaddr *)&a, sizeof(a)));
	setenv("NOTIFY_SOCKET", a.sun_path, 1);
	setenv("WATCHDOG_USEC", "2000000", 1);
}

void prepare_daemon(void)
{
	const struct passwd *pw = getpwnam(daemon_user());
	char state[64];

	served = mmap(NULL, sizeof(*served), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	must(served != MAP_FAILED && pw);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	must(mkdtemp(daemon_dir) && !chmod(daemon_dir, 0755));
	snprintf(config, sizeof(config), "%s/gotthardd.conf", daemon_dir);
	snprintf(daemon_control, sizeof(daemon_control), "%s/control", daemon_dir);
	snprintf(region_dir, sizeof(region_dir), "%s/region", daemon_dir);
	snprintf(state, sizeof(state), "%s/state", daemon_dir);
	must(!mkdir(region_dir, 0755) && !mkdir(state, 0755));
	run("cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
	    "-subj /CN=endpoint -keyout client.key -out client.pem 2>../log && cp client.pem ca.pem",
	    region_dir);
	must(geteuid() || !chown(state, pw->pw_uid, pw->pw_gid));
	write_trust(region_dir, "ch-test", "CH", 1);
	write_endpoint_key(region_dir);
	listen_to_notices();
}

void remove_daemon(void)
{
	run("rm -rf %s", daemon_dir);
}

unsigned int serves(void)
{
	return *served;
}

bool told(const char *words)
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

pid_t start_daemon(void)
{
	static const struct gth_relay_device device = { fake_serve, fake_write, NULL };
	const struct gth_broker_options o = {
		.role = { .config = config },
		.control = daemon_control,
		.device = daemon_device ? daemon_device : &device,
		.ended = -1,
		.pace = daemon_pace,
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

pid_t child_of(pid_t parent, const char *name)
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

pid_t wait_child(pid_t parent, const char *name, pid_t other)
{
	for (int ms = 0; ms < PATIENCE_MS; ms += 20) {
		pid_t pid = child_of(parent, name);

		if (pid && pid != other)
			return pid;
		usleep(20000);
	}
	tap_note("no other %s came", name);
	return 0;
}

int end_daemon(pid_t pid)
{
	int status = -1;

	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	return status;
}
