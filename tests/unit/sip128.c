// SPDX-License-Identifier: GPL-2.0-or-later
/* sip128.c - core/sip128.h against its authors' vectors and against OpenSSL. */
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include <asm/byteorder.h>

#include "core/sip128.h"
#include "tests/unit/random.h"
#include "tests/unit/tap.h"

#define WORDS_MAX 7
#define ROUNDS 20000

/*
 * SipHash-2-4 with 128 bits, reference vectors: key 00 01 .. 0f, message 00 01
 * .. of 0, 8, 16 .. 56 bytes. Those between are not whole words.
 */
static const u8 published[WORDS_MAX + 1][16] = {
	{ 0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02,
	  0x93 },
	{ 0x3b, 0x62, 0xa9, 0xba, 0x62, 0x58, 0xf5, 0x61, 0x0f, 0x83, 0xe2, 0x64, 0xf3, 0x14, 0x97,
	  0xb4 },
	{ 0x6e, 0xe2, 0xa4, 0xca, 0x67, 0xb0, 0x54, 0xbb, 0xfd, 0x33, 0x15, 0xbf, 0x85, 0x23, 0x05,
	  0x77 },
	{ 0x2d, 0xb4, 0x79, 0xae, 0x78, 0xbd, 0x50, 0xd8, 0x88, 0x2a, 0x8a, 0x17, 0x8a, 0x61, 0x32,
	  0xad },
	{ 0x7c, 0x39, 0x56, 0xca, 0x5e, 0xea, 0xfc, 0x3e, 0x36, 0x3e, 0x9d, 0x55, 0x65, 0x46, 0xeb,
	  0x68 },
	{ 0xdf, 0x6a, 0x30, 0x1e, 0x95, 0xc9, 0x5d, 0xad, 0x97, 0xae, 0x0c, 0xc8, 0xc6, 0x91, 0x3b,
	  0xd8 },
	{ 0xf7, 0xe5, 0xae, 0xf5, 0x49, 0xf7, 0x82, 0xcf, 0x37, 0x90, 0x55, 0xa6, 0x08, 0x26, 0x9b,
	  0x16 },
	{ 0x19, 0x38, 0xf2, 0xcf, 0x72, 0xd5, 0x4e, 0xe9, 0x7e, 0x94, 0x16, 0x6f, 0xa9, 0x1d, 0x2a,
	  0x36 },
};

/* Bytes in, bytes out, as the rest of the world has it. */
static void ours(const u8 key[16], const u8 *message, unsigned int words, u8 out[16])
{
	u64 k[2], word[WORDS_MAX];
	struct gth_sip128 h;
	__le64 le;

	memcpy(k, key, sizeof(k));
	for (unsigned int i = 0; i < 2; i++)
		k[i] = le64_to_cpu((__le64)k[i]);
	for (unsigned int i = 0; i < words; i++) {
		memcpy(&le, message + 8 * i, sizeof(le));
		word[i] = le64_to_cpu(le);
	}
	h = gth_sip128(k, word, words);
	le = cpu_to_le64(h.lo);
	memcpy(out, &le, sizeof(le));
	le = cpu_to_le64(h.hi);
	memcpy(out + 8, &le, sizeof(le));
}

static bool theirs(EVP_MAC_CTX *ctx, const u8 key[16], const u8 *message, unsigned int words,
		   u8 out[16])
{
	size_t size = 16, got = 0;
	const OSSL_PARAM params[] = { OSSL_PARAM_size_t("size", &size), OSSL_PARAM_END };

	return EVP_MAC_init(ctx, key, 16, params) == 1 &&
	       EVP_MAC_update(ctx, message, 8 * words) == 1 &&
	       EVP_MAC_final(ctx, out, &got, 16) == 1 && got == 16;
}

static void test_published(void)
{
	u8 bytes[8 * WORDS_MAX], out[16];
	unsigned int wrong = 0;

	for (unsigned int i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)i;
	for (unsigned int words = 0; words <= WORDS_MAX; words++) {
		ours(bytes, bytes, words, out);
		wrong += !!memcmp(out, published[words], sizeof(out));
	}
	tap_is(wrong, 0, "agrees_with_every_published_vector_of_whole_words");
}

static void test_openssl(void)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
	u8 key[16], message[8 * WORDS_MAX], a[16], b[16];
	unsigned int wrong = 0, failed = 0;

	if (!ctx) {
		tap_skip("agrees_with_openssl_on_random_messages", "OpenSSL has no SIPHASH");
		EVP_MAC_free(mac);
		return;
	}
	for (unsigned int i = 0; i < ROUNDS; i++) {
		unsigned int words = i % 6; /* a table's key has 5 */

		random_bytes(key, sizeof(key));
		random_bytes(message, sizeof(message));
		ours(key, message, words, a);
		failed += !theirs(ctx, key, message, words, b);
		wrong += !!memcmp(a, b, sizeof(a));
	}
	tap_is(failed, 0, "openssl_hashes_every_message");
	tap_is(wrong, 0, "agrees_with_openssl_on_random_messages");
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(mac);
}

int main(void)
{
	random_start();
	test_published();
	test_openssl();
	return tap_done();
}
