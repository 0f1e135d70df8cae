// SPDX-License-Identifier: GPL-2.0-or-later
/* age_damage.c - age files that are cut, changed, put together anew, or longer than they were. */
#include <errno.h>
#include <openssl/evp.h>

#include "lib/age/age_header.h"
#include "lib/age/age_payload.h"
#include "tests/unit/age_files.h"
#include "tests/unit/tap.h"

#define SEALED_CHUNK (GTH_AGE_CHUNK_SIZE + GTH_AGE_TAG_SIZE)

/* Decrypts what is damaged: refused with @err, and only the start of @plain is written. */
static bool refused(struct bytes sealed, int err, struct bytes plain)
{
	struct bytes got;
	int seen = age_decrypt(sealed, &identities[0], UINT64_MAX, &got);
	bool right = seen == err && got.len <= plain.len && !memcmp(got.at, plain.at, got.len);

	if (!right)
		tap_note("returned %d, wrote %zu bytes", seen, got.len);
	bytes_free(&got);
	return right;
}

/* One bit after the other, over the whole of a small file. */
static void flip_bits(void)
{
	struct bytes plain = age_plain(100), sealed, got;
	size_t header = GTH_AGE_HEADER_SIZE(2), taken = 0, wrote = 0, odd = 0, payload = 0;

	age_encrypt(plain, 2, &sealed);
	for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
		int err;

		sealed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		err = age_decrypt(sealed, &identities[0], UINT64_MAX, &got);
		sealed.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
		taken += !err;
		wrote += got.len > 0;
		odd += err && err != -EBADMSG && err != -ENOKEY;
		payload += bit / 8 >= header && err != -EBADMSG;
		bytes_free(&got);
	}
	tap_is(taken, 0, "refuses_every_flipped_bit");
	tap_is(wrote, 0, "writes_nothing_of_a_damaged_chunk");
	tap_is(odd, 0, "damage_is_ebadmsg_or_enokey");
	tap_is(payload, 0, "damage_behind_the_header_is_ebadmsg");
	tap_is(age_decrypt(sealed, &identities[0], UINT64_MAX, &got), 0,
	       "the_same_file_undamaged_opens");
	bytes_free(&got);

	for (size_t len = taken = wrote = 0; len < sealed.len; len++) {
		struct bytes cut = bytes_copy(sealed.at, len);

		taken += age_decrypt(cut, &identities[0], UINT64_MAX, &got) != -EBADMSG;
		wrote += got.len > 0;
		bytes_free(&got);
		bytes_free(&cut);
	}
	tap_is(taken, 0, "refuses_a_small_file_cut_at_every_length");
	tap_is(wrote, 0, "writes_nothing_of_a_small_file_that_is_cut");
	bytes_free(&sealed);
	bytes_free(&plain);
}

/* Puts together @n of the chunks of @sealed, by number, behind its header and nonce. */
static struct bytes chunks(struct bytes sealed, const size_t *order, size_t n)
{
	size_t start = GTH_AGE_HEADER_SIZE(1) + GTH_AGE_SALT_SIZE;
	struct bytes b = bytes_new(start + n * SEALED_CHUNK);

	memcpy(b.at, sealed.at, start);
	b.len = start;
	for (size_t i = 0; i < n; i++) {
		size_t from = start + order[i] * SEALED_CHUNK;
		size_t len = sealed.len - from < SEALED_CHUNK ? sealed.len - from : SEALED_CHUNK;

		memcpy(b.at + b.len, sealed.at + from, len);
		b.len += len;
	}
	return b;
}

