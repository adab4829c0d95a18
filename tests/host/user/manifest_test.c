/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests: a good one, and everything that can be wrong with one. */
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "user/servers/init/manifest.h"
#include <abi/error.h>
#include <abi/handle.h>
#include <abi/thread.h>

static struct manifest m;
static struct manifest_error e;

static int parse(const char *text)
{
	return manifest_parse(text, strlen(text), &m, &e);
}

static const char good[] = "# what init starts\n"
			   "service shell\n"
			   "\tfile\tbin/shell   # comes later: console\n"
			   "\targs\t-l  /etc/rc\n"
			   "\tcalls\tconsole init\n"
			   "\tfinds\t*\n"
			   "\tcontrols blk\n"
			   "\tstdio console\n"
			   "\tfinal\n"
			   "\n"
			   "service console\r\n"
			   "  file servers/console\n"
			   "  serves\n"
			   "  device uart\n"
			   "  keep 64K\n"
			   "  priority 20\n"
			   "  harts 0 3\n"
			   "service blk\n"
			   "\tfile servers/blk\n"
			   "\tserves\n"
			   "\tdevice virtio-blk 1\n"
			   "\tdma 2M\n"
			   "\tmachine devices power\n"
			   "\tarchive\n"
			   "\trestart 5 in 60"; /* no newline at the end */

TEST(a_good_manifest_says_what_each_service_gets)
{
	const struct manifest_service *s = m.service;

	CHECK_EQ(parse(good), 0);
	CHECK_EQ(m.count, 3);
	CHECK_STR(s[0].name, "shell");
	CHECK_STR(s[0].file, "bin/shell");
	CHECK_EQ(s[0].args, 2);
	CHECK_STR(s[0].text, "-l");
	CHECK_STR(s[0].text + 3, "/etc/rc");
	CHECK_EQ(s[0].calls, 2);
	CHECK(s[0].calls_init);
	CHECK_EQ(s[0].finds, MANIFEST_EVERY);
	CHECK_EQ(s[0].controls, 4);
	CHECK_EQ(s[0].stdio, 1);
	CHECK(s[0].final && !s[0].serves);
	CHECK_EQ(s[0].priority, PRIORITY_DEFAULT);
	CHECK_EQ(s[0].harts, ~0ul);
	CHECK_EQ(s[0].restarts, 0);

	CHECK(s[1].serves && !s[1].final && !s[1].calls_init);
	CHECK_EQ(s[1].device, DEVICE_UART);
	CHECK_EQ(s[1].keep, 65536);
	CHECK_EQ(s[1].priority, 20);
	CHECK_EQ(s[1].harts, 9);
	CHECK_EQ(s[1].stdio, MANIFEST_NO_SERVICE);

	CHECK_EQ(s[2].device, DEVICE_VIRTIO_BLK);
	CHECK_EQ(s[2].device_index, 1);
	CHECK_EQ(s[2].dma, 2 << 20);
	CHECK_EQ(s[2].machine, RIGHT_DEVICES | RIGHT_POWER);
	CHECK(s[2].archive);
	CHECK_EQ(s[2].restarts, 5);
	CHECK_EQ(s[2].seconds, 60);
}

TEST(a_service_is_found_by_its_name)
{
	CHECK_EQ(parse(good), 0);
	CHECK_EQ(manifest_find(&m, "blk"), 2);
	CHECK_EQ(manifest_find(&m, "bl"), MANIFEST_NO_SERVICE);
	CHECK_EQ(manifest_find(&m, ""), MANIFEST_NO_SERVICE);
}

#define A "service a\nfile x\n"
#define B A "serves\nservice b\nfile y\n"

