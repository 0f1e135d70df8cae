/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_region.h - the other ends of the store, for tests: a broker that notes what
 * it hears, and a courier that answers as a region would, or as a bad one does.
 *
 * The store runs in a child. The test waits for what must come, never for a time.
 */
#ifndef GTH_TEST_FAKE_REGION_H
#define GTH_TEST_FAKE_REGION_H

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/store/file_info.h"
#include "daemon/message.h"
#include "daemon/settings.h"
#include "daemon/store/store.h"
#include "lib/text/egress.h"
#include "lib/text/exchange.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/text/residency.h"
#include "lib/util/sha256.h"
#include "lib/log/tlog.h"

#define REGION "ch1.example"
#define ENDPOINT "laptop-7"
#define FILES_MAX 512
#define PATIENCE_S 60 /* a test that waits for longer has failed */

/* What the region has of a submission. */
struct upload {
	char id[GTH_UUID_SIZE];
	struct gth_submission note;
	uint8_t note_digest[32];
	char *data;
	size_t have;
	bool complete, deleted;
};

/* How the region misbehaves. */
struct faults {
	bool down;		       /* no answer to anything */
	bool mute[GTH_ORDERS];	       /* nothing comes back at all */
	bool refuse;		       /* uploads are not wanted */
	bool cut;		       /* the next upload breaks off in the middle */
	bool bad_receipt, bad_verdict; /* signed by another key */
	bool foreign_verdict;	       /* for another file */
	bool lose_receipt;	       /* the answer to the next upload is lost */
	unsigned int busy;	       /* so many answers are 429 */
	uint32_t retry_after;	       /* … with this */
	unsigned int create_status;    /* not 0: the answer to PUT */
	const char *create_type;
	bool garbage;	    /* answers are no JSON */
	const char *status; /* of a submission, without a verdict */
	int endless_feed;   /* always another page: 1: of verdicts; 2: of nothing that holds */
	bool creep;	    /* an upload gets on by one byte */
	bool cut_all;	    /* every upload breaks off before it gets on */
	bool forgets;	    /* half of an upload is told of, and then it is unknown */
};

static struct {
	/* keys */
	struct gth_signer statement_key, region_key, endpoint_key, other_key;
	struct gth_age_identity age;
	struct gth_trust trust;
	char *statement; /* note */
	struct faults faults;
	/* what was seen */
	struct upload uploads[FILES_MAX];
	size_t n;
	unsigned int orders[GTH_ORDERS], cancelled;
	uint64_t bytes;	  /* of ciphertext that were sent, cut ones included */
	uint64_t offered; /* … that could have been */
	char statistics[1024], cursor[128];
	json_t *verdicts;	      /* for GET /v1/verdicts */
	uint8_t known[FILES_MAX][32]; /* files that have a verdict without an upload */
	size_t known_n;
	uint64_t verdict_life; /* s */

	/* the store */
	pid_t pid;
	int broker, courier, control_client;
	char dir[64], control[108];
	int state_dir;
	struct gth_settings settings;
	char config_file[96];
	struct gth_store_pace pace;

	/* what the broker heard */
	struct {
		uint8_t digest[32];
		int finding; /* the last; -1: none */
		unsigned int verdicts, unknown, forgotten;
	} heard[FILES_MAX];
	size_t heard_n;
	unsigned int statements, ready, unable;
	struct gth_frontier kept; /* the journal's head, as the broker keeps it */
	int unkept;		  /* not 0: the broker does not know it: errno */
	bool order_wrong;	  /* a verdict before a statement */
} w;

static void die(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	fflush(stdout);
	if (w.pid > 0)
		kill(w.pid, SIGKILL);
	_exit(1);
}

#define must(condition) ((condition) ? (void)0 : die(#condition))

static char *signed_note(char *text, const struct gth_signer *key)
{
	char *note = NULL;

	must(!gth_note_sign(text, key, &note));
	free(text);
	return note;
}

