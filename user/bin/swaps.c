/* SPDX-License-Identifier: BSD-2-Clause */
/* swaps - the swap areas, as the swap server knows them. */
#include "ipc.h"
#include "proto/swap.h"
#include "service.h"
#include <stdio.h>

int main(int argc, char **argv, char **envp)
{
	uint64_t swap;
	struct swap_info i;
	long err = 0;

	(void)argc, (void)argv;
	service_begin(envp);
	swap = service_handle("swap");
	printf("%-24s %8s %8s %8s %8s %6s\n", "AREA", "PAGES", "USED", "IN",
	       "OUT", "ERRORS");
	for (unsigned n = 0; !err; n++) {
		err = swap_info(swap, n, &i);
		if (!err)
			printf("%-24s %8lu %8lu %8lu %8lu %6lu\n", i.name,
			       (unsigned long)i.slots, (unsigned long)i.used,
			       (unsigned long)i.in, (unsigned long)i.out,
			       (unsigned long)i.errors);
	}
	return 0;
}
