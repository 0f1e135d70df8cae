// SPDX-License-Identifier: GPL-2.0-or-later
/* settings_pack.c - settings as sealed memory, from one process to another (see settings.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/settings.h"
#include "lib/util/io.h"
#include "lib/util/sha256.h"

#define MAGIC 0x73677468U
#define PART_MAX (512U << 10) /* bytes; more than any file may have */
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

/* The parts that each process needs: no process gets a key that it has no use for. */
static const unsigned int needed[GTH_ROLES] = {
	[GTH_ROLE_STORE] =
		1U << GTH_PART_CONFIG | 1U << GTH_PART_TRUST | 1U << GTH_PART_ENDPOINT_KEY,
	[GTH_ROLE_COURIER] = 1U << GTH_PART_CONFIG | 1U << GTH_PART_TRUST | 1U << GTH_PART_CA |
			     1U << GTH_PART_CLIENT | 1U << GTH_PART_CLIENT_KEY,
	[GTH_ROLE_DIALER] = 1U << GTH_PART_CONFIG | 1U << GTH_PART_TRUST,
};

/* The header comes first. The parts that are present follow in the order of their enum. */
struct header {
	uint32_t magic, owners_n;
	uint32_t len[GTH_PARTS];
	uint8_t digest[GTH_SETTINGS_DIGEST];
	uid_t owners[GTH_CONFIG_LIST_MAX];
};

/* gth_settings_digest() - of all parts and of the owners; 0 or a negative errno */
int gth_settings_digest(struct gth_settings *s)
{
	struct gth_sha256 h = { NULL };
	int err = gth_sha256_init(&h);

	for (int i = 0; !err && i < GTH_PARTS; i++) {
		err = gth_sha256_update(&h, &s->part[i].len, sizeof(s->part[i].len));
		if (!err && s->part[i].len)
			err = gth_sha256_update(&h, s->part[i].data, s->part[i].len);
	}
	if (!err)
		err = gth_sha256_update(&h, s->owners, s->owners_n * sizeof(*s->owners));
	if (!err)
		err = gth_sha256_final(&h, s->digest);
	gth_sha256_free(&h);
	return err;
}

static int write_parts(int fd, const struct gth_settings *s, enum gth_role role)
{
	struct header h = { .magic = MAGIC, .owners_n = (uint32_t)s->owners_n };
	int err;

	memcpy(h.digest, s->digest, sizeof(h.digest));
	memcpy(h.owners, s->owners, s->owners_n * sizeof(*s->owners));
	for (int i = 0; i < GTH_PARTS; i++)
		if (needed[role] >> i & 1)
			h.len[i] = (uint32_t)s->part[i].len;
	err = gth_write_all(fd, &h, sizeof(h));
	for (int i = 0; !err && i < GTH_PARTS; i++)
		err = gth_write_all(fd, s->part[i].data, h.len[i]);
	return err;
}

/**
 * gth_settings_pack() - for a process of this role: only what it needs
 *
 * Return: a descriptor of memory that cannot be changed any more, the caller's;
 * or -errno.
 */
int gth_settings_pack(const struct gth_settings *s, enum gth_role role)
{
	int fd = memfd_create("gotthard-settings", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err = fd < 0 ? -errno : write_parts(fd, s, role);

	if (!err && fcntl(fd, F_ADD_SEALS, SEALS))
		err = -errno;
	if (!err)
		return fd;
	if (fd >= 0)
		close(fd);
	return err;
}

static int read_at(int fd, void *out, size_t len, off_t at)
{
	ssize_t n = gth_pread_full(fd, out, len, at);

	if (n < 0)
		return (int)n;
	return (size_t)n == len ? 0 : -EBADMSG;
}

static int read_parts(struct gth_settings *s, int fd)
{
	off_t at = sizeof(struct header);
	struct header h;
	int err = read_at(fd, &h, sizeof(h), 0);

	if (err)
		return err;
	if (h.magic != MAGIC || h.owners_n > GTH_CONFIG_LIST_MAX)
		return -EBADMSG;
	memcpy(s->digest, h.digest, sizeof(s->digest));
	memcpy(s->owners, h.owners, sizeof(s->owners));
	s->owners_n = h.owners_n;
	for (int i = 0; i < GTH_PARTS; i++) {
		if (!h.len[i])
			continue;
		if (h.len[i] > PART_MAX)
			return -EBADMSG;
		s->part[i].data = malloc(h.len[i] + 1);
		if (!s->part[i].data)
			return -ENOMEM;
		err = read_at(fd, s->part[i].data, h.len[i], at);
		if (err)
			return err;
		s->part[i].data[h.len[i]] = '\0';
		s->part[i].len = h.len[i];
		at += h.len[i];
	}
	return 0;
}

/**
 * gth_settings_unpack() - read what gth_settings_pack() has written
 * @s: to be freed by gth_settings_free(), whatever is returned
 * @fd: its position is shared with other processes, and is not used
 *
 * Return: 0; -EBADMSG: it is not such memory, or not sealed; or a negative errno.
 */
int gth_settings_unpack(struct gth_settings *s, int fd)
{
	struct gth_config_error error;
	int seals = fcntl(fd, F_GET_SEALS), err;

	memset(s, 0, sizeof(*s));
	if (seals < 0 || (seals & SEALS) != SEALS)
		return -EBADMSG;
	err = read_parts(s, fd);
	if (!err)
		err = gth_config_parse(&s->config, s->part[GTH_PART_CONFIG].data,
				       s->part[GTH_PART_CONFIG].len, &error);
	if (!err)
		err = gth_trust_parse(&s->trust, s->part[GTH_PART_TRUST].data,
				      s->part[GTH_PART_TRUST].len);
	return err;
}

/* gth_settings_same() - is this part the same, byte for byte? */
bool gth_settings_same(const struct gth_settings *a, const struct gth_settings *b,
		       enum gth_settings_part part)
{
	return a->part[part].len == b->part[part].len &&
	       (!a->part[part].len ||
		!memcmp(a->part[part].data, b->part[part].data, a->part[part].len));
}

/* gth_settings_wipe() - erase the parts as bytes, keys among them; parsed values stay */
void gth_settings_wipe(struct gth_settings *s)
{
	for (int i = 0; i < GTH_PARTS; i++) {
		if (s->part[i].data)
			explicit_bzero(s->part[i].data, s->part[i].len);
		free(s->part[i].data);
		s->part[i].data = NULL;
		s->part[i].len = 0;
	}
}

void gth_settings_free(struct gth_settings *s)
{
	gth_settings_wipe(s);
	gth_config_free(&s->config);
}
