// SPDX-License-Identifier: GPL-2.0-or-later
/* message.c - what may pass between the daemon's processes, and what ends a talk. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/message.h"
#include "tap.h"

#define HEADER offsetof(struct gth_message, body)

static struct gth_message out, in;
static int ends[2];

static int open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void say(uint32_t type, uint32_t size)
{
	memset(&out, 0, sizeof(out));
	out.type = type;
	out.size = size;
	out.number = 77;
	memset(out.body, 'x', size);
}

/* Past the checks of the sender: len bytes and n descriptors. */
static void send_raw(const void *data, size_t len, int n)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(8 * sizeof(int))];
	} control = { .room = { 0 } };
	struct iovec part = { (void *)data, len };
	struct msghdr packet = { .msg_iov = &part, .msg_iovlen = 1 };

	if (n) {
		control.head.cmsg_len = CMSG_LEN((size_t)n * sizeof(int));
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		for (int i = 0; i < n; i++)
			memcpy(CMSG_DATA(&control.head) + (size_t)i * sizeof(int), &ends[0],
			       sizeof(int));
		packet.msg_control = &control;
		packet.msg_controllen = CMSG_SPACE((size_t)n * sizeof(int));
	}
	if (sendmsg(ends[0], &packet, MSG_NOSIGNAL) < 0)
		tap_note("sendmsg: %s", strerror(errno));
}

static int receive_raw(const void *data, size_t len, int n)
{
	int file = 1234, ret;

	send_raw(data, len, n);
	ret = gth_message_receive(ends[1], &in, &file);
	if (ret <= 0 && file != -1)
		tap_note("a descriptor was left behind");
	if (ret > 0 && file >= 0)
		close(file);
	return ret;
}

static void test_passes(void)
{
	int file = -1, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	say(GTH_MSG_ASK, sizeof(struct gth_request));
	tap_is(gth_message_send(ends[0], &out, null), 0, "request_is_sent_with_its_file");
	tap_is(gth_message_receive(ends[1], &in, &file), 1, "request_arrives");
	tap_ok(in.type == out.type && in.size == out.size && in.number == 77 &&
		       !memcmp(in.body, out.body, out.size),
	       "message_arrives_unchanged");
	tap_ok(file >= 0 && file != null && (fcntl(file, F_GETFD) & FD_CLOEXEC),
	       "file_arrives_close_on_exec");
	close(file);
	close(null);
	tap_is(gth_message_send(ends[0], &out, -1), 0, "request_may_come_without_file");
	gth_message_receive(ends[1], &in, &file);
	tap_is(file, -1, "no_file_is_told");
	tap_ok(!in.body[in.size], "body_ends_with_nul");

	say(GTH_MSG_ORDER, GTH_MESSAGE_BODY_MAX);
	tap_is(gth_message_send(ends[0], &out, -1), 0, "largest_body_is_sent");
	tap_is(gth_message_receive(ends[1], &in, NULL), 1, "largest_body_arrives");
	tap_ok(in.size == GTH_MESSAGE_BODY_MAX && !in.body[in.size], "largest_body_ends_with_nul");
}

static void test_sender_refuses(void)
{
	say(0, 0);
	tap_is(gth_message_send(ends[0], &out, -1), -EINVAL, "type_0_is_not_sent");
	say(GTH_MSG_TYPES, 0);
	tap_is(gth_message_send(ends[0], &out, -1), -EINVAL, "unknown_type_is_not_sent");
	say(GTH_MSG_UNKNOWN, 32);
	tap_is(gth_message_send(ends[0], &out, -1), -EINVAL, "wrong_size_is_not_sent");
	say(GTH_MSG_READY, 0);
	tap_is(gth_message_send(ends[0], &out, 0), -EINVAL, "file_is_not_sent_where_none_belongs");
	say(GTH_MSG_COURIER, 0);
	tap_is(gth_message_send(ends[0], &out, -1), -EINVAL, "missing_file_is_not_sent");
}

