// SPDX-License-Identifier: GPL-2.0-or-later
/* store_command.c - what gotthardctl asks the store. */
#include "tests/unit/lib/store_command.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/lib/must.h"
#include "tests/unit/lib/store_process.h"
#include "tests/unit/tap.h"

json_t *command(const char *text)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	static char answer[65536];
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	ssize_t n = -1;

	strcpy(a.sun_path, store.control);
	must(!connect(fd, (struct sockaddr *)&a, sizeof(a)));
	must(send(fd, text, strlen(text), 0) > 0);
	until((n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT)) >= 0);
	close(fd);
	return n > 0 ? json_loadb(answer, (size_t)n, 0, NULL) : NULL;
}

bool command_ok(const char *text)
{
	json_t *answer = command(text);
	bool ok = json_is_true(json_object_get(answer, "ok"));

	json_decref(answer);
	return ok;
}

json_int_t status_of(const char *in, const char *name)
{
	json_t *status = command("status");
	json_int_t n = json_integer_value(
		json_object_get(in ? json_object_get(status, in) : status, name));

	json_decref(status);
	return n;
}

bool journal_says(const char *words)
{
	json_t *status = command("status");
	const char *text = json_string_value(json_object_get(status, "journal"));
	bool says = text && strstr(text, words);

	if (!says)
		tap_note("%s", text ? text : "no answer");
	json_decref(status);
	return says;
}
