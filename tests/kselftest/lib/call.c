// SPDX-License-Identifier: GPL-2.0-or-later
/* call.c - calls on the device and on sysfs with odd arguments (see hostile_input.h). */
#include "hostile_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "stress.h"

static int outcome(ssize_t ret)
{
	return ret < 0 ? -errno : (int)ret;
}

static unsigned int odd_number(void)
{
	static const unsigned int valid[] = { GTH_IOC_INFO,	GTH_IOC_LOAD,	 GTH_IOC_LOAD,
					      GTH_IOC_DROP,	GTH_IOC_EXEMPT,	 GTH_IOC_EXPLAIN,
					      GTH_IOC_SERVE,	GTH_IOC_EXPLAIN, GTH_IOC_HOOKS,
					      GTH_IOC_VERDICTS, GTH_IOC_FLOORS,	 GTH_IOC_RAISE };
	unsigned int n = valid[gth_random(sizeof(valid) / sizeof(*valid))];

	switch (gth_random(8)) {
	case 0:
		return n ^ 1U << gth_random(32);
	case 1:
		return _IOC(gth_random(4), 'G', 0x38 + gth_random(20), gth_random(256));
	case 2:
		return (unsigned int)gth_random(1ULL << 32);
	default:
		return n;
	}
}

static void replace_file(int *fd, const void *data, size_t len)
{
	if (*fd >= 0)
		close(*fd);
	*fd = gth_memory_file(data, len);
}

/* Another table, mostly a legal one. */
static void new_table(struct gth_hostile *o)
{
	unsigned int n = (unsigned int)gth_random(100);
	uint8_t digest[GTH_DIGEST_SIZE];
	struct gth_db fresh;
	char text[4096];
	int len;

	gth_db_init(&fresh);
	o->db.version = fresh.version;
	o->db.n = 0;
	while (n--) {
		gth_random_bytes(digest, sizeof(digest));
		gth_db_add(&o->db, 1 + (int)gth_random(2), digest, 1 + (int)gth_random(3));
	}
	gth_db_sort(&o->db);
	gth_db_seal(&o->db);
	len = gth_db_manifest(&o->db, text, sizeof(text));
	if (!gth_random(4))
		text[gth_random((gth_u64)len)] ^= (char)(1 << gth_random(8));
	if (o->db.n && !gth_random(4))
		((uint8_t *)o->db.record)[gth_random(o->db.body_size)] ^= 1 << gth_random(8);
	replace_file(&o->fd[o->manifest], text, (size_t)len);
	replace_file(&o->fd[o->body], o->db.record, o->db.body_size);
}

static gth_u64 field(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	gth_u64 v = 0;

	return at && sscanf(at + strlen(name), ": %llu", &v) == 1 ? v : 0;
}

