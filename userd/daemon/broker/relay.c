// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * relay.c - the broker between the module and the store (see relay.h).
 *
 * Long because both directions share the batch of records for the module, and the rule
 * that the module is served only while the store can answer.
 */
#include "daemon/broker/relay.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/say.h"

#define LEDGER_MAX (2 * 65536) /* twice the verdicts that the module holds */
#define READ_AT_ONCE 16	       /* requests */
#define HEAR_AT_ONCE 1024      /* messages */

void gth_relay_init(struct gth_relay *d, const struct gth_relay_device *device)
{
	memset(d, 0, sizeof(*d));
	d->device = device;
	d->store = -1;
	d->serving = -1;
	gth_rollback_init(&d->rollback, LEDGER_MAX);
}

static void desert(struct gth_relay *d)
{
	if (d->serving < 0)
		return;
	close(d->serving);
	d->serving = -1;
	d->count.deserted++;
}

/* Tells the store which user accepted the journal; the store records it in the journal once. */
static int tell_accepted(struct gth_relay *d)
{
	struct gth_message *m = &d->message;

	gth_journal_head_accepted(&d->kept->head, m->body);
	m->type = GTH_MSG_ACCEPTED;
	m->number = 0;
	m->size = (uint32_t)strlen(m->body);
	return d->kept->err || !m->size ? 0 : gth_message_send(d->store, m, -1);
}

/**
 * gth_relay_tell_kept() - tell the store which journal is its own
 *
 * Return: 0 or -errno: a store that does not hear of it sends nothing.
 */
int gth_relay_tell_kept(struct gth_relay *d)
{
	struct gth_message *m = &d->message;
	const struct gth_frontier *tree;
	int err;

	if (!d->kept || d->store < 0)
		return 0;
	err = tell_accepted(d);
	if (err)
		return err;
	tree = &d->kept->head.tree;
	m->type = d->kept->err ? GTH_MSG_UNKEPT : GTH_MSG_KEPT;
	m->number = d->kept->err ? (uint64_t)-d->kept->err : tree->size;
	m->size = 0;
	if (!d->kept->err) {
		m->size = gth_frontier_width(tree->size) * (uint32_t)sizeof(tree->hash[0]);
		memcpy(m->body, tree->hash, m->size);
	}
	return gth_message_send(d->store, m, -1);
}

/* gth_relay_open() - a store has been started; it will say when it is ready */
void gth_relay_open(struct gth_relay *d, int store)
{
	int err;

	d->store = store;
	d->ready = false;
	d->full = false;
	err = gth_relay_tell_kept(d);
	if (err)
		gth_say("cannot send the store the head of its journal: %s", strerror(-err));
}

/* gth_relay_close() - the store is gone or not trusted: waiting tasks are released by policy */
void gth_relay_close(struct gth_relay *d)
{
	desert(d);
	d->store = -1;
	d->ready = false;
	d->n = 0;
}

/* gth_relay_gate() - set the trust; if it is the same, the known statement stays */
void gth_relay_gate(struct gth_relay *d, const struct gth_verdict_check *check)
{
	if (!gth_verdict_check_same(&d->check, check))
		d->check = *check;
}

static struct gth_name name_of(const struct gth_verdict *v)
{
	struct gth_name name = { .domain = v->domain };

	memcpy(name.digest, v->digest, sizeof(name.digest));
	return name;
}

static void say_write(struct gth_relay *d, int err)
{
	if (!d->said_no_room)
		gth_say("the module refuses a verdict: %s%s", strerror(-err),
			err == -ENOSPC ? "; it holds as many as it can" : "");
	d->said_no_room = true;
}

/*
 * A verdict for which the module has no room leaves the digest unknown. UNKNOWN
 * takes no room, and releases the tasks that wait for the digest.
 */
static void refuse_one(struct gth_relay *d, const struct gth_verdict *v, bool waited_for)
{
	struct gth_verdict unknown = *v;
	struct gth_name name = name_of(v);

	d->count.no_room++;
	gth_rollback_forget(&d->rollback, &name);
	if (!waited_for)
		return;
	unknown.class = GTH_CLASS_UNKNOWN;
	unknown.expires = 0;
	d->device->write(d->device->arg, &unknown, 1);
}

/* The module takes all records or none. If it takes none, each is written by itself. */
static void flush(struct gth_relay *d)
{
	int err = d->n ? d->device->write(d->device->arg, d->batch, d->n) : 0;

	if (!err) {
		if (d->n)
			d->said_no_room = false;
		d->n = 0;
		return;
	}
	for (unsigned int i = 0; i < d->n; i++) {
		int one = d->device->write(d->device->arg, &d->batch[i], 1);

		if (one) {
			say_write(d, one);
			refuse_one(d, &d->batch[i], d->waited_for[i]);
		}
	}
	d->n = 0;
}

