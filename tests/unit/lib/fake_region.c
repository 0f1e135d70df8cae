// SPDX-License-Identifier: GPL-2.0-or-later
/* fake_region.c - the answers of a region, or of a bad one, to what the store orders. */
#include "tests/unit/lib/fake_region.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/message.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"
#include "tests/unit/lib/keys.h"
#include "tests/unit/lib/must.h"

struct fake_region region;

/* The region decrypts the file, as only it can, and judges it. */
static enum gth_finding analyse(const struct upload *u)
{
	char path[] = "/tmp/gth-fake-XXXXXX", plain[] = "/tmp/gth-fake-XXXXXX", *text;
	int in = mkstemp(path), out = mkstemp(plain);
	uint8_t digest[32];
	enum gth_finding finding;
	off_t size;

	unlink(path);
	unlink(plain);
	must(!gth_write_all(in, u->data, u->have) && !lseek(in, 0, SEEK_SET));
	must(!gth_age_decrypt(in, out, &keys.age, 1 << 24));
	size = lseek(out, 0, SEEK_END);
	must(!lseek(out, 0, SEEK_SET) && !gth_sha256_fd(out, digest));
	must(!memcmp(digest, u->note.digest, 32) && (uint64_t)size == u->note.size);
	text = calloc(1, (size_t)size + 1);
	must(text && gth_pread_full(out, text, (size_t)size, 0) == size);
	finding = strstr(text, "EVIL")	    ? GTH_FINDING_MALICIOUS
		  : strstr(text, "ODD")	    ? GTH_FINDING_SUSPICIOUS
		  : strstr(text, "STRANGE") ? GTH_FINDING_UNKNOWN
					    : GTH_FINDING_BENIGN;
	free(text);
	close(in);
	close(out);
	return finding;
}

static struct upload *upload_of(const char *id)
{
	for (size_t i = 0; i < region.n; i++)
		if (!strcmp(region.uploads[i].id, id))
			return &region.uploads[i];
	return NULL;
}

static void reply(int courier, uint64_t number, const struct gth_result *r, const char *body)
{
	static struct gth_message m;
	size_t len = body ? strlen(body) : 0;

	m.type = GTH_MSG_RESULT;
	m.number = number;
	m.size = (uint32_t)(sizeof(*r) + len);
	memcpy(m.body, r, sizeof(*r));
	if (len)
		memcpy(m.body + sizeof(*r), body, len);
	gth_message_send(courier, &m, -1); /* a store that was killed does not hear it */
}

static char *lookup_answer(const struct gth_order *o, struct gth_result *r)
{
	for (size_t i = 0; i < region.known_n; i++)
		if (!memcmp(region.known[i], o->digest, 32))
			return make_verdict(o->digest, GTH_FINDING_BENIGN, 0);
	r->status = 404;
	return strdup(region.faults.refuse
			      ? "{\"type\":\"urn:gotthard:unknown-file\",\"upload\":false}"
			      : "{\"type\":\"urn:gotthard:unknown-file\",\"upload\":true}");
}

static char *create_answer(const struct gth_order *o, const char *note, struct gth_result *r)
{
	struct upload *u = upload_of(o->id);
	size_t len;
	char *problem;

	if (region.faults.create_status) {
		r->status = region.faults.create_status;
		must(asprintf(&problem, "{\"type\":\"urn:gotthard:%s\",\"detail\":\"no\"}",
			      region.faults.create_type) > 0);
		region.faults.create_status = 0;
		return problem;
	}
	r->status = u ? 200 : 201;
	if (u)
		return NULL;
	must(region.n < FILES_MAX);
	u = &region.uploads[region.n++];
	memset(u, 0, sizeof(*u));
	must(!gth_note_verify(note, strlen(note), &keys.endpoint.verifier, 1, &len));
	must(!gth_submission_parse(&u->note, note, len));
	must(!strcmp(u->note.id, o->id) && !strcmp(u->note.endpoint, ENDPOINT));
	must(!gth_sha256(note, strlen(note), u->note_digest));
	memcpy(u->id, o->id, sizeof(u->id));
	u->data = calloc(1, u->note.cipher_size);
	must(u->data);
	return NULL;
}

static char *upload_answer(const struct gth_order *o, int file, struct gth_result *r)
{
	struct upload *u = upload_of(o->id);
	uint8_t digest[32];
	size_t part;

	must(u && file >= 0 && o->size == u->note.cipher_size);
	region.offered += o->size - o->offset;
	if (region.faults.forgets) {
		r->status = 404;
		return strdup("{}");
	}
	if (region.faults.cut_all) {
		r->error = -ECONNRESET;
		return NULL;
	}
	if (region.faults.creep) {
		r->status = 204;
		r->offset = o->offset + 1;
		return NULL;
	}
	if (o->offset != u->have) {
		r->status = 409;
		r->offset = u->have;
		return strdup("{\"type\":\"urn:gotthard:mismatching-upload-offset\"}");
	}
	part = o->size - o->offset;
	if (region.faults.cut)
		part /= 2;
	must(gth_pread_full(file, u->data + u->have, part, (off_t)o->offset) == (ssize_t)part);
	u->have += part;
	region.bytes += part;
	r->sent = part;
	if (region.faults.cut) {
		region.faults.cut = false;
		r->error = -ECONNRESET;
		return NULL;
	}
	must(!gth_sha256(u->data, u->have, digest) && !memcmp(digest, u->note.cipher_digest, 32));
	u->complete = true;
	if (region.faults.lose_receipt) {
		region.faults.lose_receipt = false;
		r->error = -ECONNRESET;
		return NULL;
	}
	return make_receipt(u);
}

