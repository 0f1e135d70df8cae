// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * daemon_bundle.c - the trust bundle on the disk becomes that of another region, at each
 * moment of a submission: the daemon with its real processes, and a gotthard-region that it
 * is installed for. A process that begins anew goes on with that one, until the reload.
 *
 * The other region is a port at which it is seen whether anybody comes.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/log/note.h"
#include "lib/log/tlog.h"
#include "lib/text/egress.h"
#include "lib/util/sha256.h"
#include "tests/unit/lib/daemon_process.h"
#include "tests/unit/lib/files.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/role_program.h"
#include "tests/unit/tap.h"

#define REGION "ch-test"
#define LARGE (32L << 20) /* bytes; more than the sockets between hold */

static int requests[2]; /* of the module, which the test plays */
static pid_t region, engine, daemon_pid;
static int other; /* the port of the other region */

struct asked {
	int fd;
	off_t size;
	uint8_t digest[32];
};

enum { BEFORE, LOOKED_UP, UPLOADING, FILES };
static struct asked files[FILES];

/* Records that the broker writes to the module; shared. */
static struct {
	unsigned int n;
	struct gth_verdict record[64];
} * written;

static int serve(void *arg)
{
	(void)arg;
	return fcntl(requests[0], F_DUPFD_CLOEXEC, 0);
}

static int write_verdicts(void *arg, const struct gth_verdict *records, unsigned int n)
{
	(void)arg;
	for (unsigned int i = 0; i < n && written->n < 64; i++)
		written->record[written->n++] = records[i];
	return 0;
}

/* Waits for a condition. */
#define until(condition)                                                                           \
	({                                                                                         \
		bool true_ = false;                                                                \
		for (int ms_ = 0; !(true_ = (condition)) && ms_ < PATIENCE_MS; ms_++)              \
			usleep(1000);                                                              \
		true_;                                                                             \
	})

static bool is_malicious(const struct asked *f)
{
	for (unsigned int i = 0; i < written->n; i++)
		if (!memcmp(written->record[i].digest, f->digest, 32))
			return written->record[i].class == GTH_CLASS_MALICIOUS;
	return false;
}

/* A port of this machine, listening. */
static int listen_at(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	must(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 16) &&
	     !getsockname(fd, (struct sockaddr *)&a, &len));
	*port = ntohs(a.sin_port);
	return fd;
}

static bool other_is_called(void)
{
	int fd = accept4(other, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static pid_t spawn(const char *command)
{
	pid_t pid = fork();

	must(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must(!chdir(daemon_dir));
	execl("/bin/sh", "sh", "-c", command, NULL);
	_exit(127);
}

static bool there(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", daemon_dir, name);
	return !access(path, F_OK);
}

/* Both regions enrol this endpoint; the first one is installed, and runs. */
static void make_regions(const char *top)
{
	char command[PATH_MAX + 128];
	int port, other_port, fd = listen_at(&port);

	other = listen_at(&other_port);
	close(fd);
	run("cd %s && gotthard-region init ch --region " REGION " --country CH --serves CH "
	    "--url https://localhost:%d >log && gotthard-region enrol ch host-1 installed >>log && "
	    "gotthard-region init us --region us-test --country US --serves CH "
	    "--url https://localhost:%d >>log && gotthard-region enrol us host-1 another >>log && "
	    "cp installed/* region/ && echo 'reply stream: Bad FOUND' >deed",
	    daemon_dir, port, other_port);
	snprintf(command, sizeof(command),
		 "exec python3 %s/tests/region/engine.py engine.sock deed", top);
	engine = spawn(command);
	must(until(there("engine.sock")));
	region = spawn("exec gotthard-region serve ch --clamd $PWD/engine.sock --ready-file ready "
		       "2>serve.log");
	must(until(there("ready")));
}

static void make_file(struct asked *f, int n, off_t size)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), "%s/file-%d", daemon_dir, n);
	snprintf(text, sizeof(text), "#!/bin/sh\necho %d %d\n", n, getpid());
	f->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	must(f->fd >= 0 && write(f->fd, text, strlen(text)) == (ssize_t)strlen(text));
	f->size = size > (off_t)strlen(text) ? size : (off_t)strlen(text);
	must(!ftruncate(f->fd, f->size) && !lseek(f->fd, 0, SEEK_SET) &&
	     !gth_sha256_fd(f->fd, f->digest) && !lseek(f->fd, 0, SEEK_SET));
}

/* The module has a task that waits for it. The broker has the descriptor by the same number. */
static void ask(const struct asked *f)
{
	struct gth_request r = { .size_of_record = sizeof(r),
				 .fd = f->fd,
				 .op = GTH_OP_EXEC,
				 .domain = GTH_DOMAIN_SHA256,
				 .size = (__u64)f->size,
				 .path = "/home/alice/bin/tool",
				 .comm = "bash" };

	memcpy(r.digest, f->digest, sizeof(f->digest));
	must(write(requests[1], &r, sizeof(r)) == sizeof(r));
}

static void install(const char *bundle)
{
	run("cp %s/%s/* %s/", daemon_dir, bundle, region_dir);
}

/* The bundle becomes another one, and then a process of the daemon begins anew. */
static void swap(const char *victim)
{
	pid_t pid = child_of(daemon_pid, victim);

	install("another");
	must(pid && !kill(pid, SIGKILL));
	must(wait_child(daemon_pid, victim, pid));
}

/* Entries of the journal. */
struct told {
	const uint8_t *digest;
	unsigned int kinds[GTH_EGRESS_KINDS]; /* about that file */
	unsigned int elsewhere;		      /* of another region */
};

