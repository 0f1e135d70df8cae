// SPDX-License-Identifier: GPL-2.0-or-later
/* request.c - a request from its first line to its answer (see server.h). */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/util/number.h"
#include "region/server.h"

#define DRAIN (1U << 20)	 /* bytes of a refused body that are waited for */
#define BODY_MS (15 * 60 * 1000) /* time that the body of one request may take */
/* Bytes: its longest path, every byte of it as %XX, has 12285; the rest is short. */
#define SUBMISSION_MAX (16U << 10)
#define STATISTICS_MAX (16U << 10)

static const struct region_route routes[] = {
	{ REGION_STATEMENT, "GET", 0, NULL, NULL, region_get_statement },
	{ REGION_FILE, "GET", 0, NULL, NULL, region_get_file },
	{ REGION_VERDICTS, "GET", 0, NULL, NULL, region_get_verdicts },
	{ REGION_STATISTICS, "POST", STATISTICS_MAX, region_post_statistics_begin, NULL,
	  region_post_statistics },
	{ REGION_SUBMISSION, "GET", 0, NULL, NULL, region_get_submission },
	{ REGION_SUBMISSION, "HEAD", 0, NULL, NULL, region_head_upload },
	{ REGION_SUBMISSION, "PUT", SUBMISSION_MAX, region_put_submission_begin, NULL,
	  region_put_submission },
	{ REGION_SUBMISSION, "PATCH", SIZE_MAX, region_patch_begin, region_patch_data,
	  region_patch_finish },
};

#define ROUTES (sizeof(routes) / sizeof(routes[0]))

/* Called with the first line, as it came; what it returns is the request from then on. */
void *region_request_new(void *server, const char *uri, struct MHD_Connection *connection)
{
	struct region_request *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->server = server;
	q->connection = connection;
	q->fd = -1;
	q->deadline = region_clock() + BODY_MS;
	q->target_err = region_target_parse(&q->target, uri);
	return q;
}

const char *region_field(const struct region_request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

/* Who it is, and has it room for one more? */
static void admit(struct region_request *q)
{
	struct region_server *s = q->server;
	unsigned int n = 0;
	struct region_peer peer;
	int err = region_peer(q->connection, &peer);

	if (!err) {
		memcpy(q->endpoint, peer.name, sizeof(q->endpoint));
		err = region_endpoint_admit(&s->region->state, q->endpoint, peer.serial);
	}
	if (err == -ENOKEY)
		region_refuse(q, MHD_HTTP_FORBIDDEN, NULL, "a client certificate is needed");
	else if (err == -EKEYREJECTED)
		region_refuse(q, MHD_HTTP_FORBIDDEN, NULL,
			      "the certificate is not one of this region's endpoints");
	else if (err == -EKEYREVOKED)
		region_refuse(q, MHD_HTTP_FORBIDDEN, NULL,
			      "the endpoint was enrolled anew, with another certificate");
	else if (err == -ENOENT)
		region_refuse(q, MHD_HTTP_FORBIDDEN, NULL, "the endpoint is not enrolled");
	else if (err)
		region_refuse_errno(q, err);
	if (err)
		return;
	region_crowd_endpoint(&s->crowd, q->connection);
	pthread_mutex_lock(&s->lock);
	for (const struct region_request *r = s->requests; r; r = r->next)
		n += !strcmp(r->endpoint, q->endpoint);
	if (n < s->per_endpoint) {
		q->next = s->requests;
		s->requests = q;
		q->listed = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (!q->listed)
		region_refuse(q, MHD_HTTP_TOO_MANY_REQUESTS, NULL,
			      "too many requests of this endpoint at a time");
}

static void route(struct region_request *q, const char *method)
{
	bool known = false;

	if (q->target_err == -ENOENT) {
		region_refuse(q, MHD_HTTP_NOT_FOUND, NULL, "there is nothing of this name");
		return;
	}
	if (q->target_err) {
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL,
			      "the digest, identifier or query is not as it should be");
		return;
	}
	for (size_t i = 0; i < ROUTES && !q->route; i++) {
		if (routes[i].what != q->target.what)
			continue;
		known = true;
		if (!strcmp(routes[i].method, method))
			q->route = &routes[i];
	}
	if (!q->route)
		region_refuse(q, known ? MHD_HTTP_METHOD_NOT_ALLOWED : MHD_HTTP_NOT_FOUND, NULL,
			      "this cannot be done here");
}

/* Bytes of the body; 0: there is none; ULLONG_MAX: nobody knows yet. */
static unsigned long long announced(const struct region_request *q)
{
	const char *length = region_field(q, MHD_HTTP_HEADER_CONTENT_LENGTH);
	unsigned long long n = 0;

	if (region_field(q, MHD_HTTP_HEADER_TRANSFER_ENCODING))
		return ULLONG_MAX;
	if (length && gth_number_parse(length, ULLONG_MAX, &n))
		return ULLONG_MAX;
	return n;
}

/* What MHD_get_connection_values() calls: fields that say how long a body is. */
static enum MHD_Result count_lengths(void *count, enum MHD_ValueKind kind, const char *name,
				     const char *value)
{
	(void)kind;
	(void)value;
	if (!strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) ||
	    !strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING))
		++*(unsigned int *)count;
	return MHD_YES;
}

