// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age.c - fuzzes what reads age files and keys; the first byte chooses the reader.
 *
 * A MAC or a tag stops nearly every input, so some readers get theirs made right,
 * and one gets a sealed file with changes in it.
 */
#include <errno.h>
#include <stdio.h>

#include "lib/age/age_header.h"
#include "lib/age/age_payload.h"
#include "tests/unit/bytes.h"

#define PLAIN 70000
#define STANZA_END (sizeof(GTH_AGE_VERSION_LINE) - 1 + GTH_AGE_STANZA_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The identity of tests/vectors/age. */
static const char text[] =
	"AGE-SECRET-KEY-1YQL4KKS0LXAL2LU7LSAG6CH62MZRW04F92XTVZSLHAX034DZHNZQXHCPR3";
static const uint8_t file_key[GTH_AGE_FILE_KEY_SIZE] = "sixteen bytes ..";

static struct gth_age_identity identity;
static struct bytes plain, sealed; /* two chunks */
static char stanza[STANZA_END];	   /* a version line and file_key for the identity */
static int sink;		   /* a file in memory, used again and again */

static void check(bool right)
{
	if (!right)
		abort();
}

static void prepare(void)
{
	struct gth_age_recipient r;
	struct gth_age_stanza s;
	char header[GTH_AGE_HEADER_SIZE(1)];
	int in;

	check(!gth_age_identity_parse(&identity, text));
	check(!gth_age_identity_recipient(&identity, &r));
	check(!gth_age_wrap(&s, &r, file_key));
	gth_age_header_format(header, &s, 1);
	memcpy(stanza, header, sizeof(stanza));
	plain = bytes_new(PLAIN);
	memset(plain.at, 'g', PLAIN);
	in = bytes_file(plain);
	sink = bytes_file((struct bytes) { plain.at, 0 });
	check(!gth_age_encrypt(in, sink, &r, 1));
	sealed = bytes_of(sink);
	close(in);
}

/* Decrypts into sink, which then holds what was written. */
static int decrypt(struct bytes b, uint64_t max)
{
	int in = bytes_file(b), err;

	check(!ftruncate(sink, 0) && !lseek(sink, 0, SEEK_SET));
	err = gth_age_decrypt(in, sink, &identity, max);
	close(in);
	check(!err || err == -EBADMSG || err == -ENOKEY || err == -EFBIG);
	return err;
}

/* A header that is taken is the one that we would write, unless it has other types of stanza. */
static void header(struct bytes b)
{
	static struct gth_age_header h;
	static char again[GTH_AGE_HEADER_MAX];
	size_t covered;

	if (gth_age_header_parse(&h, (const char *)b.at, b.len))
		return;
	check(h.size <= b.len && h.size <= GTH_AGE_HEADER_MAX && h.covered < h.size);
	check(!memcmp(b.at + h.covered - 4, "\n--- ", 5) && b.at[h.size - 1] == '\n');
	check(!memchr(b.at, '\r', h.size));
	check(GTH_AGE_HEADER_SIZE(h.count) <= h.size);
	if (GTH_AGE_HEADER_SIZE(h.count) < h.size)
		return;
	covered = gth_age_header_format(again, h.stanzas, h.count);
	gth_age_header_finish(again, covered, h.mac);
	check(covered == h.covered && !memcmp(again, b.at, h.size));
}

/* As it is. Success: its size tells that of the plaintext. */
static void whole(struct bytes b)
{
	struct stat st;

	if (decrypt(b, 1000))
		return;
	check(!fstat(sink, &st) && st.st_size <= 1000);
	check(b.len >= gth_age_size((uint64_t)st.st_size, 1));
}