static int count_entry(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct told *t = arg;
	struct gth_egress e;

	(void)index;
	if (gth_egress_parse(&e, entry, len))
		return -EBADMSG;
	t->elsewhere += strcmp(e.region, REGION) != 0;
	t->kinds[e.kind] += t->digest && !memcmp(e.digest, t->digest, 32);
	return 0;
}

static struct told journal(const struct asked *f)
{
	struct told t = { .digest = f ? f->digest : NULL };
	char path[128], text[GTH_NOTE_KEY_SIZE + 1] = "";
	struct gth_checkpoint c;
	struct gth_verifier key;
	int fd, key_fd;

	snprintf(path, sizeof(path), "%s/state/egress", daemon_dir);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	key_fd = fd < 0 ? -1 : openat(fd, "key", O_RDONLY | O_CLOEXEC);
	/* Not begun yet. */
	if (key_fd < 0 || read(key_fd, text, sizeof(text) - 1) <= 0)
		t.elsewhere = ~0U;
	text[strcspn(text, "\n")] = '\0';
	if (!t.elsewhere && (gth_verifier_parse(&key, text) || gth_tlog_checkpoint(fd, &key, &c) ||
			     gth_tlog_each(fd, c.size, 0, count_entry, &t)))
		t.elsewhere = ~0U;
	if (key_fd >= 0)
		close(key_fd);
	if (fd >= 0)
		close(fd);
	return t;
}

/* Has the region a part of a file? */
static bool arrives(void)
{
	char path[128];
	struct dirent *e;
	struct stat st;
	bool some = false;
	DIR *d;

	snprintf(path, sizeof(path), "%s/ch/incoming", daemon_dir);
	d = opendir(path);
	must(d);
	while ((e = readdir(d)))
		some = some || (e->d_name[0] != '.' && !fstatat(dirfd(d), e->d_name, &st, 0) &&
				st.st_size > 0);
	closedir(d);
	return some;
}

/* It was judged by the region that is installed, and the other one heard of nothing. */
static void judged(const struct asked *f, const char *name)
{
	struct told t;

	if (!tap_ok(until(is_malicious(f)) && !other_is_called(), name))
		tap_note("%smalicious", is_malicious(f) ? "" : "not ");
	must(until(journal(f).kinds[GTH_EGRESS_DELETION]));
	t = journal(f);
	tap_ok(t.kinds[GTH_EGRESS_LOOKUP] && t.kinds[GTH_EGRESS_SUBMISSION] == 1 &&
		       t.kinds[GTH_EGRESS_UPLOAD] && !t.elsewhere,
	       "and_its_entries_name_that_region");
	install("installed");
}

static void test_before(void)
{
	struct asked *f = &files[BEFORE];

	swap("gth-courier");
	ask(f);
	judged(f, "swapped_before_the_ask");
}

/* The look-up has left, and has no answer: the rest of it comes from a store that begins anew. */
static void test_looked_up(void)
{
	struct asked *f = &files[LOOKED_UP];

	kill(region, SIGSTOP);
	ask(f);
	must(until(journal(f).kinds[GTH_EGRESS_LOOKUP]));
	tap_ok(!journal(f).kinds[GTH_EGRESS_SUBMISSION], "it_was_looked_up_and_not_sent");
	swap("gth-store");
	kill(region, SIGCONT);
	judged(f, "swapped_between_ask_and_upload");
}

/* A part of it has arrived. */
static void test_uploading(void)
{
	struct asked *f = &files[UPLOADING];

	ask(f);
	must(until(arrives()));
	kill(region, SIGSTOP);
	swap("gth-dialer");
	kill(region, SIGCONT);
	judged(f, "swapped_in_the_midst_of_the_upload");
	if (journal(f).kinds[GTH_EGRESS_UPLOAD] > 1)
		tap_ok(true, "it_was_sent_in_parts");
	else
		tap_skip("it_was_sent_in_parts", "all had arrived before the region was stopped");
}

static void test_reload(void)
{
	install("another");
	/* Its journal goes on under one key. */
	run("cp %s/installed/endpoint.key %s/", daemon_dir, region_dir);
	kill(daemon_pid, SIGHUP);
	tap_ok(until(other_is_called()), "the_reload_takes_the_other_one_up");
}

static void prepare(const char *top)
{
	static const struct gth_relay_device device = { serve, write_verdicts, NULL };
	char path[PATH_MAX + 4096];

	snprintf(path, sizeof(path), "%s/build:%s", top, getenv("PATH"));
	setenv("PATH", path, 1);
	prepare_daemon();
	configure("");
	daemon_device = &device;
	must(!pipe2(requests, O_CLOEXEC | O_NONBLOCK));
	written = mmap(NULL, sizeof(*written), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	must(written != MAP_FAILED);
	for (int i = 0; i < FILES; i++)
		make_file(&files[i], i, i == UPLOADING ? LARGE : 0);
}

int main(int argc, char **argv)
{
	char top[PATH_MAX];

	run_as_role(argc, argv);
	must(getcwd(top, sizeof(top)));
	if (access("build/gotthard-region", X_OK) || system("command -v python3 >/dev/null")) {
		tap_skip("bundle", "there is no build/gotthard-region, or no python3");
		return tap_done();
	}
	prepare(top);
	make_regions(top);
	daemon_pid = start_daemon();
	must(told("unknown files are looked up, region " REGION));
	test_before();
	test_looked_up();
	test_uploading();
	test_reload();
	tap_is(end_daemon(daemon_pid), 0, "ends_orderly");
	kill(region, SIGTERM);
	kill(engine, SIGTERM);
	remove_daemon();
	return tap_done();
}
