/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * look - prints all that it was given; then, with the name of a service behind
 * it, waits until init has given that up.
 */
#include "check.h"
#include "proto/init.h"

int main(int argc, char **argv, char **envp)
{
	static char text[INIT_TEXT_MAX];
	uint64_t init;

	service_begin(envp);
	init = service_handle("init");
	for (int i = 0; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	for (char **e = envp; *e; e++) {
		const char *value = strchr(*e, '=') + 1;
		long what = handle_info(strtoul(value, NULL, 10));

		printf("given %s: kind %u, rights 0x%x\n", *e,
		       what < 0 ? 0 : HANDLE_KIND(what),
		       what < 0 ? 0 : HANDLE_RIGHTS(what));
	}
	for (int i = 1; i < argc && init; i++) {
		while (init_find(init, argv[i]) != -E_STALE)
			sleep_until((uint64_t)time_now() + 10000000);
	}
	if (init) {
		long n = init_list(init, text, sizeof(text));

		CHECK(n > 0);
		printf("%.*s", (int)n, text);
	}
	printf("look: done\n");
	return 0;
}