/* A statement that holds, unless told otherwise. */
static char *make_statement(const struct gth_signer *key, const char *country, int64_t issued,
			    int64_t expires)
{
	struct gth_statement s = { .max_size = 1 << 20, .retention = 3600 };
	char *text = NULL;
	uint64_t now = (uint64_t)time(NULL);

	strcpy(s.region, w.trust.region[0] ? w.trust.region : REGION);
	strcpy(s.country, country);
	s.issued = now + (uint64_t)issued;
	s.expires = now + (uint64_t)expires;
	must(!gth_age_identity_recipient(&w.age, &s.recipient));
	s.region_key = w.region_key.verifier;
	s.serves = w.trust.serves;
	must(!gth_statement_format(&s, &text));
	return signed_note(text, key);
}

static void set_statement(char *note)
{
	free(w.statement);
	w.statement = note;
}

static char *make_verdict(const uint8_t digest[32], enum gth_finding finding, int64_t issued)
{
	struct gth_region_verdict v = { .region = REGION, .finding = finding };
	char *text = NULL;

	memcpy(v.digest, digest, 32);
	if (w.faults.foreign_verdict)
		v.digest[0] ^= 1;
	strcpy(v.name, finding == GTH_FINDING_MALICIOUS ? "Test.Evil" : "none");
	strcpy(v.engine, "fake 1");
	strcpy(v.database, "7");
	v.issued = (uint64_t)(time(NULL) + issued);
	v.expires = v.issued + w.verdict_life;
	must(!gth_region_verdict_format(&v, &text));
	return signed_note(text, w.faults.bad_verdict ? &w.other_key : &w.region_key);
}

/* What the region finds in what it was sent: it opens the file as only it can. */
static enum gth_finding analyse(const struct upload *u)
{
	char path[] = "/tmp/gth-fake-XXXXXX", plain[] = "/tmp/gth-fake-XXXXXX", *text;
	int in = mkstemp(path), out = mkstemp(plain);
	uint8_t digest[32];
	enum gth_finding finding;
	off_t size;

	unlink(path);
	unlink(plain);
	must(!gth_write_all(in, u->data, u->have) && !lseek(in, 0, SEEK_SET));
	must(!gth_age_decrypt(in, out, &w.age, 1 << 24));
	size = lseek(out, 0, SEEK_END);
	must(!lseek(out, 0, SEEK_SET) && !gth_sha256_fd(out, digest));
	must(!memcmp(digest, u->note.digest, 32) && (uint64_t)size == u->note.size);
	text = calloc(1, (size_t)size + 1);
	must(text && gth_pread_full(out, text, (size_t)size, 0) == size);
	finding = strstr(text, "EVIL")	    ? GTH_FINDING_MALICIOUS
		  : strstr(text, "ODD")	    ? GTH_FINDING_SUSPICIOUS
		  : strstr(text, "STRANGE") ? GTH_FINDING_UNKNOWN
					    : GTH_FINDING_BENIGN;
	free(text);
	close(in);
	close(out);
	return finding;
}

static struct upload *upload_of(const char *id)
{
	for (size_t i = 0; i < w.n; i++)
		if (!strcmp(w.uploads[i].id, id))
			return &w.uploads[i];
	return NULL;
}

static void reply(uint64_t number, const struct gth_result *r, const char *body)
{
	static struct gth_message m;
	size_t len = body ? strlen(body) : 0;

	m.type = GTH_MSG_RESULT;
	m.number = number;
	m.size = (uint32_t)(sizeof(*r) + len);
	memcpy(m.body, r, sizeof(*r));
	if (len)
		memcpy(m.body + sizeof(*r), body, len);
	gth_message_send(w.courier, &m, -1); /* a store that was killed does not hear it */
}

