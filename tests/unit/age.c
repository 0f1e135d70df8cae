// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * age.c - whole files through userd/lib/age/age.c. With arguments it is a small age
 * program, for age.sh:
 *
 *	age keygen | age recipient IDENTITY | age encrypt RECIPIENT... | age decrypt IDENTITY MAX
 *
 * which exits with 0, 2 for usage, or the errno of what failed.
 */
#include <errno.h>
#include <fcntl.h>

#include "lib/age/age_header.h"
#include "tests/unit/age_files.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

static void round_trip(size_t len, size_t n)
{
	struct bytes plain = age_plain(len), sealed, got;
	bool opens = true, limited = true;
	char name[80];
	int err = age_encrypt(plain, n, &sealed);

	snprintf(name, sizeof(name), "encrypts_%zu_bytes_for_%zu_to_the_size_foretold", len, n);
	if (!tap_ok(!err && sealed.len == gth_age_size(len, n), name))
		tap_note("returned %d, wrote %zu", err, sealed.len);
	for (size_t i = 0; i < n; i++) {
		err = age_decrypt(sealed, &identities[i], len, &got);
		opens = opens && !err && bytes_equal(got, plain);
		bytes_free(&got);
	}
	snprintf(name, sizeof(name), "each_of_%zu_decrypts_%zu_bytes", n, len);
	tap_ok(opens, name);
	if (len) {
		err = age_decrypt(sealed, &identities[0], len - 1, &got);
		limited = err == -EFBIG && got.len < len && !memcmp(got.at, plain.at, got.len);
		bytes_free(&got);
	}
	snprintf(name, sizeof(name), "refuses_%zu_bytes_if_one_less_is_the_most", len);
	tap_ok(limited, name);
	err = age_decrypt(sealed, &stranger, UINT64_MAX, &got);
	snprintf(name, sizeof(name), "a_stranger_gets_nothing_of_%zu_bytes", len);
	tap_ok(err == -ENOKEY && !got.len, name);
	bytes_free(&got);
	bytes_free(&sealed);
	bytes_free(&plain);
}

static void arguments(void)
{
	struct bytes plain = age_plain(70000), sealed, again, got;
	int in, out, full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int directory = open("/", O_RDONLY | O_CLOEXEC);
	struct gth_age_recipient low = { { 1 } };

	tap_is(age_encrypt(plain, 0, &sealed), -EINVAL, "refuses_no_recipient");
	bytes_free(&sealed);
	in = bytes_file(plain);
	out = bytes_file((struct bytes) { plain.at, 10 });
	tap_is(gth_age_encrypt(in, out, recipients, GTH_AGE_RECIPIENTS_MAX + 1), -EINVAL,
	       "refuses_too_many_recipients");
	tap_is(gth_age_encrypt(in, out, &low, 1), -EINVAL, "refuses_a_recipient_of_low_order");
	tap_is(lseek(in, 0, SEEK_CUR) + lseek(out, 0, SEEK_CUR), 0,
	       "neither_reads_nor_writes_then");

	/* From and to where the files stand. */
	lseek(in, 100, SEEK_SET);
	lseek(out, 10, SEEK_SET);
	tap_is(gth_age_encrypt(in, out, recipients, 1), 0, "encrypts_from_the_middle");
	sealed = bytes_of(out);
	tap_ok(!memcmp(sealed.at, plain.at, 10) && sealed.len == 10 + gth_age_size(70000 - 100, 1),
	       "keeps_what_stands_before_in_the_output");
	lseek(out, 10, SEEK_SET);
	lseek(in, 0, SEEK_SET);
	tap_is(gth_age_decrypt(out, in, &identities[0], UINT64_MAX), 0, "decrypts_from_the_middle");
	got = bytes_of(in);
	tap_ok(!memcmp(got.at, plain.at + 100, 70000 - 100), "and_gets_the_same_bytes");
	bytes_free(&got);
	bytes_free(&sealed);

	lseek(in, 0, SEEK_SET);
	tap_is(gth_age_encrypt(in, full, recipients, 1), -ENOSPC, "a_full_disk_is_enospc");
	tap_is(gth_age_encrypt(directory, out, recipients, 1), -EISDIR, "a_read_error_is_told");
	tap_is(gth_age_decrypt(directory, out, &identities[0], 1), -EISDIR,
	       "a_read_error_is_told_when_decrypting");
	age_encrypt(plain, 1, &sealed);
	age_encrypt(plain, 1, &again);
	tap_ok(sealed.len == again.len &&
		       memcmp(sealed.at + GTH_AGE_HEADER_SIZE(1), again.at + GTH_AGE_HEADER_SIZE(1),
			      sealed.len - GTH_AGE_HEADER_SIZE(1)),
	       "two_ciphertexts_of_one_file_differ");
	close(in);
	in = bytes_file(sealed);
	tap_is(gth_age_decrypt(in, full, &identities[0], UINT64_MAX), -ENOSPC,
	       "a_full_disk_is_enospc_when_decrypting");
	tap_is(gth_age_size(UINT64_MAX, 1), UINT64_MAX, "a_size_beyond_64_bits_is_the_largest");
	tap_is(gth_age_size(0, 1), 200, "an_empty_file_is_200_bytes_for_one_recipient");
	bytes_free(&sealed);
	bytes_free(&again);
	bytes_free(&plain);
	close(in);
	close(out);
	close(full);
	close(directory);
}

static int program(int argc, char **argv)
{
	struct gth_age_identity i;
	char text[GTH_AGE_IDENTITY_SIZE];
	int err = 2;

	if (argc == 2 && !strcmp(argv[1], "keygen")) {
		err = gth_age_identity_create(&i);
		if (!err)
			err = gth_age_identity_format(&i, text);
		if (!err)
			puts(text);
	} else if (argc == 3 && !strcmp(argv[1], "recipient")) {
		err = gth_age_identity_parse(&i, argv[2]);
		if (!err)
			err = gth_age_identity_recipient(&i, &recipients[0]);
		if (!err)
			err = gth_age_recipient_format(&recipients[0], text);
		if (!err)
			puts(text);
	} else if (argc > 2 && argc - 2 <= GTH_AGE_RECIPIENTS_MAX && !strcmp(argv[1], "encrypt")) {
		err = 0;
		for (int n = 2; n < argc && !err; n++)
			err = gth_age_recipient_parse(&recipients[n - 2], argv[n]);
		if (!err)
			err = gth_age_encrypt(0, 1, recipients, (size_t)argc - 2);
	} else if (argc == 4 && !strcmp(argv[1], "decrypt")) {
		err = gth_age_identity_parse(&i, argv[2]);
		if (!err)
			err = gth_age_decrypt(0, 1, &i, strtoull(argv[3], NULL, 10));
	}
	return err < 0 ? -err : err;
}

int main(int argc, char **argv)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072, 200000 };

	if (argc > 1)
		return program(argc, argv);
	random_start();
	age_keys();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t n = 1; n <= GTH_AGE_RECIPIENTS_MAX; n++)
			if (i < 2 || n < 3)
				round_trip(sizes[i], n);
	arguments();
	return tap_done();
}