static void put(struct gth_relay *d, const struct gth_name *name, uint8_t class, uint64_t expires)
{
	struct gth_verdict *v = &d->batch[d->n];

	memset(v, 0, sizeof(*v));
	memcpy(v->digest, name->digest, sizeof(v->digest));
	v->domain = name->domain;
	v->class = class;
	v->source = GTH_SOURCE_REGION; /* whatever the store says */
	v->expires = expires;
	d->waited_for[d->n] = gth_rollback_asked(&d->rollback, name);
	gth_rollback_answered(&d->rollback, name);
	if (++d->n == GTH_VERDICTS_PER_WRITE)
		flush(d);
}

/*
 * Tells the store, which reports it to the region. If the socket is full, only the report is lost.
 */
static void reject(struct gth_relay *d, int64_t reason, const char *why)
{
	struct gth_message *m = &d->message;

	d->count.rejected++;
	if (!d->said_rejected)
		gth_say("the store sent an invalid text: %s", why);
	d->said_rejected = true;
	m->type = GTH_MSG_REJECTED;
	m->number = (uint64_t)reason;
	gth_message_send(d->store, m, -1);
}

static void take_statement(struct gth_relay *d, uint64_t now)
{
	enum gth_statement_fault fault =
		gth_verdict_check_statement(&d->check, d->message.body, d->message.size, now);

	if (fault != GTH_STATEMENT_OK)
		reject(d, fault, gth_statement_fault_text(fault));
	else
		d->said_rejected = false;
}

static void take_verdict(struct gth_relay *d, uint64_t now)
{
	struct gth_name name = { .domain = GTH_DOMAIN_SHA256 };
	struct gth_region_verdict v;
	int err = gth_verdict_check_verdict(&d->check, d->message.body, d->message.size, now, &v);
	int class;

	if (err == 1 && !d->said_capped) {
		gth_say("the region calls files benign for longer than %d days: here that counts "
			"for %d days, and then it is asked again (logged once)",
			GTH_BENIGN_LIFE / 86400, GTH_BENIGN_LIFE / 86400);
		d->said_capped = true;
	}
	if (err >= 0) {
		memcpy(name.digest, v.digest, sizeof(name.digest));
		class = gth_finding_class(v.finding);
		err = gth_rollback_verdict(&d->rollback, &name, v.issued,
					   class == GTH_CLASS_UNKNOWN ? 0 : v.expires);
	}
	if (err < 0) {
		reject(d, -err,
		       err == -ESTALE ? "a verdict older than one before" : strerror(-err));
		return;
	}
	d->count.verdicts++;
	put(d, &name, (uint8_t) class, class == GTH_CLASS_UNKNOWN ? 0 : v.expires);
}

/* Releases the tasks that wait for the digest. It must not remove a verdict. */
static void take_unknown(struct gth_relay *d, const struct gth_name *name, uint64_t now)
{
	if (!gth_rollback_asked(&d->rollback, name) || gth_rollback_known(&d->rollback, name, now))
		return;
	d->count.unknown++;
	put(d, name, GTH_CLASS_UNKNOWN, 0);
}

static int take(struct gth_relay *d, uint64_t now)
{
	struct gth_name name;

	_Static_assert(sizeof(name) == 33, "as in a message");
	if (!gth_message_allowed(&d->message, GTH_PEER_STORE, GTH_PEER_BROKER))
		return -EPROTO;
	if (d->message.type == GTH_MSG_UNKNOWN || d->message.type == GTH_MSG_FORGET) {
		memcpy(&name, d->message.body, sizeof(name));
		if (name.domain == GTH_DOMAIN_NONE || name.domain >= GTH_DOMAIN_MAX)
			return -EPROTO;
	}
	switch (d->message.type) {
	case GTH_MSG_STATEMENT:
		take_statement(d, now);
		return 0;
	case GTH_MSG_VERDICT:
		take_verdict(d, now);
		return 0;
	case GTH_MSG_UNKNOWN:
		take_unknown(d, &name, now);
		return 0;
	case GTH_MSG_FORGET:
		put(d, &name, GTH_CLASS_UNKNOWN, 0);
		gth_rollback_forget(&d->rollback, &name);
		return 0;
	case GTH_MSG_LEAVES:
		return d->kept ? gth_kept_add(d->kept, d->message.number, d->message.body,
					      d->message.size)
			       : -EPROTO;
	case GTH_MSG_UNABLE:
		/* No answer can come: closing the descriptor applies the policy
		 * no_daemon at once. */
		d->ready = false;
		desert(d);
		return 0;
	default:
		d->ready = true;
		return 0;
	}
}

