// SPDX-License-Identifier: GPL-2.0-or-later
/* empty.c - the empty file is found in a body wherever it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/host/empty.h"
#include "lib/util/sha256.h"
#include "tests/unit/tap.h"

#define MAX 70

static u8 nothing[GTH_DIGEST_SIZE];

/* @before records below the empty file's, it if @class says so, and @after above it. */
static int body(int before, u8 domain, u8 class, int after)
{
	struct gth_record rec[2 * MAX + 1];
	int fd = memfd_create("body", MFD_CLOEXEC), n = 0;

	memset(rec, 0, sizeof(rec));
	for (int i = 0; i < before + 1 + after; i++) {
		struct gth_record *r = &rec[n];

		r->domain = i > before ? GTH_DOMAIN_FSVERITY : GTH_DOMAIN_SHA256;
		r->class = GTH_CLASS_MALICIOUS;
		r->digest[0] = (u8)i;
		if (i == before) {
			if (class == GTH_CLASS_UNKNOWN)
				continue;
			r->domain = domain;
			r->class = class;
			memcpy(r->digest, nothing, sizeof(nothing));
		}
		n++;
	}
	if (fd < 0 ||
	    write(fd, rec, (size_t)n * sizeof(*rec)) != (ssize_t)((size_t)n * sizeof(*rec)) ||
	    lseek(fd, 5, SEEK_SET) != 5)
		exit(1);
	return fd;
}

static bool found(int before, u8 domain, u8 class, int after, u8 wanted)
{
	int fd = body(before, domain, class, after);
	u8 got = 99;
	bool ok = !gth_empty_find(fd, &got) && got == wanted && lseek(fd, 0, SEEK_CUR) == 5;

	close(fd);
	if (!ok)
		tap_note("before %d after %d: class %u, wanted %u", before, after, got, wanted);
	return ok;
}

static bool found_everywhere(void)
{
	for (int before = 0; before < MAX; before++)
		for (int after = 0; after < MAX; after += 23)
			if (!found(before, GTH_DOMAIN_SHA256, GTH_CLASS_MALICIOUS, after,
				   GTH_CLASS_MALICIOUS) ||
			    !found(before, GTH_DOMAIN_SHA256, GTH_CLASS_UNKNOWN, after,
				   GTH_CLASS_UNKNOWN))
				return false;
	return true;
}

static int error_of(int fd)
{
	u8 class;
	int err = gth_empty_find(fd, &class);

	close(fd);
	return err;
}

static int torn(void)
{
	int fd = body(3, GTH_DOMAIN_SHA256, GTH_CLASS_MALICIOUS, 3);
	u8 zero = 0;

	if (pwrite(fd, &zero, 1, 3 * (off_t)sizeof(struct gth_record)) != 1)
		exit(1);
	return fd;
}

static bool denied(u8 domain, u8 class)
{
	return gth_empty_denied(domain, class, nothing);
}

int main(void)
{
	u8 other[GTH_DIGEST_SIZE] = { 0 };
	int ends[2];

	if (gth_sha256("", 0, nothing) || pipe2(ends, O_CLOEXEC))
		exit(1);
	tap_ok(denied(GTH_DOMAIN_SHA256, GTH_CLASS_MALICIOUS), "malicious_empty_file_is_denied");
	tap_ok(denied(GTH_DOMAIN_SHA256, GTH_CLASS_SUSPICIOUS), "suspicious_empty_file_is_denied");
	tap_ok(!denied(GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED), "trusted_empty_file_is_not");
	tap_ok(!denied(GTH_DOMAIN_SHA256, GTH_CLASS_UNKNOWN), "forgotten_empty_file_is_not");
	tap_ok(!denied(GTH_DOMAIN_FSVERITY, GTH_CLASS_MALICIOUS),
	       "these_bytes_of_fsverity_are_not_it");
	tap_ok(!gth_empty_denied(GTH_DOMAIN_SHA256, GTH_CLASS_MALICIOUS, other),
	       "another_digest_is_not_it");

	tap_ok(found_everywhere(), "found_wherever_it_is_and_only_then");
	tap_ok(found(9, GTH_DOMAIN_SHA256, GTH_CLASS_TRUSTED, 9, GTH_CLASS_TRUSTED),
	       "class_is_told");
	tap_ok(found(9, GTH_DOMAIN_FSVERITY, GTH_CLASS_MALICIOUS, 0, GTH_CLASS_UNKNOWN),
	       "not_found_in_the_other_domain");
	tap_is(error_of(memfd_create("none", MFD_CLOEXEC)), 0, "body_without_records_has_it_not");
	tap_is(error_of(torn()), 0, "what_is_wrong_with_a_body_is_for_others_to_say");
	tap_is(error_of(ends[0]), -ESPIPE, "pipe_cannot_be_searched");
	tap_is(error_of(open("/dev/zero", O_RDONLY | O_CLOEXEC)), -ESPIPE,
	       "device_cannot_be_searched");
	tap_is(error_of(open("/", O_RDONLY | O_CLOEXEC)), -EISDIR, "directory_is_none");
	tap_is(error_of(-1), -EBADF, "no_descriptor_is_an_error");
	close(ends[1]);
	return tap_done();
}
