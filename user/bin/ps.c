/* SPDX-License-Identifier: BSD-2-Clause */
/* ps - services, tasks and threads, as init knows them. */
#include "proto/init.h"
#include "service.h"
#include <stdio.h>

int main(int argc, char **argv, char **envp)
{
	static char text[INIT_TEXT_MAX];
	long n;

	(void)argc, (void)argv;
	service_begin(envp);
	n = init_list(service_handle("init"), text, sizeof(text));
	if (n < 0) {
		printf("ps: error %ld\n", -n);
		return 1;
	}
	printf("%.*s", (int)n, text);
	return 0;
}