/**
 * gth_relay_hear() - take the messages that the store has sent
 * @d: the relay
 * @now: Unix time
 *
 * Return: 0; -EPIPE: it is gone; -EPROTO: it must not be trusted any more;
 * another errno.
 */
int gth_relay_hear(struct gth_relay *d, uint64_t now)
{
	int ret = 1;

	for (int i = 0; i < HEAR_AT_ONCE && ret == 1; i++) {
		ret = gth_message_receive(d->store, &d->message, NULL);
		if (ret == 1 && take(d, now))
			ret = -EPROTO;
	}
	flush(d);
	if (ret == 1 || ret == -EAGAIN || ret == -EINTR)
		return 0;
	return ret ? ret : -EPIPE;
}

/* gth_relay_serve() - ask the module for requests, if the store can answer; 0 or -errno */
int gth_relay_serve(struct gth_relay *d)
{
	int fd;

	if (d->serving >= 0 || d->store < 0 || !d->ready || d->full)
		return 0;
	fd = d->device->serve(d->device->arg);
	if (fd < 0) {
		if (!d->said_serve)
			gth_say("the module gives this daemon no requests, so no task is answered: %s",
				strerror(-fd));
		d->said_serve = true;
		return fd;
	}
	d->said_serve = false;
	d->serving = fd;
	return 0;
}

/* Return: 0 or -errno; the file is closed. */
static int ask_one(struct gth_relay *d, struct gth_request *r)
{
	struct gth_message *m = &d->message;
	struct gth_name name = { .domain = r->domain };
	int file = r->fd, err;

	memcpy(name.digest, r->digest, sizeof(name.digest));
	if (file >= 0)
		r->fd = 0; /* the descriptor's number means nothing in the store */
	m->type = GTH_MSG_ASK;
	m->number = r->id;
	m->size = sizeof(*r);
	memcpy(m->body, r, sizeof(*r));
	err = gth_rollback_ask(&d->rollback, &name);
	if (!err)
		err = gth_message_send(d->store, m, file < 0 ? -1 : file);
	if (file >= 0)
		close(file);
	return err;
}

static void say_full(struct gth_relay *d)
{
	if (!d->said_full)
		gth_say("the store does not keep up: waiting tasks go on by policy until it does");
	d->said_full = true;
}

/**
 * gth_relay_ask() - pass the module's requests on
 *
 * Return: 0, also if the store does not take them, in which case the module's
 * descriptor is closed; or an error of the module or of the store's socket.
 */
int gth_relay_ask(struct gth_relay *d)
{
	struct gth_request r[READ_AT_ONCE];
	ssize_t n = read(d->serving, r, sizeof(r));
	int err = 0;

	if (n < 0) {
		/*
		 * not enough memory or descriptors: no request is lost, and the next turn tries
		 * again
		 */
		if (errno == EAGAIN || errno == EINTR || errno == ENOMEM || errno == EMFILE ||
		    errno == ENFILE)
			return 0;
		err = -errno;
		desert(d);
		return err;
	}
	for (size_t i = 0; i < (size_t)n / sizeof(*r); i++) {
		if (err) {
			if (r[i].fd >= 0)
				close(r[i].fd);
			continue;
		}
		err = ask_one(d, &r[i]);
		d->count.requests += !err;
	}
	if (!err) {
		if (n)
			d->said_full = false;
		return 0;
	}
	desert(d);
	if (err != -EAGAIN && err != -ENOBUFS && err != -ENOMEM && err != -ETOOMANYREFS)
		return err;
	d->full = true;
	say_full(d);
	return 0;
}

static int tell(struct gth_relay *d, uint32_t type, int file)
{
	d->message.type = type;
	d->message.size = 0;
	d->message.number = 0;
	return gth_message_send(d->store, &d->message, file);
}

/* gth_relay_reload() - hand other settings to the store; 0 or -errno */
int gth_relay_reload(struct gth_relay *d, int settings)
{
	return tell(d, GTH_MSG_RELOAD, settings);
}

/* gth_relay_courier() - tell the store of another courier; 0 or -errno */
int gth_relay_courier(struct gth_relay *d, int courier)
{
	return tell(d, GTH_MSG_COURIER, courier);
}

void gth_relay_free(struct gth_relay *d)
{
	gth_relay_close(d);
	gth_rollback_free(&d->rollback);
}
