// SPDX-License-Identifier: GPL-2.0-or-later
/* relay.c - the broker between the module and the store (see desk.h). */
#include "daemon/broker/relay.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/util/say.h"

#define LEDGER_MAX (2 * 65536) /* twice what the module holds */
#define READ_AT_ONCE 16	       /* requests */
#define HEAR_AT_ONCE 1024      /* messages */

void gth_desk_init(struct gth_desk *d, const struct gth_desk_device *device)
{
	memset(d, 0, sizeof(*d));
	d->device = device;
	d->store = -1;
	d->serving = -1;
	gth_ledger_init(&d->ledger, LEDGER_MAX);
}

static void desert(struct gth_desk *d)
{
	if (d->serving < 0)
		return;
	close(d->serving);
	d->serving = -1;
	d->count.deserted++;
}

/**
 * gth_desk_tell_kept() - tell the store which journal is its own
 *
 * Return: 0 or -errno: a store that does not hear of it sends nothing.
 */
int gth_desk_tell_kept(struct gth_desk *d)
{
	struct gth_message *m = &d->message;
	const struct gth_frontier *tree;

	if (!d->kept || d->store < 0)
		return 0;
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

/* gth_desk_open() - a store has been started; it will say when it is ready */
void gth_desk_open(struct gth_desk *d, int store)
{
	int err;

	d->store = store;
	d->ready = false;
	d->full = false;
	err = gth_desk_tell_kept(d);
	if (err)
		gth_say("the store does not hear which journal is its own: %s", strerror(-err));
}

/* gth_desk_close() - the store is gone, or must not be believed: nobody waits in vain */
void gth_desk_close(struct gth_desk *d)
{
	desert(d);
	d->store = -1;
	d->ready = false;
	d->n = 0;
}

/* gth_desk_gate() - another trust, or the same: then what is known of its statements stays */
void gth_desk_gate(struct gth_desk *d, const struct gth_gate *gate)
{
	if (!gth_gate_same(&d->gate, gate))
		d->gate = *gate;
}

static struct gth_name name_of(const struct gth_verdict *v)
{
	struct gth_name name = { .domain = v->domain };

	memcpy(name.digest, v->digest, sizeof(name.digest));
	return name;
}

static void say_write(struct gth_desk *d, int err)
{
	if (!d->said_no_room)
		gth_say("the module does not take a verdict: %s%s", strerror(-err),
			err == -ENOSPC ? "; it holds as many as it can" : "");
	d->said_no_room = true;
}

/*
 * What there is no room for is unknown to the module, as before; who waits for it
 * need not wait longer. UNKNOWN takes no room.
 */
static void refuse_one(struct gth_desk *d, const struct gth_verdict *v, bool waited_for)
{
	struct gth_verdict unknown = *v;
	struct gth_name name = name_of(v);

	d->count.no_room++;
	gth_ledger_forget(&d->ledger, &name);
	if (!waited_for)
		return;
	unknown.class = GTH_CLASS_UNKNOWN;
	unknown.expires = 0;
	d->device->write(d->device->arg, &unknown, 1);
}

/* All or none is taken: if none, then each by itself. */
static void flush(struct gth_desk *d)
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

static void put(struct gth_desk *d, const struct gth_name *name, uint8_t class, uint64_t expires)
{
	struct gth_verdict *v = &d->batch[d->n];

	memset(v, 0, sizeof(*v));
	memcpy(v->digest, name->digest, sizeof(v->digest));
	v->domain = name->domain;
	v->class = class;
	v->source = GTH_SOURCE_REGION; /* whatever the store says */
	v->expires = expires;
	d->waited_for[d->n] = gth_ledger_asked(&d->ledger, name);
	gth_ledger_answered(&d->ledger, name);
	if (++d->n == GTH_VERDICTS_PER_WRITE)
		flush(d);
}

/* Tells the store, who reports it. A socket that is full at this moment loses the report only. */
static void reject(struct gth_desk *d, int64_t reason, const char *why)
{
	struct gth_message *m = &d->message;

	d->count.rejected++;
	if (!d->said_rejected)
		gth_say("the store brought what does not pass: %s", why);
	d->said_rejected = true;
	m->type = GTH_MSG_REJECTED;
	m->number = (uint64_t)reason;
	gth_message_send(d->store, m, -1);
}

static void take_statement(struct gth_desk *d, uint64_t now)
{
	enum gth_statement_fault fault =
		gth_gate_statement(&d->gate, d->message.body, d->message.size, now);

	if (fault != GTH_STATEMENT_OK)
		reject(d, fault, gth_statement_fault_text(fault));
	else
		d->said_rejected = false;
}

static void take_verdict(struct gth_desk *d, uint64_t now)
{
	struct gth_name name = { .domain = GTH_DOMAIN_SHA256 };
	struct gth_region_verdict v;
	int err = gth_gate_verdict(&d->gate, d->message.body, d->message.size, now, &v);
	int class;

	if (err == 1 && !d->said_capped) {
		gth_say("the region calls files benign for longer than %d days: here that counts for %d days, and then it is asked again (said once)",
			GTH_BENIGN_LIFE / 86400, GTH_BENIGN_LIFE / 86400);
		d->said_capped = true;
	}
	if (err >= 0) {
		memcpy(name.digest, v.digest, sizeof(name.digest));
		class = gth_finding_class(v.finding);
		err = gth_ledger_verdict(&d->ledger, &name, v.issued,
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

/* It lets go who waits for the digest; it must not take a verdict away. */
static void take_unknown(struct gth_desk *d, const struct gth_name *name, uint64_t now)
{
	if (!gth_ledger_asked(&d->ledger, name) || gth_ledger_known(&d->ledger, name, now))
		return;
	d->count.unknown++;
	put(d, name, GTH_CLASS_UNKNOWN, 0);
}

static int take(struct gth_desk *d, uint64_t now)
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
		gth_ledger_forget(&d->ledger, &name);
		return 0;
	case GTH_MSG_LEAVES:
		return d->kept ? gth_kept_add(d->kept, d->message.number, d->message.body,
					      d->message.size)
			       : -EPROTO;
	case GTH_MSG_UNABLE:
		/* Who waits would wait in vain for as long as policy lets him: no_daemon applies.
		 */
		d->ready = false;
		desert(d);
		return 0;
	default:
		d->ready = true;
		return 0;
	}
}

/**
 * gth_desk_hear() - what the store has said by now
 * @d: the desk
 * @now: Unix time
 *
 * Return: 0; -EPIPE: it is gone; -EPROTO: it must not be believed any more;
 * another errno.
 */
int gth_desk_hear(struct gth_desk *d, uint64_t now)
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

/* gth_desk_serve() - ask the module for requests, if there is somebody to answer; 0 or -errno */
int gth_desk_serve(struct gth_desk *d)
{
	int fd;

	if (d->serving >= 0 || d->store < 0 || !d->ready || d->full)
		return 0;
	fd = d->device->serve(d->device->arg);
	if (fd < 0) {
		if (!d->said_serve)
			gth_say("cannot answer the module's requests: %s", strerror(-fd));
		d->said_serve = true;
		return fd;
	}
	d->said_serve = false;
	d->serving = fd;
	return 0;
}

/* Return: 0 or -errno; the file is closed. */
static int ask_one(struct gth_desk *d, struct gth_request *r)
{
	struct gth_message *m = &d->message;
	struct gth_name name = { .domain = r->domain };
	int file = r->fd, err;

	memcpy(name.digest, r->digest, sizeof(name.digest));
	if (file >= 0)
		r->fd = 0; /* its number means nothing over there */
	m->type = GTH_MSG_ASK;
	m->number = r->id;
	m->size = sizeof(*r);
	memcpy(m->body, r, sizeof(*r));
	err = gth_ledger_ask(&d->ledger, &name);
	if (!err)
		err = gth_message_send(d->store, m, file < 0 ? -1 : file);
	if (file >= 0)
		close(file);
	return err;
}

static void say_full(struct gth_desk *d)
{
	if (!d->said_full)
		gth_say("the store does not keep up: who waits goes on by policy until it does");
	d->said_full = true;
}

/**
 * gth_desk_ask() - pass the module's requests on
 *
 * Return: 0, also when the store does not take them, and the module is told that
 * nobody answers; or an error of the module or of the store's socket.
 */
int gth_desk_ask(struct gth_desk *d)
{
	struct gth_request r[READ_AT_ONCE];
	ssize_t n = read(d->serving, r, sizeof(r));
	int err = 0;

	if (n < 0) {
		/* not enough memory or descriptors: nothing is lost, and it is tried again */
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

static int tell(struct gth_desk *d, uint32_t type, int file)
{
	d->message.type = type;
	d->message.size = 0;
	d->message.number = 0;
	return gth_message_send(d->store, &d->message, file);
}

/* gth_desk_reload() - hand other settings to the store; 0 or -errno */
int gth_desk_reload(struct gth_desk *d, int settings)
{
	return tell(d, GTH_MSG_RELOAD, settings);
}

/* gth_desk_courier() - tell the store of another courier; 0 or -errno */
int gth_desk_courier(struct gth_desk *d, int courier)
{
	return tell(d, GTH_MSG_COURIER, courier);
}

void gth_desk_free(struct gth_desk *d)
{
	gth_desk_close(d);
	gth_ledger_free(&d->ledger);
}
