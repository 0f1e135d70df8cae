// SPDX-License-Identifier: GPL-2.0-or-later
/* static_route.c - GET and HEAD of the files of a log of releases (see static.h). */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "region/server.h"
#include "region/static.h"

static bool add(struct MHD_Response *r, const char *name, const char *value)
{
	return MHD_add_response_header(r, name, value) == MHD_YES;
}

/* Texts are for people too; everything else is bytes. */
static const char *type_of(const char *path)
{
	static const char *const texts[] = { "checkpoint", "checkpoint.cosigned",
					     "key",	   "latest",
					     "manifest",   "proof" };
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(name, texts[i]))
			return "text/plain; charset=utf-8";
	return "application/octet-stream";
}

/* A cache may keep it, and has to ask each time whether it is still the same. */
static bool add_fields(struct MHD_Response *r, const struct region_validators *v)
{
	return add(r, MHD_HTTP_HEADER_ETAG, v->etag) &&
	       (!*v->date || add(r, MHD_HTTP_HEADER_LAST_MODIFIED, v->date)) &&
	       add(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
}

static enum MHD_Result answer(struct region_request *q, unsigned int status, struct MHD_Response *r,
			      const struct region_validators *v, const char *type)
{
	enum MHD_Result result = MHD_NO;

	if (!r)
		return MHD_NO;
	if (add_fields(r, v) && (!type || add(r, MHD_HTTP_HEADER_CONTENT_TYPE, type)))
		result = MHD_queue_response(q->connection, status, r);
	MHD_destroy_response(r);
	return result;
}

enum MHD_Result region_get_static(struct region_request *q)
{
	const char *path = region_static_path(q->uri);
	struct stat st;
	int fd = path ? region_static_open(q->server->releases, path, &st) : -ENOENT;
	struct region_validators v;
	struct MHD_Response *r;

	if (fd == -ENOENT) {
		region_refuse(q, MHD_HTTP_NOT_FOUND, NULL, "there is nothing of this name");
		return MHD_NO;
	}
	if (fd < 0) {
		region_refuse_errno(q, fd);
		return MHD_NO;
	}
	region_validators(&v, &st);
	if (region_unchanged(&v, region_field(q, MHD_HTTP_HEADER_IF_NONE_MATCH),
			     region_field(q, MHD_HTTP_HEADER_IF_MODIFIED_SINCE))) {
		close(fd);
		r = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "",
						    MHD_RESPMEM_PERSISTENT);
		return answer(q, MHD_HTTP_NOT_MODIFIED, r, &v, NULL);
	}
	/* The response closes it. */
	r = MHD_create_response_from_fd64((uint64_t)st.st_size, fd);
	if (!r)
		close(fd);
	return answer(q, MHD_HTTP_OK, r, &v, type_of(path));
}