static char *make_receipt(const struct upload *u)
{
	struct gth_receipt r = { .region = REGION };
	char *text = NULL;

	memcpy(r.id, u->id, sizeof(r.id));
	memcpy(r.submission_digest, u->note_digest, 32);
	memcpy(r.cipher_digest, u->note.cipher_digest, 32);
	r.received = (uint64_t)time(NULL);
	r.delete_by = r.received + 3600;
	must(!gth_receipt_format(&r, &text));
	return signed_note(text, w.faults.bad_receipt ? &w.other_key : &w.region_key);
}

static char *make_deletion(const struct upload *u)
{
	struct gth_deletion d = { .region = REGION };
	char *text = NULL;

	memcpy(d.id, u->id, sizeof(d.id));
	memcpy(d.cipher_digest, u->note.cipher_digest, 32);
	d.deleted = (uint64_t)time(NULL);
	must(!gth_deletion_format(&d, &text));
	return signed_note(text, &w.region_key);
}

static char *lookup_answer(const struct gth_order *o, struct gth_result *r)
{
	for (size_t i = 0; i < w.known_n; i++)
		if (!memcmp(w.known[i], o->digest, 32))
			return make_verdict(o->digest, GTH_FINDING_BENIGN, 0);
	r->status = 404;
	return strdup(w.faults.refuse ? "{\"type\":\"urn:gotthard:unknown-file\",\"upload\":false}"
				      : "{\"type\":\"urn:gotthard:unknown-file\",\"upload\":true}");
}

static char *create_answer(const struct gth_order *o, const char *note, struct gth_result *r)
{
	struct upload *u = upload_of(o->id);
	size_t len;
	char *problem;

	if (w.faults.create_status) {
		r->status = w.faults.create_status;
		must(asprintf(&problem, "{\"type\":\"urn:gotthard:%s\",\"detail\":\"no\"}",
			      w.faults.create_type) > 0);
		w.faults.create_status = 0;
		return problem;
	}
	r->status = u ? 200 : 201;
	if (u)
		return NULL;
	must(w.n < FILES_MAX);
	u = &w.uploads[w.n++];
	memset(u, 0, sizeof(*u));
	must(!gth_note_verify(note, strlen(note), &w.endpoint_key.verifier, 1, &len));
	must(!gth_submission_parse(&u->note, note, len));
	must(!strcmp(u->note.id, o->id) && !strcmp(u->note.endpoint, ENDPOINT));
	must(!gth_sha256(note, strlen(note), u->note_digest));
	memcpy(u->id, o->id, sizeof(u->id));
	u->data = calloc(1, u->note.cipher_size);
	must(u->data);
	return NULL;
}

static char *upload_answer(const struct gth_order *o, int file, struct gth_result *r)
{
	struct upload *u = upload_of(o->id);
	uint8_t digest[32];
	size_t part;

	must(u && file >= 0 && o->size == u->note.cipher_size);
	w.offered += o->size - o->offset;
	if (w.faults.forgets) {
		r->status = 404;
		return strdup("{}");
	}
	if (w.faults.cut_all) {
		r->error = -ECONNRESET;
		return NULL;
	}
	if (w.faults.creep) {
		r->status = 204;
		r->offset = o->offset + 1;
		return NULL;
	}
	if (o->offset != u->have) {
		r->status = 409;
		r->offset = u->have;
		return strdup("{\"type\":\"urn:gotthard:mismatching-upload-offset\"}");
	}
	part = o->size - o->offset;
	if (w.faults.cut)
		part /= 2;
	must(gth_pread_full(file, u->data + u->have, part, (off_t)o->offset) == (ssize_t)part);
	u->have += part;
	w.bytes += part;
	r->sent = part;
	if (w.faults.cut) {
		w.faults.cut = false;
		r->error = -ECONNRESET;
		return NULL;
	}
	must(!gth_sha256(u->data, u->have, digest) && !memcmp(digest, u->note.cipher_digest, 32));
	u->complete = true;
	if (w.faults.lose_receipt) {
		w.faults.lose_receipt = false;
		r->error = -ECONNRESET;
		return NULL;
	}
	return make_receipt(u);
}