static char *wait_answer(const struct gth_order *o, struct gth_result *r)
{
	struct upload *u = upload_of(o->id);
	char *receipt, *verdict = NULL, *deletion = NULL, *text;
	json_t *json;

	if (!u) {
		r->status = 404;
		return strdup("{}");
	}
	if (region.faults.garbage)
		return strdup("{\"status\":\"completed\",\"status\":\"completed\"}");
	receipt = u->complete ? make_receipt(u) : NULL;
	if (u->complete && !region.faults.status)
		verdict = make_verdict(u->note.digest, analyse(u), 0);
	if (u->deleted)
		deletion = make_deletion(u);
	json = json_pack("{s:s, s:s?, s:s?, s:s?, s:n}", "status",
			 region.faults.status ? region.faults.status
			 : u->complete	      ? "completed"
					      : "awaiting-upload",
			 "receipt", receipt, "verdict", verdict, "deletion", deletion, "detail");
	text = json_dumps(json, 0);
	json_decref(json);
	free(receipt);
	free(verdict);
	free(deletion);
	return text;
}

static char *verdicts_answer(const struct gth_order *o)
{
	json_t *none = json_array();
	uint8_t digest[32] = { 0xee };
	char next[16], *note;

	if (region.faults.endless_feed) {
		memcpy(digest + 1, &region.orders[GTH_ORDER_VERDICTS], sizeof(int));
		note = region.faults.endless_feed == 1 ? make_verdict(digest, 3, 0)
						       : strdup("nothing");
		snprintf(next, sizeof(next), "c.%u", region.orders[GTH_ORDER_VERDICTS]);
		json_t *more = json_pack("{s:[s], s:s}", "verdicts", note, "cursor", next);
		char *page = json_dumps(more, 0);

		free(note);
		json_decref(more);
		json_decref(none);
		return page;
	}
	json_t *json = json_pack("{s:O, s:s}", "verdicts", o->cursor[0] ? none : region.verdicts,
				 "cursor", "c.1");
	char *text = json_dumps(json, 0);

	memcpy(region.cursor, o->cursor, sizeof(region.cursor));
	json_decref(json);
	json_decref(none);
	return text;
}

static void answer_order(int courier, const struct gth_message *m, int file)
{
	struct gth_result r = { .status = 200, .complete = 2, .offset = UINT64_MAX };
	struct gth_order o;
	const char *body = m->body + sizeof(o);
	struct upload *u;
	char *text = NULL;

	memcpy(&o, m->body, sizeof(o));
	must(o.kind < GTH_ORDERS);
	region.orders[o.kind]++;
	if (o.kind == GTH_ORDER_LOOKUP)
		region.looked_up = o.journal;
	if (region.faults.mute[o.kind])
		return;
	if (region.faults.down) {
		r.error = -ENETUNREACH;
		r.status = 0;
		strcpy(r.why, "the network is unreachable");
		reply(courier, m->number, &r, NULL);
		return;
	}
	if (region.faults.busy && o.kind != GTH_ORDER_STATEMENT) {
		region.faults.busy--;
		r.status = 429;
		r.retry_after = region.faults.retry_after;
		reply(courier, m->number, &r, "{}");
		return;
	}
	switch (o.kind) {
	case GTH_ORDER_STATEMENT:
		text = strdup(region.statement);
		break;
	case GTH_ORDER_LOOKUP:
		text = lookup_answer(&o, &r);
		break;
	case GTH_ORDER_CREATE:
		text = create_answer(&o, body, &r);
		break;
	case GTH_ORDER_OFFSET:
		u = upload_of(o.id);
		r.status = u ? 204 : 404;
		r.offset = u ? (region.faults.forgets ? u->note.cipher_size / 2 : u->have)
			     : UINT64_MAX;
		r.complete = u ? u->complete : 2;
		break;
	case GTH_ORDER_UPLOAD:
		text = upload_answer(&o, file, &r);
		break;
	case GTH_ORDER_WAIT:
		text = wait_answer(&o, &r);
		break;
	case GTH_ORDER_VERDICTS:
		text = verdicts_answer(&o);
		break;
	default:
		r.status = 204;
		snprintf(region.statistics, sizeof(region.statistics), "%s", body);
	}
	reply(courier, m->number, &r, text);
	free(text);
}

void region_hears(int courier, const struct gth_message *m, int file)
{
	if (m->type == GTH_MSG_ORDER)
		answer_order(courier, m, file);
	else
		region.cancelled++;
}

unsigned int region_orders(void)
{
	unsigned int n = 0;

	for (int i = 0; i < GTH_ORDERS; i++)
		n += region.orders[i];
	return n;
}

void region_fresh(void)
{
	for (size_t i = 0; i < region.n; i++)
		free(region.uploads[i].data);
	region.n = region.known_n = 0;
	region.bytes = region.offered = 0;
	region.verdict_life = 3600;
	memset(&region.faults, 0, sizeof(region.faults));
	memset(region.orders, 0, sizeof(region.orders));
	memset(region.statistics, 0, sizeof(region.statistics));
	json_decref(region.verdicts);
	region.verdicts = json_array();
	set_statement(make_statement(&keys.statement, "CH", 0, 3600));
}
