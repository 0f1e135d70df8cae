// SPDX-License-Identifier: GPL-2.0-or-later
/* message.c - packets between the daemon's processes, each checked as a whole (see message.h). */
#include "daemon/message.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/log/note.h"
#include "lib/text/journal_head.h"

#define HEADER offsetof(struct gth_message, body)
#define WHY_MAX 512 /* of text */
#define NAMED 33    /* bytes of a domain and a digest */
#define RESULT_MAX (sizeof(struct gth_result) + (64 << 10))
#define EDGE_MAX (GTH_FRONTIER_MAX * GTH_MERKLE_HASH)
#define FILES_MAX 2 /* descriptors that can arrive: one more than may, so that it is seen */

enum file { NO_FILE, MAY_HAVE_FILE, HAS_FILE };

static const struct {
	unsigned char from, to; /* enum gth_peer */
	unsigned char file;	/* enum file */
	uint32_t min, max;	/* bytes of the body */
} rules[GTH_MSG_TYPES] = {
	[GTH_MSG_ASK] = { GTH_PEER_BROKER, GTH_PEER_STORE, MAY_HAVE_FILE,
			  sizeof(struct gth_request), sizeof(struct gth_request) },
	[GTH_MSG_REJECTED] = { GTH_PEER_BROKER, GTH_PEER_STORE, NO_FILE, 1, GTH_NOTE_MAX },
	[GTH_MSG_RELOAD] = { GTH_PEER_BROKER, GTH_PEER_STORE, HAS_FILE, 0, 0 },
	[GTH_MSG_COURIER] = { GTH_PEER_BROKER, GTH_PEER_STORE, HAS_FILE, 0, 0 },
	[GTH_MSG_STATEMENT] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, 1, GTH_NOTE_MAX },
	[GTH_MSG_VERDICT] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, 1, GTH_NOTE_MAX },
	[GTH_MSG_UNKNOWN] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, NAMED, NAMED },
	[GTH_MSG_FORGET] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, NAMED, NAMED },
	[GTH_MSG_READY] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, 0, 0 },
	[GTH_MSG_UNABLE] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, 0, 0 },
	[GTH_MSG_KEPT] = { GTH_PEER_BROKER, GTH_PEER_STORE, NO_FILE, 0, EDGE_MAX },
	[GTH_MSG_UNKEPT] = { GTH_PEER_BROKER, GTH_PEER_STORE, NO_FILE, 0, 0 },
	[GTH_MSG_ACCEPTED] = { GTH_PEER_BROKER, GTH_PEER_STORE, NO_FILE, 1,
			       GTH_JOURNAL_ACCEPTED_SIZE - 1 },
	[GTH_MSG_LEAVES] = { GTH_PEER_STORE, GTH_PEER_BROKER, NO_FILE, GTH_MERKLE_HASH,
			     GTH_LEAVES_MAX *GTH_MERKLE_HASH },
	[GTH_MSG_ORDER] = { GTH_PEER_STORE, GTH_PEER_COURIER, MAY_HAVE_FILE,
			    sizeof(struct gth_order), GTH_MESSAGE_BODY_MAX },
	[GTH_MSG_CANCEL] = { GTH_PEER_STORE, GTH_PEER_COURIER, NO_FILE, 0, 0 },
	[GTH_MSG_RESULT] = { GTH_PEER_COURIER, GTH_PEER_STORE, NO_FILE, sizeof(struct gth_result),
			     RESULT_MAX },
	[GTH_MSG_DIAL] = { GTH_PEER_COURIER, GTH_PEER_DIALER, NO_FILE, GTH_DIGEST_SIZE,
			   GTH_DIGEST_SIZE },
	[GTH_MSG_DIALED] = { GTH_PEER_DIALER, GTH_PEER_COURIER, MAY_HAVE_FILE, 0, WHY_MAX },
};

/* Is it a message of the table, in its size and with its file? Both ends check it. */
static bool well_formed(uint32_t type, uint32_t size, bool file)
{
	if (!type || type >= GTH_MSG_TYPES)
		return false;
	if (size < rules[type].min || size > rules[type].max)
		return false;
	return file ? rules[type].file != NO_FILE : rules[type].file != HAS_FILE;
}

/* gth_message_allowed() - may this sender say this to this receiver? */
bool gth_message_allowed(const struct gth_message *m, enum gth_peer from, enum gth_peer to)
{
	return m->type && m->type < GTH_MSG_TYPES && rules[m->type].from == from &&
	       rules[m->type].to == to;
}

/**
 * gth_message_send() - one packet, whole or not at all
 * @fd: SOCK_SEQPACKET
 * @m: type, size, number and size bytes of body
 * @file: a descriptor that goes along (it stays open here), or -1
 *
 * Return: 0; -EINVAL: no such message; -EAGAIN: the socket is full and
 * O_NONBLOCK; -EPIPE: the peer is gone; another errno of sendmsg(2).
 */
int gth_message_send(int fd, const struct gth_message *m, int file)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec part = { (void *)m, HEADER + m->size };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	if (!well_formed(m->type, m->size, file >= 0))
		return -EINVAL;
	if (file >= 0) {
		control.head = (struct cmsghdr) {
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		};
		memcpy(CMSG_DATA(&control.head), &file, sizeof(file));
		packet.msg_control = &control;
		packet.msg_controllen = CMSG_SPACE(sizeof(int));
	}
	do {
		n = sendmsg(fd, &packet, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	return 0;
}

/* Takes the descriptors out of a packet. Return: how many there were; the first one is in @file. */
static int take_files(struct msghdr *packet, int *file)
{
	int n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(packet); c; c = CMSG_NXTHDR(packet, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; CMSG_LEN(at + sizeof(int)) <= c->cmsg_len; at += sizeof(int)) {
			int got;

			memcpy(&got, CMSG_DATA(c) + at, sizeof(got));
			if (n++)
				close(got);
			else
				*file = got;
		}
	}
	return n;
}

/**
 * gth_message_receive() - one packet
 * @fd: SOCK_SEQPACKET
 * @m: set; the body ends with a NUL behind its size
 * @file: set to the descriptor that came along, close-on-exec and the caller's;
 *        -1: none. NULL: one that comes is closed.
 *
 * Return: 1; 0: the peer is gone; -EPROTO: not a message as the table has it,
 * and nothing is left of it; -EAGAIN, -EINTR, or another errno of recvmsg(2).
 */
int gth_message_receive(int fd, struct gth_message *m, int *file)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(FILES_MAX * sizeof(int))];
	} control;
	struct iovec part = { m, HEADER + GTH_MESSAGE_BODY_MAX };
	struct msghdr packet = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int got = -1, files;
	ssize_t n;

	if (file)
		*file = -1;
	n = recvmsg(fd, &packet, MSG_CMSG_CLOEXEC);
	if (n < 0)
		return errno == ECONNRESET ? 0 : -errno;
	files = take_files(&packet, &got);
	if (!n && !files)
		return 0;
	if ((packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) || files > 1 || (size_t)n < HEADER ||
	    m->size != (size_t)n - HEADER || !well_formed(m->type, m->size, files)) {
		if (got >= 0)
			close(got);
		return -EPROTO;
	}
	m->body[m->size] = '\0';
	if (file)
		*file = got;
	else if (got >= 0)
		close(got);
	return 1;
}