static char *wait_answer(const struct gth_order *o, struct gth_result *r)
{
	struct upload *u = upload_of(o->id);
	char *receipt, *verdict = NULL, *deletion = NULL, *text;
	json_t *json;

	if (!u) {
		r->status = 404;
		return strdup("{}");
	}
	if (w.faults.garbage)
		return strdup("{\"status\":\"completed\",\"status\":\"completed\"}");
	receipt = u->complete ? make_receipt(u) : NULL;
	if (u->complete && !w.faults.status)
		verdict = make_verdict(u->note.digest, analyse(u), 0);
	if (u->deleted)
		deletion = make_deletion(u);
	json = json_pack("{s:s, s:s?, s:s?, s:s?, s:n}", "status",
			 w.faults.status ? w.faults.status
			 : u->complete	 ? "completed"
					 : "awaiting-upload",
			 "receipt", receipt, "verdict", verdict, "deletion", deletion, "detail");
	text = json_dumps(json, 0);
	json_decref(json);
	free(receipt);
	free(verdict);
	free(deletion);
	return text;
}

static char *verdicts_answer(const struct gth_order *o)
{
	json_t *none = json_array();
	uint8_t digest[32] = { 0xee };
	char next[16], *note;

	if (w.faults.endless_feed) {
		memcpy(digest + 1, &w.orders[GTH_ORDER_VERDICTS], sizeof(int));
		note = w.faults.endless_feed == 1 ? make_verdict(digest, 3, 0) : strdup("nothing");
		snprintf(next, sizeof(next), "c.%u", w.orders[GTH_ORDER_VERDICTS]);
		json_t *more = json_pack("{s:[s], s:s}", "verdicts", note, "cursor", next);
		char *page = json_dumps(more, 0);

		free(note);
		json_decref(more);
		json_decref(none);
		return page;
	}
	json_t *json = json_pack("{s:O, s:s}", "verdicts", o->cursor[0] ? none : w.verdicts,
				 "cursor", "c.1");
	char *text = json_dumps(json, 0);

	memcpy(w.cursor, o->cursor, sizeof(w.cursor));
	json_decref(json);
	json_decref(none);
	return text;
}

static void answer_order(const struct gth_message *m, int file)
{
	struct gth_result r = { .status = 200, .complete = 2, .offset = UINT64_MAX };
	struct gth_order o;
	const char *body = m->body + sizeof(o);
	struct upload *u;
	char *text = NULL;

	memcpy(&o, m->body, sizeof(o));
	must(o.kind < GTH_ORDERS);
	w.orders[o.kind]++;
	if (w.faults.mute[o.kind])
		return;
	if (w.faults.down) {
		r.error = -ENETUNREACH;
		r.status = 0;
		strcpy(r.why, "the network is unreachable");
		reply(m->number, &r, NULL);
		return;
	}
	if (w.faults.busy && o.kind != GTH_ORDER_STATEMENT) {
		w.faults.busy--;
		r.status = 429;
		r.retry_after = w.faults.retry_after;
		reply(m->number, &r, "{}");
		return;
	}
	switch (o.kind) {
	case GTH_ORDER_STATEMENT:
		text = strdup(w.statement);
		break;
	case GTH_ORDER_LOOKUP:
		text = lookup_answer(&o, &r);
		break;
	case GTH_ORDER_CREATE:
		text = create_answer(&o, body, &r);
		break;
	case GTH_ORDER_OFFSET:
		u = upload_of(o.id);
		r.status = u ? 204 : 404;
		r.offset = u ? (w.faults.forgets ? u->note.cipher_size / 2 : u->have) : UINT64_MAX;
		r.complete = u ? u->complete : 2;
		break;
	case GTH_ORDER_UPLOAD:
		text = upload_answer(&o, file, &r);
		break;
	case GTH_ORDER_WAIT:
		text = wait_answer(&o, &r);
		break;
	case GTH_ORDER_VERDICTS:
		text = verdicts_answer(&o);
		break;
	default:
		r.status = 204;
		snprintf(w.statistics, sizeof(w.statistics), "%s", body);
	}
	reply(m->number, &r, text);
	free(text);
}