static void move_chunks(struct bytes sealed, struct bytes plain)
{
	static const struct {
		size_t order[5], n;
		const char *name;
	} cases[] = {
		{ { 1, 0, 2, 3 }, 4, "refuses_swapped_chunks" },
		{ { 0, 0, 1, 2, 3 }, 5, "refuses_a_doubled_chunk" },
		{ { 0, 2, 3 }, 3, "refuses_a_chunk_left_out" },
		{ { 1, 2, 3 }, 3, "refuses_the_first_chunk_left_out" },
		{ { 0, 1, 2 }, 3, "refuses_the_last_chunk_left_out" },
		{ { 0 }, 1, "refuses_the_first_chunk_alone" },
		{ { 3 }, 1, "refuses_the_last_chunk_alone" },
		{ { 0 }, 0, "refuses_no_chunk" },
		{ { 0, 1, 2, 3, 3 }, 5, "refuses_the_last_chunk_twice" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bytes b = chunks(sealed, cases[i].order, cases[i].n);

		tap_ok(refused(b, -EBADMSG, plain), cases[i].name);
		bytes_free(&b);
	}
}

static void damage_large(size_t len)
{
	struct bytes plain = age_plain(len), sealed, longer;
	size_t start = GTH_AGE_HEADER_SIZE(1) + GTH_AGE_SALT_SIZE, tries = 0, right = 0;

	age_encrypt(plain, 1, &sealed);
	for (size_t edge = start; edge <= sealed.len; edge += SEALED_CHUNK) {
		static const int around[] = { -17, -16, -1, 0, 1, 15, 16, 17 };

		for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
			struct bytes cut = { sealed.at, edge + (size_t)around[i] };

			if (cut.len >= sealed.len)
				continue;
			tries++;
			right += refused(cut, -EBADMSG, plain);
		}
	}
	tap_ok(tries && right == tries, "refuses_a_file_cut_at_and_around_each_edge_of_a_chunk");

	for (tries = right = 0; tries < 100; tries++) {
		size_t at = start + random_below(sealed.len - start);
		uint8_t mask = (uint8_t)(1 << random_below(8));

		sealed.at[at] ^= mask;
		right += refused(sealed, -EBADMSG, plain);
		sealed.at[at] ^= mask;
	}
	tap_is(right, tries, "refuses_flipped_bits_all_over_a_large_file");

	longer = bytes_new(sealed.len + 2 * SEALED_CHUNK);
	memset(longer.at, 0, longer.len);
	memcpy(longer.at, sealed.at, sealed.len);
	for (tries = right = 0; tries < 6; tries++) {
		static const size_t more[] = { 1, 15, 16, 17, SEALED_CHUNK, 2 * SEALED_CHUNK };

		right += refused((struct bytes) { longer.at, sealed.len + more[tries] }, -EBADMSG,
				 plain);
	}
	tap_is(right, tries, "refuses_bytes_behind_the_end");
	bytes_free(&longer);
	if (len > 3 * GTH_AGE_CHUNK_SIZE)
		move_chunks(sealed, plain);
	bytes_free(&sealed);
	bytes_free(&plain);
}

/* Writes a payload by hand: @n chunks of @sizes zeros, the last one with the flag. */
static int odd_payload(const size_t *sizes, size_t n, size_t *wrote)
{
	static const uint8_t zeros[GTH_AGE_CHUNK_SIZE], file_key[GTH_AGE_FILE_KEY_SIZE];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	struct bytes b = bytes_new(GTH_AGE_SALT_SIZE + n * SEALED_CHUNK), got;
	uint8_t key[32], nonce[GTH_AGE_NONCE_SIZE] = { 0 };
	struct gth_age_source in = { .ahead = (char *)b.at };
	int out = bytes_file((struct bytes) { b.at, 0 }), err;

	in.fd = bytes_file((struct bytes) { b.at, 0 });
	memset(b.at, 7, GTH_AGE_SALT_SIZE);
	gth_age_hkdf(key, file_key, sizeof(file_key), b.at, GTH_AGE_SALT_SIZE, "payload");
	in.left = GTH_AGE_SALT_SIZE;
	for (size_t i = 0; i < n; i++) {
		nonce[10] = (uint8_t)i;
		nonce[11] = i == n - 1;
		gth_age_seal(c, key, nonce, b.at + in.left, zeros, sizes[i]);
		in.left += sizes[i] + GTH_AGE_TAG_SIZE;
	}
	err = gth_age_payload_open(&in, out, file_key, UINT64_MAX);
	got = bytes_of(out);
	*wrote = got.len;
	bytes_free(&got);
	bytes_free(&b);
	close(in.fd);
	close(out);
	EVP_CIPHER_CTX_free(c);
	return err;
}

static void odd_chunks(void)
{
	const size_t full = GTH_AGE_CHUNK_SIZE;
	size_t wrote;

	tap_is(odd_payload((size_t[]) { full, full }, 2, &wrote), 0, "takes_a_full_last_chunk");
	tap_is(wrote, 2 * full, "a_full_last_chunk_is_written_whole");
	tap_is(odd_payload((size_t[]) { 0 }, 1, &wrote), 0,
	       "takes_an_empty_chunk_of_an_empty_file");
	tap_is(odd_payload((size_t[]) { full, 0 }, 2, &wrote), -EBADMSG,
	       "refuses_an_empty_last_chunk_behind_another");
	tap_is(odd_payload((size_t[]) { 5, 5 }, 2, &wrote), -EBADMSG,
	       "refuses_a_short_chunk_that_is_not_the_last");
	tap_is(wrote, 0, "writes_nothing_of_a_short_chunk_that_is_not_the_last");
}

int main(void)
{
	random_start();
	age_keys();
	flip_bits();
	damage_large(200000);
	damage_large(65536);
	odd_chunks();
	return tap_done();
}
