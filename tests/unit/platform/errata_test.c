/* SPDX-License-Identifier: BSD-2-Clause */
/* errata_test.c - which cores have which faults. */
#include "platform/errata.h"
#include "tests/test.h"

#define U74 0x8000000000000007ul

TEST(addressed_fences_are_distrusted_on_some_sifive_cores)
{
	static const struct {
		struct core_id id;
		bool full;
	} rows[] = {
		{{VENDOR_SIFIVE, U74, 0x20181004}, true},
		{{VENDOR_SIFIVE, U74, 0x20200630}, true},
		{{VENDOR_SIFIVE, U74, 0x01200626}, false},
		{{VENDOR_SIFIVE, U74, 0x20200631}, false},
		{{VENDOR_SIFIVE, 1, 0x20190521}, true},
		{{VENDOR_SIFIVE, 2, 0x20190521}, false},
		{{0, 0x70216, 0x70216}, false},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(errata_full_fences_only(&rows[i].id), rows[i].full);
}

TEST(stval_of_fetches_is_distrusted_on_others)
{
	struct core_id id = {VENDOR_SIFIVE, U74, 0x20181004};

	CHECK(errata_fetch_stval(&id));
	id.mimpid = 0x20191106;
	CHECK(!errata_fetch_stval(&id));
	id = (struct core_id){VENDOR_SIFIVE, 1, 0x20181004};
	CHECK(!errata_fetch_stval(&id));
}