static size_t hear(const uint8_t digest[32])
{
	size_t i = 0;

	while (i < w.heard_n && memcmp(w.heard[i].digest, digest, 32))
		i++;
	if (i == w.heard_n) {
		if (digest[0] == 0xee && w.faults.endless_feed)
			return FILES_MAX - 1;
		must(i < FILES_MAX);
		w.heard_n++;
		memset(&w.heard[i], 0, sizeof(w.heard[i]));
		memcpy(w.heard[i].digest, digest, 32);
		w.heard[i].finding = -1;
	}
	return i;
}

static void broker_hears(const struct gth_message *m)
{
	struct gth_region_verdict v;
	size_t len;

	switch (m->type) {
	case GTH_MSG_STATEMENT:
		w.statements++;
		break;
	case GTH_MSG_VERDICT:
		/* What is not signed by the region must never come here. */
		must(!gth_note_verify(m->body, m->size, &w.region_key.verifier, 1, &len));
		must(!gth_region_verdict_parse(&v, m->body, len));
		w.order_wrong |= !w.statements;
		w.heard[hear(v.digest)].finding = (int)v.finding;
		w.heard[hear(v.digest)].verdicts++;
		break;
	case GTH_MSG_UNKNOWN:
		w.heard[hear((const uint8_t *)m->body + 1)].unknown++;
		break;
	case GTH_MSG_FORGET:
		w.heard[hear((const uint8_t *)m->body + 1)].forgotten++;
		w.heard[hear((const uint8_t *)m->body + 1)].finding = -1;
		break;
	case GTH_MSG_LEAVES:
		must(m->number == w.kept.size);
		for (uint32_t at = 0; at < m->size; at += 32)
			must(!gth_frontier_add(&w.kept, (const uint8_t *)m->body + at));
		break;
	case GTH_MSG_READY:
		w.ready++;
		break;
	case GTH_MSG_UNABLE:
		w.unable++;
		break;
	default:
		die("a message that the broker must not get");
	}
}

/* Lets both ends go on for a moment. Return: is the store there? */
static bool pump(int ms)
{
	static struct gth_message m;
	struct pollfd p[2] = { { .fd = w.broker, .events = POLLIN },
			       { .fd = w.courier, .events = POLLIN } };
	int file = -1;

	if (poll(p, 2, ms) <= 0)
		return true;
	if (p[1].revents) {
		if (gth_message_receive(w.courier, &m, &file) == 1) {
			if (m.type == GTH_MSG_ORDER)
				answer_order(&m, file);
			else
				w.cancelled++;
		}
		if (file >= 0)
			close(file);
	}
	if (p[0].revents) {
		if (gth_message_receive(w.broker, &m, NULL) != 1)
			return false;
		broker_hears(&m);
	}
	return true;
}

/* Goes on until something is so. Return: is it? */
#define until(condition)                                                                           \
	({                                                                                         \
		time_t end_ = time(NULL) + PATIENCE_S;                                             \
		bool is_;                                                                          \
		while (!(is_ = (condition)) && time(NULL) < end_)                                  \
			if (!pump(20))                                                             \
				break;                                                             \
		is_;                                                                               \
	})

static int listen_control(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(w.control, sizeof(w.control), "%s/control", w.dir);
	strcpy(a.sun_path, w.control);
	unlink(w.control);
	must(fd >= 0 && !bind(fd, (struct sockaddr *)&a, sizeof(a)) && !listen(fd, 4));
	return fd;
}

