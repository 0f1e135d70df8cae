/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - messages between the daemon's processes, over SOCK_SEQPACKET socket pairs; a
 * descriptor may come along.
 *
 * broker (root; the device, checks every verdict itself) <-> store (files and SQLite) <-> courier
 * (HTTP and TLS) <-> dialer (connects, nothing else). message.c has the table of permitted
 * messages: type, sender, receiver and size. After any other message the receiver does not trust
 * the peer any more: -EPROTO.
 */
#ifndef GTH_DAEMON_MESSAGE_H
#define GTH_DAEMON_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/gotthard.h>

#include "lib/log/frontier.h"
#include "lib/text/journal_field.h"
#include "lib/text/region_api.h"

#define GTH_MESSAGE_BODY_MAX (96 << 10) /* bytes */
#define GTH_LEAVES_MAX 256		/* hashes in one message */

enum gth_message_type {
	/* broker to store */
	GTH_MSG_ASK = 1,  /* struct gth_request, and the file: what is it? */
	GTH_MSG_REJECTED, /* number: enum gth_statement_fault or errno of a note; body: the note */
	GTH_MSG_RELOAD,	  /* other settings (settings.h) come along */
	/* store to broker */
	GTH_MSG_STATEMENT, /* body: the statement's note, before any verdict under it */
	GTH_MSG_VERDICT,   /* body: a verdict's note; may answer many requests */
	GTH_MSG_UNKNOWN,   /* body: domain (1 byte), digest (32): no verdict, do not hold for it */
	GTH_MSG_FORGET,	   /* body: as above: as if there had been no verdict */
	GTH_MSG_READY,	   /* the store answers; every known verdict has been sent */
	/* store to courier */
	GTH_MSG_ORDER,	/* body: struct gth_order and the request's body; perhaps the file */
	GTH_MSG_CANCEL, /* number: of the order */
	/* courier to store */
	GTH_MSG_RESULT, /* number: of the order; body: struct gth_result and the answer's body */
	/* courier and dialer */
	GTH_MSG_DIAL, /* number: the courier's own: connect to the region; body: digest of settings
		       */
	GTH_MSG_DIALED, /* number: as asked; the connected socket, or body: why there is none */
	/* broker to store */
	GTH_MSG_COURIER, /* a socket to a courier that was started anew; the one before is gone */
	/* store to broker */
	GTH_MSG_UNABLE, /* until the next READY no request is answered: nothing can leave */
	/* broker to store: the head of the journal that it keeps (kept.h) */
	GTH_MSG_KEPT,	/* number: entries; body: the hashes of a gth_frontier; also when it changed
			 */
	GTH_MSG_UNKEPT, /* number: errno: it is not known, and nothing may leave */
	GTH_MSG_ACCEPTED, /* before KEPT, if its journal was accepted; body: a text with the user */
	/* store to broker */
	GTH_MSG_LEAVES, /* number: of the first entry; body: hashes of entries that are durable */
	GTH_MSG_TYPES
};

struct gth_message {
	uint32_t type;
	uint32_t size; /* of body */
	uint64_t number;
	char body[GTH_MESSAGE_BODY_MAX + 1]; /* a NUL behind size, for text */
};

struct gth_order {
	uint32_t kind;			   /* enum gth_order_kind */
	uint32_t wait;			   /* seconds, of WAIT */
	uint8_t settings[GTH_DIGEST_SIZE]; /* digest of those that it is for (settings.h); others
					      refuse it */
	uint64_t offset, size;		   /* of UPLOAD: size of the whole file */
	struct gth_journal_field journal;  /* of LOOKUP; its time is 0: nothing of it is sent */
	uint8_t digest[GTH_DIGEST_SIZE];   /* of LOOKUP: the file's; of UPLOAD: the ciphertext's */
	char id[40];			   /* the submission's */
	char cursor[GTH_CURSOR_SIZE];	   /* of VERDICTS */
};

struct gth_result {
	int32_t error;	      /* 0: there is an answer; else -errno: why there is none */
	uint32_t status;      /* HTTP */
	uint32_t retry_after; /* seconds; 0: not told */
	uint32_t complete;    /* Upload-Complete: 0, 1; 2: not told */
	uint64_t offset;      /* Upload-Offset; ~0: not told */
	uint64_t sent;	      /* bytes of the body that left */
	char why[128];	      /* for people, when there is no answer */
};

/* The daemon's processes, as they talk to each other. */
enum gth_peer { GTH_PEER_BROKER, GTH_PEER_STORE, GTH_PEER_COURIER, GTH_PEER_DIALER };

bool gth_message_allowed(const struct gth_message *m, enum gth_peer from, enum gth_peer to);
int gth_message_send(int fd, const struct gth_message *m, int file);
int gth_message_receive(int fd, struct gth_message *m,
			int *file); /* 1; 0: the peer is gone; -errno */

#endif /* GTH_DAEMON_MESSAGE_H */