static const struct {
	const char *text;
	unsigned line;
	const char *word; /* that is named */
	const char *why;  /* a part of the reason */
} bad[] = {
	{"", 0, "", "no service"},
	{"# nothing\n\n", 2, "", "no service"},
	{"file x\n", 1, "file", "before any service"},
	{"service\n", 1, "service", "missing"},
	{"service a b\n", 1, "b", "too much"},
	{"service A\nfile x\n", 1, "A", "not a name"},
	{"service -a\nfile x\n", 1, "-a", "not a name"},
	{"service init\nfile x\n", 1, "init", "not a name"},
	{"service abcdefghijklmnop\n", 1, "abcdefghijklmno", "not a name"},
	{A A, 3, "a", "second service"},
	{"service a\n", 1, "a", "no file"},
	{"service a\nservice b\nfile x\n", 2, "a", "no file"},
	{A "file y\n", 3, "file", "second one"},
	{A "colour blue\n", 3, "colour", "no such word"},
	{A "file\n", 3, "file", "missing"},
	{A "args 1 2 3 4 5 6 7 8 9\n", 3, "9", "too much"},
	{A "calls b\n", 3, "b", "no such service"},
	{B "calls b\n", 6, "b", "does not serve"},
	{B "calls a b\n", 6, "b", "does not serve"},
	{B "calls a a\n" A, 7, "a", "second service"},
	{A "calls *\n", 3, "*", "no such service"},
	{A "finds a\n", 3, "a", "does not serve"},
	{A "controls c\n", 3, "c", "no such service"},
	{B "stdio b\n", 6, "b", "does not serve"},
	{A "stdio init\n", 3, "init", "no such service"},
	{A "machine all\n", 3, "all", "not devices"},
	{A "device disk\n", 3, "disk", "not uart"},
	{A "device uart x\n", 3, "x", "not a number"},
	{A "device uart 32\n", 3, "32", "too large"},
	{A "dma 0\n", 3, "0", "not a size"},
	{A "dma 4G\n", 3, "4G", "not a size"},
	{A "dma K\n", 3, "K", "not a size"},
	{A "dma 64Kx\n", 3, "64Kx", "not a size"},
	{A "dma 1025M\n", 3, "1025M", "too large"},
	{A "keep 99999999999999999999\n", 3, "999999999999999", "not a size"},
	{A "restart 3\n", 3, "restart", "missing"},
	{A "restart 3 per 4\n", 3, "", "restart TIMES in"},
	{A "restart x in 4\n", 3, "x", "not a number"},
	{A "restart 3 in 0\n", 3, "0", "no time"},
	{A "restart 17 in 4\n", 3, "17", "too large"},
	{A "priority 32\n", 3, "32", "too large"},
	{A "priority -1\n", 3, "-1", "not a number"},
	{A "priority 1\npriority 1\n", 4, "priority", "second one"},
	{A "harts 64\n", 3, "64", "too large"},
	{A "harts all\n", 3, "all", "not a number"},
	{A "serves now\n", 3, "now", "too much"},
	{A "serves\nserves\n", 4, "serves", "second one"},
};

TEST(what_is_wrong_is_named_with_its_line)
{
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK_EQ(parse(bad[i].text), -E_INVAL);
		CHECK_STR(e.word, bad[i].word);
		CHECK_EQ(e.line, bad[i].line);
		if (!strstr(e.why, bad[i].why))
			CHECK_STR(e.why, bad[i].why);
	}
}

TEST(a_line_of_any_length_and_a_nul_are_errors)
{
	static char text[1024];

	memset(text, ' ', sizeof(text));
	CHECK_EQ(manifest_parse(text, sizeof(text), &m, &e), -E_INVAL);
	CHECK_EQ(e.line, 1);
	CHECK(strstr(e.why, "too long"));
	CHECK_EQ(manifest_parse("service a\nfile \0x\n", 18, &m, &e), -E_INVAL);
	CHECK_EQ(e.line, 2);
	memset(text, 'x', sizeof(text));
	memcpy(text, "service a\nfile ", 15);
	text[15 + MANIFEST_PATH] = 0;
	CHECK_EQ(parse(text), -E_INVAL);
	text[15 + MANIFEST_PATH - 1] = 0;
	CHECK_EQ(parse(text), 0);
}

TEST(arguments_have_so_much_room)
{
	char text[256] = A "args ";
	size_t n = strlen(text);

	memset(text + n, 'x', MANIFEST_TEXT - 1);
	CHECK_EQ(parse(text), 0);
	CHECK_EQ(strlen(m.service[0].text), MANIFEST_TEXT - 1);
	text[n + MANIFEST_TEXT - 1] = 'x';
	CHECK_EQ(parse(text), -E_INVAL);
}

TEST(there_are_so_many_services_and_no_more)
{
	static char text[MANIFEST_SERVICES * 40 + 40];
	char *to = text;

	for (unsigned i = 0; i < MANIFEST_SERVICES; i++) {
		memcpy(to, "service s00\nfile x\n", 19);
		to[9] = (char)('0' + i / 10);
		to[10] = (char)('0' + i % 10);
		to += 19;
	}
	CHECK_EQ(parse(text), 0);
	CHECK_EQ(m.count, MANIFEST_SERVICES);
	memcpy(to, A, sizeof(A));
	CHECK_EQ(parse(text), -E_INVAL);
	CHECK(strstr(e.why, "too many services"));
}

static void check_service(const struct manifest_service *s)
{
	CHECK(memchr(s->name, 0, sizeof(s->name)));
	CHECK(memchr(s->file, 0, sizeof(s->file)));
	CHECK(s->file[0] && s->args <= MANIFEST_ARGS);
	CHECK(s->stdio < (int)m.count && s->priority < PRIORITIES);
	for (unsigned i = 0; i < m.count; i++) {
		if (s->calls >> i & 1)
			CHECK(m.service[i].serves);
	}
}

static void try(const uint8_t *text, size_t bytes)
{
	if (manifest_parse((const char *)text, bytes, &m, &e)) {
		CHECK(e.why);
		CHECK(memchr(e.word, 0, sizeof(e.word)));
		return;
	}
	CHECK(m.count <= MANIFEST_SERVICES);
	for (unsigned i = 0; i < m.count; i++)
		check_service(&m.service[i]);
}

TEST(a_damaged_manifest_is_read_without_harm)
{
	mutate_each(MUTATE_ROUNDS, good, sizeof(good) - 1, try);
}