static void test_receiver_refuses(void)
{
	int before = open_files();

	tap_is(receive_raw("short", 5, 0), -EPROTO, "refuses_less_than_a_header");
	tap_is(receive_raw("short", 5, 1), -EPROTO, "refuses_less_than_a_header_with_file");
	say(99, 0);
	tap_is(receive_raw(&out, HEADER, 0), -EPROTO, "refuses_unknown_type");
	say(0, 0);
	tap_is(receive_raw(&out, HEADER, 0), -EPROTO, "refuses_type_0");
	say(GTH_MSG_UNKNOWN, 33);
	tap_is(receive_raw(&out, HEADER + 32, 0), -EPROTO, "refuses_cut_body");
	tap_is(receive_raw(&out, HEADER + 34, 0), -EPROTO, "refuses_bytes_behind_body");
	tap_is(receive_raw(&out, HEADER + 33, 1), -EPROTO, "refuses_file_where_none_belongs");
	tap_is(receive_raw(&out, HEADER + 33, 0), 1, "takes_the_right_size");
	say(GTH_MSG_ASK, sizeof(struct gth_request) - 1);
	tap_is(receive_raw(&out, HEADER + out.size, 0), -EPROTO, "refuses_short_request");
	say(GTH_MSG_ASK, sizeof(struct gth_request));
	tap_is(receive_raw(&out, HEADER + out.size, 2), -EPROTO, "refuses_two_files");
	tap_is(receive_raw(&out, HEADER + out.size, 8), -EPROTO, "refuses_eight_files");
	tap_is(receive_raw(&out, HEADER + out.size, 1), 1, "takes_one_file");
	say(GTH_MSG_COURIER, 0);
	tap_is(receive_raw(&out, HEADER, 0), -EPROTO, "refuses_missing_file");
	say(GTH_MSG_ORDER, GTH_MESSAGE_BODY_MAX);
	tap_is(receive_raw(&out, HEADER + GTH_MESSAGE_BODY_MAX + 1, 1), -EPROTO,
	       "refuses_longer_than_longest");
	say(GTH_MSG_VERDICT, 0);
	tap_is(receive_raw(&out, HEADER, 0), -EPROTO, "refuses_empty_note");
	tap_is(open_files(), before, "keeps_no_descriptor");
}

static void test_directions(void)
{
	say(GTH_MSG_VERDICT, 1);
	tap_ok(gth_message_allowed(&out, GTH_PEER_STORE, GTH_PEER_BROKER),
	       "store_may_send_verdicts");
	tap_ok(!gth_message_allowed(&out, GTH_PEER_COURIER, GTH_PEER_STORE),
	       "courier_may_not_send_verdicts");
	tap_ok(!gth_message_allowed(&out, GTH_PEER_BROKER, GTH_PEER_STORE),
	       "broker_may_not_send_verdicts");
	say(99, 0);
	tap_ok(!gth_message_allowed(&out, GTH_PEER_BROKER, GTH_PEER_STORE),
	       "nobody_may_send_what_is_not_known");
}

static void test_ends(void)
{
	int n = 0, err;

	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	say(GTH_MSG_READY, 0);
	do {
		err = gth_message_send(ends[0], &out, -1);
	} while (!err && n++ < 1000000);
	tap_is(err, -EAGAIN, "full_socket_does_not_block");
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while ((err = gth_message_receive(ends[1], &in, NULL)) == 1)
		n--;
	tap_is(err, -EAGAIN, "empty_socket_does_not_block");
	tap_is(n, 0, "what_was_sent_arrives_once");
	close(ends[0]);
	tap_is(gth_message_receive(ends[1], &in, NULL), 0, "end_of_the_peer_is_told");
	tap_is(gth_message_send(ends[1], &out, -1), -EPIPE, "sending_to_nobody_is_an_error");
	close(ends[1]);
}

int main(void)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return 1;
	test_passes();
	test_sender_refuses();
	test_receiver_refuses();
	test_directions();
	test_ends();
	return tap_done();
}