/* Stanzas of any kind, before or behind one that opens, under the right MAC. */
static void stanzas(struct bytes b)
{
	size_t version = sizeof(GTH_AGE_VERSION_LINE) - 1;
	bool before = b.len && b.at[0] & 1;
	FILE *f;
	struct bytes made = { NULL, 0 };
	struct gth_age_source in = { .ahead = "age", .left = 3, .fd = sink };
	uint8_t mac[GTH_AGE_MAC_SIZE];
	char line[GTH_AGE_BASE64_LEN(GTH_AGE_MAC_SIZE)], *data = NULL;
	int file, err;

	f = open_memstream(&data, &made.len);
	check(f);
	fwrite(stanza, 1, before ? version : sizeof(stanza), f);
	if (b.len)
		fwrite(b.at + 1, 1, b.len - 1, f);
	if (before)
		fwrite(stanza + version, 1, sizeof(stanza) - version, f);
	fputs("---", f);
	check(!fflush(f) && !gth_age_header_mac(mac, data, made.len, file_key));
	gth_age_base64_encode(line, mac, sizeof(mac));
	fprintf(f, " %.*s\n", (int)sizeof(line), line);
	check(!fclose(f));
	made.at = (uint8_t *)data;
	file = bytes_file(made);
	check(lseek(file, 0, SEEK_END) == (off_t)made.len);
	check(!ftruncate(sink, 0) && !gth_age_payload_seal(&in, file, file_key));
	free(data);

	made = bytes_of(file);
	close(file);
	err = decrypt(made, 3);
	bytes_free(&made);
	made = bytes_of(sink);
	/* An end of the header within the input may leave the stanza that opens outside. */
	if (err)
		check((err == -EBADMSG || (before && err == -ENOKEY)) && !made.len);
	else
		check(made.len == 3 && !memcmp(made.at, "age", 3));
	bytes_free(&made);
}

/* Any bytes as a payload, under a key that is known. */
static void payload(struct bytes b)
{
	struct gth_age_source in = { .ahead = (const char *)b.at, .left = b.len / 2 };
	int err;

	in.fd = bytes_file((struct bytes) { b.at + b.len / 2, b.len - b.len / 2 });
	err = gth_age_payload_open(&in, sink, file_key, UINT64_MAX);
	close(in.fd);
	check(!err || err == -EBADMSG);
}

/* Changes of three bytes, where and what, and a new end: nothing but the file itself is taken. */
static void changed(struct bytes b)
{
	struct bytes other = bytes_new(sealed.len + 65536), got;
	int err;

	memset(other.at, 0, other.len);
	memcpy(other.at, sealed.at, sealed.len);
	other.len = sealed.len;
	if (b.len % 3 == 2)
		other.len = sealed.len - 65536 + 2 * (b.at[b.len - 1] << 8 | b.at[b.len - 2]);
	for (size_t i = 0; i + 3 <= b.len; i += 3) {
		size_t at = b.at[i] << 8 | b.at[i + 1];

		/* Counted from the start or from the end: the payload is longer than 64 KiB. */
		other.at[i % 2 ? at : sealed.len - 1 - at] ^= b.at[i + 2];
	}
	err = decrypt(other, UINT64_MAX);
	check((err == 0) == bytes_equal(other, sealed));
	got = bytes_of(sink);
	check(got.len <= PLAIN && !memcmp(got.at, plain.at, got.len));
	bytes_free(&got);
	bytes_free(&other);
}

/* A key that is taken has this one text. */
static void keys(struct bytes b)
{
	char *copy = strndup((const char *)b.at, b.len), again[GTH_AGE_IDENTITY_SIZE];
	struct gth_age_recipient r;
	struct gth_age_identity i;

	check(copy);
	if (!gth_age_recipient_parse(&r, copy)) {
		gth_age_recipient_format(&r, again);
		check(!strcmp(again, copy));
	}
	if (!gth_age_identity_parse(&i, copy)) {
		gth_age_identity_format(&i, again);
		check(!strcmp(again, copy));
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(struct bytes) = { header,  whole,   stanzas,
							 payload, changed, keys };
	struct bytes b;

	if (!sealed.at)
		prepare();
	if (!size)
		return 0;
	/* Of exactly this size, so that the sanitizer sees a read past it. */
	b = bytes_copy(data + 1, size - 1);
	readers[(data[0] - '0') % 6U](b);
	bytes_free(&b);
	return 0;
}