/* A command of gotthardctl. Return: the answer, to be dropped. */
static json_t *command(const char *text)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	static char answer[65536];
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ssize_t n = -1;

	strcpy(a.sun_path, w.control);
	must(!connect(fd, (struct sockaddr *)&a, sizeof(a)));
	must(send(fd, text, strlen(text), 0) > 0);
	until((n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT)) >= 0);
	close(fd);
	return n > 0 ? json_loadb(answer, (size_t)n, 0, NULL) : NULL;
}

__attribute__((unused)) static bool command_ok(const char *text)
{
	json_t *answer = command(text);
	bool ok = json_is_true(json_object_get(answer, "ok"));

	json_decref(answer);
	return ok;
}

static void resolve_owners(struct gth_settings *s)
{
	const char *unknown;

	must(!gth_facts_owners(&s->config.owner, s->owners, &s->owners_n, &unknown));
}

/* As the broker does when it was reloaded: this text, and the trust that w has. */
__attribute__((unused)) static void reload(const char *text)
{
	static struct gth_message m = { .type = GTH_MSG_RELOAD };
	struct gth_settings s = { .owners_n = 0 };
	struct gth_config_error e;
	int fd;

	must(!gth_config_parse(&s.config, text, strlen(text), &e));
	resolve_owners(&s);
	s.part[GTH_PART_CONFIG].data = strdup(text);
	s.part[GTH_PART_CONFIG].len = strlen(text);
	must(!gth_trust_format(&w.trust, &s.part[GTH_PART_TRUST].data));
	s.part[GTH_PART_TRUST].len = strlen(s.part[GTH_PART_TRUST].data);
	must(!gth_settings_digest(&s));
	fd = gth_settings_pack(&s, GTH_ROLE_STORE);
	must(fd >= 0);
	must(!gth_message_send(w.broker, &m, fd));
	close(fd);
	gth_settings_free(&s);
}

/* What the broker says first, and when root has accepted another journal. */
static void tell_kept(void)
{
	static struct gth_message m;

	m.type = w.unkept ? GTH_MSG_UNKEPT : GTH_MSG_KEPT;
	m.number = w.unkept ? (uint64_t)w.unkept : w.kept.size;
	m.size = w.unkept ? 0 : gth_frontier_width(w.kept.size) * 32U;
	memcpy(m.body, w.kept.hash, m.size);
	must(!gth_message_send(w.broker, &m, -1));
}

/* Runs the store as a process, on the state that is there. */
static void start(void)
{
	int broker[2], courier[2], control = listen_control();

	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, broker));
	must(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, courier));
	w.statements = w.ready = w.unable = 0;
	resolve_owners(&w.settings);
	fflush(stdout);
	w.pid = fork();
	must(w.pid >= 0);
	if (!w.pid) {
		struct gth_store_setup setup = {
			.broker = broker[1],
			.courier = courier[1],
			.control = control,
			.state_dir = w.state_dir,
			.settings = &w.settings,
			.trust = w.trust.region[0] ? &w.trust : NULL,
			.endpoint = &w.endpoint_key,
			.pace = &w.pace,
		};

		close(broker[0]);
		close(courier[0]);
		if (!getenv("GTH_VERBOSE"))
			must(dup2(open("/dev/null", O_WRONLY), STDERR_FILENO) >= 0);
		exit(gth_store_serve(&setup) ? 1 : 0); /* not _exit(2): leaks are looked for */
	}
	close(broker[1]);
	close(courier[1]);
	close(control);
	w.broker = broker[0];
	w.courier = courier[0];
	tell_kept();
}

static int stop_by(int signal)
{
	int status = -1;

	if (signal)
		kill(w.pid, signal);
	else
		close(w.broker);
	/* It may be waiting for room in a socket; and what it said last is heard. */
	while (signal && waitpid(w.pid, &status, WNOHANG) == 0)
		pump(5);
	while (signal && pump(0) && poll(&(struct pollfd) { w.broker, POLLIN, 0 }, 1, 0) == 1)
		;
	if (!signal)
		waitpid(w.pid, &status, 0);
	else
		close(w.broker);
	close(w.courier);
	w.pid = 0;
	return status;
}

