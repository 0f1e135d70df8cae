// SPDX-License-Identifier: GPL-2.0-or-later
/* health.c - the broker reports the daemon's state (see health.h). */
#include "daemon/broker/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/broker/control_socket.h"
#include "lib/host/health.h"
#include "lib/util/json.h"
#include "lib/util/say.h"

/*
 * gth_health_open() - listens beside @control; a failure is logged, and the daemon goes on without
 */
void gth_health_open(struct gth_health *h, const char *control)
{
	int fd = gth_health_address(&h->address, control);

	if (!fd)
		fd = gth_control_socket_listen(h->address.sun_path);
	if (fd < 0)
		gth_say("%s: %s; gotthardctl status cannot ask this daemon", h->address.sun_path,
			strerror(-fd));
	h->listener = fd < 0 ? -1 : fd;
}

static void add_problem(json_t *problems, const char *text)
{
	if (*text)
		json_array_append_new(problems, gth_json_text(text));
}

static void add_writer(json_t *problems, const struct gth_writer *w)
{
	char text[128];

	if (w->silent < GTH_WRITER_MS)
		return;
	snprintf(
		text, sizeof(text),
		"no event can be written since %llu s: is the disk full, or is its output not read?",
		(unsigned long long)w->silent / 1000);
	add_problem(problems, text);
}

static void add_kept(json_t *problems, const struct gth_kept *k)
{
	char text[PATH_MAX + 256];

	if (gth_kept_problem(k, text, sizeof(text)))
		add_problem(problems, text);
}

/* One child, and what is wrong with it. */
static json_t *process(const struct gth_children_report *r)
{
	/* clang-format off */
	return json_pack("{s:s, s:s, s:o, s:I, s:I, s:o, s:o}",
		"name", r->name, "state", r->state,
		"pid", r->pid ? json_integer(r->pid) : json_null(),
		"silent", (json_int_t)r->silent, "failed", (json_int_t)r->failed,
		"last", *r->last ? gth_json_text(r->last) : json_null(),
		"next_start", r->pid ? json_null() : json_integer((json_int_t)r->next));
	/* clang-format on */
}

static json_t *describe(const struct gth_health_facts *f)
{
	json_t *problems = json_array(), *processes = json_array();

	for (size_t i = 0; f->restored && i < f->restored->n; i++)
		add_problem(problems, f->restored->problem[i]);
	for (int i = GTH_ROLE_STORE; i < GTH_ROLES; i++) {
		struct gth_children_report r;

		if (!f->children->wanted && !f->children->member[i].pid)
			continue;
		gth_children_report(f->children, (enum gth_role)i, f->now, &r);
		json_array_append_new(processes, process(&r));
		add_problem(problems, r.problem);
	}
	add_writer(problems, f->writer);
	add_kept(problems, f->kept);
	return json_pack("{s:o, s:o}", "problems", problems, "processes", processes);
}

/* gth_health_answer() - answer all peers that have connected; the listener is non-blocking */
void gth_health_answer(struct gth_health *h, const struct gth_health_facts *f)
{
	json_t *answer = describe(f);
	char *text = json_dumps(answer, JSON_COMPACT);
	int fd;

	while ((fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		/* The peer may have closed already: an error concerns it alone. */
		if (text)
			send(fd, text, strlen(text), MSG_NOSIGNAL);
		close(fd);
	}
	free(text);
	json_decref(answer);
}

void gth_health_close(struct gth_health *h)
{
	if (h->listener < 0)
		return;
	unlink(h->address.sun_path);
	close(h->listener);
	h->listener = -1;
}