/* The table that was loaded is the one of its manifest. */
static void note_load(struct gth_hostile *o, int manifest)
{
	char text[4097] = "";
	unsigned int i;

	if (pread(manifest, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	i = __atomic_fetch_add(&o->loads->n, 1, __ATOMIC_SEQ_CST);
	if (i >= GTH_HOSTILE_LOADS)
		return;
	o->loads->load[i].version = field(text, "version");
	o->loads->load[i].entries =
		field(text, "malicious") + field(text, "suspicious") + field(text, "trusted");
}

static int random_fd(const struct gth_hostile *o)
{
	return o->fd[gth_random(GTH_HOSTILE_FDS)];
}

/* A 32-bit word of a record becomes another one. */
static void spoil(void *record, size_t size)
{
	uint32_t *word = (uint32_t *)record + gth_random(size / sizeof(*word));

	*word = gth_random(2) ? (uint32_t)gth_random(1ULL << 32) : *word + 1;
}

int gth_hostile_ioctl(struct gth_hostile *o)
{
	unsigned int number = odd_number();
	struct gth_load load = { .size = sizeof(load), .signature_fd = -1 };
	struct gth_explain explain = { .size = sizeof(explain), .fd = random_fd(o) };
	struct gth_hooks hooks = { .size = sizeof(hooks) };
	struct gth_verdict_list list = { .size = sizeof(list), .cursor = gth_random(1 << 14) };
	struct gth_floors floors = { .size = sizeof(floors), .n = 1 };
	uint8_t noise[256];
	const void *data = noise;
	size_t len = sizeof(noise);
	int ret;

	gth_random_bytes(noise, sizeof(noise));
	/* It would be for ever, and no table would be loaded any more. */
	if (number == GTH_IOC_REGION)
		number = GTH_IOC_VERDICTS;
	explain.op = (uint32_t)gth_random(GTH_OP_MAX + 1);
	if (number == GTH_IOC_LOAD && gth_random(8)) {
		if (gth_random(2))
			new_table(o);
		load.manifest_fd = gth_random(4) ? o->fd[o->manifest] : random_fd(o);
		load.body_fd = gth_random(4) ? o->fd[o->body] : random_fd(o);
		if (!gth_random(4))
			spoil(&load, sizeof(load));
		data = &load;
		len = sizeof(load);
	} else if (number == GTH_IOC_EXPLAIN && gth_random(8)) {
		if (!gth_random(4))
			spoil(&explain, sizeof(explain));
		data = &explain;
		len = sizeof(explain);
	} else if (number == GTH_IOC_HOOKS && gth_random(8)) {
		/* None, or up to three, some of which are not links. */
		hooks.n = (uint32_t)gth_random(4);
		for (unsigned int i = 0; i < GTH_LINKS_MAX; i++)
			hooks.fd[i] = gth_random(4) ? o->fd[o->link] : random_fd(o);
		if (!gth_random(4))
			spoil(&hooks, sizeof(hooks));
		data = &hooks;
		len = sizeof(hooks);
	} else if (number == GTH_IOC_VERDICTS && gth_random(8)) {
		/* Room for some buckets, or for a part of one, beside the record. */
		list.n = (uint32_t)gth_random(64);
		list.records = (uintptr_t)(o->page + 4096);
		if (!gth_random(4))
			spoil(&list, offsetof(struct gth_verdict_list, records));
		data = &list;
		len = sizeof(list);
	} else if ((number == GTH_IOC_FLOORS || number == GTH_IOC_RAISE) && gth_random(8)) {
		/* No floor is raised above the versions that are loaded, nor under many names. */
		memcpy(floors.floor[0].name, o->db.name, sizeof(o->db.name));
		floors.floor[0].version = gth_random(3);
		if (!gth_random(4))
			spoil(&floors, offsetof(struct gth_floors, floor));
		data = &floors;
		len = sizeof(floors);
	} else if (number == GTH_IOC_INFO) {
		len = sizeof(struct gth_info);
	}
	ret = outcome(ioctl(o->device, number, gth_hostile_address(o, data, len)));
	if (number == GTH_IOC_LOAD && !ret)
		note_load(o, load.manifest_fd);
	if (number == GTH_IOC_DROP && !ret)
		__atomic_fetch_add(&o->loads->dropped, 1, __ATOMIC_SEQ_CST);
	return ret;
}

int gth_hostile_write(struct gth_hostile *o)
{
	static struct gth_verdict v[64];
	size_t n = 1 + gth_random(64), len = n * sizeof(*v);

	gth_random_bytes(v, len);
	for (size_t i = 0; i < n; i++) {
		/* Nearly all of them legal, so that whole writes are. */
		v[i].domain = (uint8_t)(1 + gth_random(2) + !gth_random(300));
		v[i].class = (uint8_t)(gth_random(4) + !gth_random(300));
		v[i].source = gth_random(2) ? GTH_SOURCE_ROOT : GTH_SOURCE_REGION;
		v[i].source = (uint8_t)(v[i].source - !gth_random(300));
		memset(v[i].reserved, 0, sizeof(v[i].reserved));
		v[i].reserved[gth_random(5)] = !gth_random(300);
		v[i].expires = gth_random(4) ? gth_now() - 2 + gth_random(5) : gth_random(~0ULL);
	}
	if (!gth_random(4))
		len = gth_random(sizeof(v));
	if (!gth_random(16))
		return outcome(write(o->device, o->page, gth_random(1 << 20)));
	if (gth_random(2))
		return outcome(write(o->device, gth_hostile_address(o, v, len), len));
	return outcome(
		pwrite(o->device, gth_hostile_address(o, v, len), len, (off_t)gth_random(1000)));
}

int gth_hostile_read(struct gth_hostile *o)
{
	struct pollfd p = { .fd = o->device, .events = (short)gth_random(1 << 15) };
	size_t len = gth_random(4) ? gth_random(2000) : gth_random(1ULL << 40);
	void *at = gth_hostile_address(o, NULL, len % 4096);
	void *mapped;

	switch (gth_random(5)) {
	case 0:
		return outcome(read(o->device, at, len));
	case 1:
		return outcome(pread(o->device, at, len, (off_t)gth_random(~0ULL)));
	case 2:
		return outcome(lseek(o->device, (off_t)gth_random(~0ULL), (int)gth_random(6)));
	case 3:
		mapped = mmap(NULL, 1 + gth_random(1 << 20), (int)gth_random(8), MAP_SHARED,
			      o->device, (off_t)(gth_random(16) * 4096));
		return mapped == MAP_FAILED ? -errno : 0;
	default:
		poll(&p, 1, 0);
		return -EINVAL;
	}
}

static const struct gth_knob *knob_of(const char *path)
{
	for (unsigned int i = 0; i < gth_knob_count; i++)
		if (!strcmp(path + strlen(GTH_ROOT "policy/"), gth_knobs[i].name))
			return &gth_knobs[i];
	return &gth_knobs[gth_random(gth_knob_count)];
}

int gth_hostile_sysfs(struct gth_hostile *o)
{
	const char *path = o->file[gth_random(o->files)];
	char text[64];
	size_t len = gth_hostile_word(text, sizeof(text) - 1, knob_of(path));
	int fd = open(path, (gth_random(3) ? O_WRONLY : O_RDWR) | O_CLOEXEC), ret;

	if (fd < 0 && gth_random(2))
		return -errno;
	if (fd < 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		ret = fd < 0 ? -errno
			     : outcome(pread(fd, gth_hostile_address(o, NULL, 600), gth_random(600),
					     (off_t)gth_random(100)));
		/* A descriptor that came about and a length that was read say nothing. */
		ret = ret > 0 ? 0 : ret;
	} else if (gth_random(16)) {
		ret = outcome(write(fd, gth_hostile_address(o, text, len), len));
	} else {
		ret = outcome(write(fd, o->page, gth_random(4UL * 4096)));
	}
	if (fd >= 0)
		close(fd);
	return ret;
}
