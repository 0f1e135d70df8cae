// SPDX-License-Identifier: GPL-2.0-or-later
/* request.c - a request from its first line to its answer (see server.h). */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/util/clock.h"

#include "lib/util/number.h"
#include "region/server.h"
#include "region/static.h"

#define DRAIN (1U << 20)	 /* bytes of a refused body that are read */
#define BODY_MS (15 * 60 * 1000) /* time that the body of one request may take */

static const struct region_route routes[GTH_ORDERS] = {
	[GTH_ORDER_STATEMENT] = { .finish = region_get_statement },
	[GTH_ORDER_LOOKUP] = { region_get_file_begin, NULL, region_get_file },
	[GTH_ORDER_CREATE] = { region_put_submission_begin, NULL, region_put_submission },
	[GTH_ORDER_OFFSET] = { .finish = region_head_upload },
	[GTH_ORDER_UPLOAD] = { region_patch_begin, region_patch_data, region_patch_finish },
	[GTH_ORDER_WAIT] = { .finish = region_get_submission },
	[GTH_ORDER_VERDICTS] = { .finish = region_get_verdicts },
	[GTH_ORDER_STATISTICS] = { region_post_statistics_begin, NULL, region_post_statistics },
};

static const struct region_route static_route = { .finish = region_get_static };

/* Called with the first line, as it came. Return: the request. */
void *region_request_new(void *server, const char *uri, struct MHD_Connection *connection)
{
	struct region_request *q = calloc(1, sizeof(*q));

	if (!q)
		return NULL;
	q->server = server;
	q->connection = connection;
	q->fd = -1;
	q->deadline = gth_monotonic_ms() + BODY_MS;
	if (strlen(uri) < sizeof(q->uri))
		memcpy(q->uri, uri, strlen(uri) + 1);
	return q;
}

const char *region_field(const struct region_request *q, const char *name)
{
	return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

/* region_type_ok() - is the body of the type that this request has? */
bool region_type_ok(const struct region_request *q)
{
	return region_type_is(region_field(q, MHD_HTTP_HEADER_CONTENT_TYPE),
			      gth_api_row(q->target.kind)->type);
}

/* Identifies the endpoint, and counts the request against its limit. */
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
			      "the endpoint was enrolled again, with another certificate");
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
	if (q->server->releases >= 0 && region_static_is(q->uri)) {
		if (!strcmp(method, MHD_HTTP_METHOD_GET) || !strcmp(method, MHD_HTTP_METHOD_HEAD))
			q->route = &static_route;
		else
			region_refuse(q, MHD_HTTP_METHOD_NOT_ALLOWED, NULL,
				      "files can only be read here (GET, HEAD)");
		return;
	}
	switch (gth_api_parse(&q->target, method, q->uri)) {
	case 0:
		q->route = &routes[q->target.kind];
		return;
	case -ENOENT:
		region_refuse(q, MHD_HTTP_NOT_FOUND, NULL, "there is nothing of this name");
		return;
	case -EOPNOTSUPP:
		region_refuse(q, MHD_HTTP_METHOD_NOT_ALLOWED, NULL, "this path has no such method");
		return;
	default:
		region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL,
			      "the digest, identifier or query is malformed");
	}
}

/* The most bytes that its body may have. */
static size_t body_max(const struct region_request *q)
{
	return gth_api_row(q->target.kind)->body;
}

/* Bytes of the body; 0: there is none; ULLONG_MAX: not known yet. */
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

/* Called by MHD_get_connection_values(): counts the fields that give the length of the body. */
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
 * Is the length given twice, or in two ways? A proxy before this server might
 * use the other, and see other requests (RFC 9112, 11.2).
 */
static bool ambiguous(struct region_request *q)
{
	unsigned int n = 0;

	MHD_get_connection_values(q->connection, MHD_HEADER_KIND, count_lengths, &n);
	if (n < 2)
		return false;
	region_refuse(q, MHD_HTTP_BAD_REQUEST, NULL, "the length of the body is given twice");
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
	if (!q->problem.status && n != ULLONG_MAX && n > body_max(q))
		region_refuse(q, MHD_HTTP_CONTENT_TOO_LARGE, "too-large", "the body is too large");
	if (!q->problem.status && q->route->begin)
		q->route->begin(q);
	/*
	 * Only for a long body: an answer before its end cuts the body off, and many clients miss
	 * that answer.
	 */
	if (q->problem.status && n > DRAIN)
		return region_answer_problem(q);
	return MHD_YES;
}

static enum MHD_Result take(struct region_request *q, const char *data, size_t len)
{
	if (gth_monotonic_ms() > q->deadline)
		return MHD_NO;
	region_crowd_bytes(&q->server->crowd, q->connection, len);
	if (!q->problem.status && q->route->data) {
		q->route->data(q, data, len);
	} else if (!q->problem.status) {
		if (len > body_max(q) - q->len) {
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