/*
 * A length said twice, or in two ways: a proxy before this server might take the
 * other, and see other requests (RFC 9112, 11.2).
 */
static bool ambiguous(struct region_request *q)
{
	unsigned int n = 0;

	MHD_get_connection_values(q->connection, MHD_HEADER_KIND, count_lengths, &n);
	if (n < 2)
		return false;
	region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL, "the length of the body is said twice");
	q->problem.close = true;
	return true;
}

static enum MHD_Result begin(struct region_request *q, const char *method)
{
	unsigned long long n = announced(q);

	q->begun = true;
	region_crowd_phase(&q->server->crowd, q->connection, REGION_BODY);
	if (ambiguous(q))
		return region_answer_problem(q);
	admit(q);
	if (!q->problem.status)
		route(q, method);
	if (!q->problem.status && n != ULLONG_MAX && n > q->route->body)
		region_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "the body is too large");
	if (!q->problem.status && q->route->begin)
		q->route->begin(q);
	/* An answer before the end of the body cuts it off: many a client misses it. */
	if (q->problem.status && n > DRAIN)
		return region_answer_problem(q);
	return MHD_YES;
}

static enum MHD_Result take(struct region_request *q, const char *data, size_t len)
{
	if (region_clock() > q->deadline)
		return MHD_NO;
	region_crowd_bytes(&q->server->crowd, q->connection, len);
	if (!q->problem.status && q->route->data) {
		q->route->data(q, data, len);
	} else if (!q->problem.status) {
		if (len > q->route->body - q->len) {
			region_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "too-large",
				      "the body is too large");
		} else {
			char *more = realloc(q->body, q->len + len + 1);

			if (!more)
				return MHD_NO;
			q->body = more;
			memcpy(q->body + q->len, data, len);
			q->len += len;
			q->body[q->len] = '\0';
		}
	}
	if (q->problem.status)
		q->drained += len;
	return q->drained <= DRAIN ? MHD_YES : MHD_NO;
}

/* Called at the end of the header, with each piece of the body, and at its end. */
enum MHD_Result region_request_handle(void *server, struct MHD_Connection *connection,
				      const char *url, const char *method, const char *version,
				      const char *data, size_t *len, void **request)
{
	struct region_request *q = *request;

	(void)server;
	(void)connection;
	(void)url;
	(void)version;
	if (!q)
		return MHD_NO;
	if (!q->begun)
		return begin(q, method);
	if (*len) {
		size_t n = *len;

		*len = 0;
		return take(q, data, n);
	}
	region_crowd_phase(&q->server->crowd, q->connection, REGION_ANSWER);
	if (!q->problem.status) {
		enum MHD_Result result = q->route->finish(q);

		if (!q->problem.status)
			return result;
	}
	return region_answer_problem(q);
}

void region_request_end(void *server, struct MHD_Connection *connection, void **request,
			enum MHD_RequestTerminationCode code)
{
	struct region_request *q = *request, **at;

	(void)server;
	(void)code;
	if (!q)
		return;
	*request = NULL;
	region_crowd_phase(&q->server->crowd, connection, REGION_HEADER);
	if (q->listed) {
		pthread_mutex_lock(&q->server->lock);
		for (at = &q->server->requests; *at != q; at = &(*at)->next)
			;
		*at = q->next;
		pthread_mutex_unlock(&q->server->lock);
	}
	if (q->fd >= 0)
		close(q->fd);
	region_submission_free(&q->sub);
	free(q->body);
	free(q);
}
