// SPDX-License-Identifier: GPL-2.0-or-later
/* journald.c - an event as an entry of the systemd journal (see journald.h). */
#include "daemon/events/journald.h"

#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The source file and line of the caller are of no use in an event. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "daemon/events/event_json.h"
#include "daemon/events/sentence.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/**
 * gth_journald_is() - is this descriptor a stream to the journal?
 * @fd: standard output
 *
 * The service manager names the stream that it made in $JOURNAL_STREAM, as
 * systemd.exec(5) has it; a wrapper may have given the program another stream
 * since.
 */
bool gth_journald_is(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;
	char end;

	return stream && sscanf(stream, "%llu:%llu%c", &dev, &ino, &end) == 2 && !fstat(fd, &st) &&
	       st.st_dev == dev && st.st_ino == ino;
}

static int add(struct gth_journald_entry *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int add(struct gth_journald_entry *e, const char *format, ...)
{
	char *text;
	va_list args;
	int n;

	if (e->n == GTH_JOURNALD_FIELDS)
		return -E2BIG;
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	e->field[e->n++] = (struct iovec) { .iov_base = text, .iov_len = (size_t)n };
	return 0;
}

/* No member of an event holds a NUL: each of its strings ends at the first. */
static int add_member(struct gth_journald_entry *e, const char *key, const json_t *value)
{
	char name[64] = "";

	for (size_t i = 0; key[i] && i < sizeof(name) - 1; i++)
		name[i] = (char)toupper((unsigned char)key[i]);
	if (json_is_string(value))
		return add(e, "GOTTHARD_%s=%s", name, json_string_value(value));
	if (json_is_integer(value))
		return add(e, "GOTTHARD_%s=%" JSON_INTEGER_FORMAT, name, json_integer_value(value));
	return add(e, "GOTTHARD_%s=%s", name, json_is_true(value) ? "true" : "false");
}

/**
 * gth_journald_format() - the fields of the entry for an event
 * @entry: set; to be freed by gth_journald_free(), also after an error
 * @event: a copy; its strings need not end
 *
 * Return: 0 or -ENOMEM.
 */
int gth_journald_format(struct gth_journald_entry *entry, const struct gth_event *event)
{
	json_t *members = gth_event_json(event), *value;
	struct gth_sentence s;
	const char *key;
	int err;

	*entry = (struct gth_journald_entry) { .n = 0 };
	if (!members)
		return -ENOMEM;
	gth_sentence(&s, event);
	err = add(entry, "MESSAGE=%s", s.text);
	if (!err)
		err = add(entry, "MESSAGE_ID=%s", s.id);
	if (!err)
		err = add(entry, "PRIORITY=%d", s.priority);
	if (!err)
		err = add(entry, "SYSLOG_IDENTIFIER=%s", "gotthardd");
	json_object_foreach(members, key, value)
	{
		if (!err)
			err = add_member(entry, key, value);
	}
	json_decref(members);
	return err;
}

void gth_journald_free(struct gth_journald_entry *entry)
{
	while (entry->n)
		free(entry->field[--entry->n].iov_base);
}

/**
 * gth_journald_send() - an event to the journal
 * @event: a copy; its strings need not end
 *
 * Waits while the journal's socket is full.
 *
 * Return: 0; -ENOTCONN: there is no journal to send it to; or another errno.
 */
int gth_journald_send(const struct gth_event *event)
{
	struct gth_journald_entry entry;
	int err;

	/* sd_journal_sendv() reports success if there is no journal. */
	if (access(JOURNAL_SOCKET, F_OK))
		return -ENOTCONN;
	err = gth_journald_format(&entry, event);
	if (!err)
		err = sd_journal_sendv(entry.field, entry.n);
	gth_journald_free(&entry);
	return err;
}
