// SPDX-License-Identifier: GPL-2.0-or-later
/* asked_file.c - a file that a task wants to use and the broker asks the store about. */
#include "tests/unit/lib/asked_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/message.h"
#include "lib/util/hex.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"
#include "tests/unit/lib/fake_broker.h"
#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_process.h"

struct file make_file(const char *text, size_t size)
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

void ask(const struct file *f)
{
	static struct gth_message m;
	int err;

	m.type = GTH_MSG_ASK;
	m.number = 0;
	m.size = sizeof(f->request);
	memcpy(m.body, &f->request, sizeof(f->request));
	/* Not to wait for a store that waits for this process. */
	while ((err = gth_message_send(store.broker, &m, f->request.fd < 0 ? -1 : f->fd)) ==
	       -EAGAIN)
		pump(1);
	must(!err);
}

void ask_in_turn(const struct file *first, const struct file *second)
{
	ask(first);
	must(until(finding(first) >= 0));
	ask(second);
}

int finding(const struct file *f)
{
	return broker.heard[hear(f->digest)].finding;
}

unsigned int unknown(const struct file *f)
{
	return broker.heard[hear(f->digest)].unknown;
}
