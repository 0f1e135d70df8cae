// SPDX-License-Identifier: GPL-2.0-or-later
/* outbox.c - messages to a peer that may be slow (see outbox.h). */
#include "daemon/store/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct gth_parcel {
	struct gth_parcel *next;
	int file;			  /* owned; -1: none */
	_Alignas(uint64_t) uint32_t type; /* as of struct gth_message, from here on */
	uint32_t size;
	uint64_t number;
	char body[];
};

_Static_assert(offsetof(struct gth_parcel, body) - offsetof(struct gth_parcel, type) ==
		       offsetof(struct gth_message, body),
	       "a parcel ends like a message");

void gth_outbox_init(struct gth_outbox *o)
{
	o->first = NULL;
	o->end = &o->first;
	o->n = 0;
}

/* @body and @more, one behind the other. The outbox owns @file. Return: 0 or -ENOMEM. */
int gth_outbox_put(struct gth_outbox *o, uint32_t type, uint64_t number, const void *body,
		   size_t len, const void *more, size_t more_len, int file)
{
	struct gth_parcel *p = NULL;

	if (len + more_len <= GTH_MESSAGE_BODY_MAX)
		p = malloc(sizeof(*p) + len + more_len);
	if (!p) {
		if (file >= 0)
			close(file);
		return -ENOMEM;
	}
	p->next = NULL;
	p->file = file;
	p->type = type;
	p->size = (uint32_t)(len + more_len);
	p->number = number;
	if (len)
		memcpy(p->body, body, len);
	if (more_len)
		memcpy(p->body + len, more, more_len);
	*o->end = p;
	o->end = &p->next;
	o->n++;
	return 0;
}

static void drop_first(struct gth_outbox *o)
{
	struct gth_parcel *p = o->first;

	o->first = p->next;
	if (!o->first)
		o->end = &o->first;
	o->n--;
	if (p->file >= 0)
		close(p->file);
	free(p);
}

/* Sends as much as the peer takes now. Return: 0, or a negative errno: the peer is gone. */
int gth_outbox_flush(struct gth_outbox *o, int fd)
{
	while (o->first) {
		int err = gth_message_send(fd, (const struct gth_message *)&o->first->type,
					   o->first->file);

		if (err == -EAGAIN || err == -ENOBUFS)
			return 0;
		if (err)
			return err;
		drop_first(o);
	}
	return 0;
}

void gth_outbox_empty(struct gth_outbox *o)
{
	while (o->first)
		drop_first(o);
}