/* A new state directory, a region as it should be, and nothing seen. */
static void fresh(void)
{
	char rm[96];

	for (size_t i = 0; i < w.n; i++)
		free(w.uploads[i].data);
	if (w.dir[0]) {
		snprintf(rm, sizeof(rm), "rm -rf %s", w.dir);
		must(!system(rm));
		close(w.state_dir);
	}
	/* In memory: what is tested is the order of steps, not the disk. */
	strcpy(w.dir,
	       access("/dev/shm", W_OK) ? "/tmp/gth-store-XXXXXX" : "/dev/shm/gth-store-XXXXXX");
	must(mkdtemp(w.dir));
	w.state_dir = open(w.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(w.state_dir >= 0);
	w.n = w.known_n = w.heard_n = 0;
	w.bytes = w.offered = 0;
	w.order_wrong = false;
	w.verdict_life = 3600;
	w.config_file[0] = '\0';
	memset(&w.faults, 0, sizeof(w.faults));
	memset(w.orders, 0, sizeof(w.orders));
	memset(&w.kept, 0, sizeof(w.kept));
	w.unkept = 0;
	memset(w.statistics, 0, sizeof(w.statistics));
	json_decref(w.verdicts);
	w.verdicts = json_array();
	gth_config_free(&w.settings.config);
	gth_config_defaults(&w.settings.config);
	strcpy(w.settings.config.country, "DE");
	w.settings.config.poll = 0;
	w.settings.config.per_minute = 0;
	w.pace = (struct gth_store_pace) {
		.backoff_ms = 2,
		.backoff_max_ms = 20,
		.statement_s = 3600,
		.statistics_s = 86400,
		.ask_again_s = 300,
		.deletion_s = 3600,
		.wait_s = 1,
	};
	strcpy(w.trust.region, REGION);
	set_statement(make_statement(&w.statement_key, "CH", 0, 3600));
}

static void make_keys(void)
{
	must(!gth_signer_create(&w.statement_key, REGION "/statement"));
	must(!gth_signer_create(&w.region_key, REGION "/region"));
	must(!gth_signer_create(&w.other_key, REGION "/region"));
	must(!gth_signer_create(&w.endpoint_key, ENDPOINT));
	must(!gth_age_identity_create(&w.age));
	strcpy(w.trust.region, REGION);
	strcpy(w.trust.country, "CH");
	strcpy(w.trust.url, "https://region.example:8443");
	w.trust.statement_key = w.statement_key.verifier;
	w.trust.serves.n = 2;
	strcpy(w.trust.serves.code[0], "CH");
	strcpy(w.trust.serves.code[1], "DE");
}

/* A file of the machine that somebody wants to use. */
struct file {
	int fd;
	uint8_t digest[32];
	char hex[65];
	struct gth_request request;
};

static struct file make_file(const char *text, size_t size)
{
	char path[] = "/tmp/gth-file-XXXXXX";
	struct file f = { .fd = mkstemp(path) };

	must(f.fd >= 0 && !gth_write_all(f.fd, text, strlen(text)));
	if (size > strlen(text))
		must(!ftruncate(f.fd, (off_t)size));
	must(!lseek(f.fd, 0, SEEK_SET) && !gth_sha256_fd(f.fd, f.digest));
	unlink(path);
	gth_hex_encode(f.hex, f.digest, 32);
	f.hex[64] = '\0';
	f.request = (struct gth_request) {
		.size_of_record = sizeof(f.request),
		.fd = 0,
		.op = GTH_OP_EXEC,
		.domain = GTH_DOMAIN_SHA256,
		.size = size > strlen(text) ? size : strlen(text),
		.path = "/home/alice/bin/tool",
		.comm = "bash",
	};
	memcpy(f.request.digest, f.digest, 32);
	return f;
}

static void ask(const struct file *f)
{
	static struct gth_message m;
	int err;

	m.type = GTH_MSG_ASK;
	m.number = 0;
	m.size = sizeof(f->request);
	memcpy(m.body, &f->request, sizeof(f->request));
	/* Not to wait for a store that waits for this process. */
	while ((err = gth_message_send(w.broker, &m, f->request.fd < 0 ? -1 : f->fd)) == -EAGAIN)
		pump(1);
	must(!err);
}

__attribute__((unused)) static int finding(const struct file *f)
{
	return w.heard[hear(f->digest)].finding;
}

__attribute__((unused)) static unsigned int unknown(const struct file *f)
{
	return w.heard[hear(f->digest)].unknown;
}

/* What the journal holds, and whether it holds what left. */
static struct {
	unsigned int kinds[GTH_EGRESS_KINDS], reasons[GTH_WITHHELD_REASONS];
	unsigned int more[GTH_WITHHELD_REASONS]; /* of those that have no entry of their own */
} journal;

static int each_entry(uint64_t index, const void *entry, size_t len, void *arg)
{
	struct gth_egress e;
	char *text = strndup(entry, len);
	int err = text ? gth_egress_parse(&e, text, len) : -ENOMEM;

	(void)index;
	(void)arg;
	free(text);
	if (err)
		return err;
	journal.kinds[e.kind]++;
	if (e.reason != GTH_WITHHELD_NOT && e.what[0])
		journal.more[e.reason] += (unsigned int)atoi(e.what);
	else
		journal.reasons[e.reason]++;
	return 0;
}

static int read_journal(void)
{
	struct gth_checkpoint c;
	char bad[64];
	int fd = openat(w.state_dir, "egress", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err;

	memset(&journal, 0, sizeof(journal));
	err = fd < 0 ? -errno
		     : gth_tlog_verify(fd, &w.endpoint_key.verifier, each_entry, NULL, &c, bad);
	if (fd >= 0)
		close(fd);
	return err;
}

/* Is there an entry for every order that came out? A killed store may have one more. */
__attribute__((unused)) static bool journal_covers(void)
{
	unsigned int contacts = w.orders[GTH_ORDER_STATEMENT] + w.orders[GTH_ORDER_OFFSET] +
				w.orders[GTH_ORDER_WAIT] + w.orders[GTH_ORDER_VERDICTS];

	return !read_journal() && journal.kinds[GTH_EGRESS_CONTACT] >= contacts &&
	       journal.kinds[GTH_EGRESS_LOOKUP] >= w.orders[GTH_ORDER_LOOKUP] &&
	       journal.kinds[GTH_EGRESS_SUBMISSION] >= w.orders[GTH_ORDER_CREATE] &&
	       journal.kinds[GTH_EGRESS_UPLOAD] >= w.orders[GTH_ORDER_UPLOAD] &&
	       journal.kinds[GTH_EGRESS_STATISTICS] >= w.orders[GTH_ORDER_STATISTICS];
}

/* A number of the status: a member, or (in) one of a member. */
__attribute__((unused)) static json_int_t status_of(const char *in, const char *name)
{
	json_t *status = command("status");
	json_int_t n = json_integer_value(
		json_object_get(in ? json_object_get(status, in) : status, name));

	json_decref(status);
	return n;
}

/* How many files are in a directory of the state directory. */
__attribute__((unused)) static int files_in(const char *dir)
{
	char line[128];
	FILE *p;
	int n = -1;

	snprintf(line, sizeof(line), "ls -A %s/%s | wc -l", w.dir, dir);
	p = popen(line, "r");
	if (p && fscanf(p, "%d", &n) != 1)
		n = -1;
	if (p)
		pclose(p);
	return n;
}

#endif /* GTH_TEST_FAKE_REGION_H */
