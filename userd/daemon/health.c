// SPDX-License-Identifier: GPL-2.0-or-later
/* health.c - the broker says how the daemon is (see health.h). */
#include "daemon/health.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/control.h"
#include "lib/health.h"
#include "lib/json.h"
#include "lib/say.h"

/* gth_health_open() - beside @control; what fails is said, and the daemon goes on without */
void gth_health_open(struct gth_health *h, const char *control)
{
	int fd = gth_health_address(&h->address, control);

	if (!fd)
		fd = gth_control_listen(h->address.sun_path);
	if (fd < 0)
		gth_say("%s: %s; gotthardctl status cannot ask this daemon", h->address.sun_path,
			strerror(-fd));
	h->listener = fd < 0 ? -1 : fd;
}

static json_t *problems(const struct gth_restore *restored)
{
	json_t *list = json_array();

	for (size_t i = 0; restored && i < restored->n; i++)
		json_array_append_new(list, gth_json_text(restored->problem[i]));
	return list;
}

/* gth_health_answer() - all who have connected; a listener that is non-blocking */
void gth_health_answer(struct gth_health *h, const struct gth_restore *restored)
{
	json_t *answer = json_pack("{s:o}", "problems", problems(restored));
	char *text = json_dumps(answer, JSON_COMPACT);
	int fd;

	while ((fd = accept4(h->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		/* A peer that has gone again misses it. */
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
