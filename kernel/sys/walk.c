/* SPDX-License-Identifier: BSD-2-Clause */
/* walk.c - a walk through the tables, with what each entry is in x86. */
#include "sys/walk.h"
#include "compat/view.h"
#include "mm/frame.h"
#include "mm/page_kind.h"
#include <string.h>

void walk_describe(struct space *s, va_t va, struct walk_info *info)
{
	pte_t leaf;

	memset(info, 0, sizeof(*info));
	lock_take(&s->lock);
	info->level = mmu_walk(&s->mmu, va, info->entry);
	for (int l = MMU_LEVELS - 1; l >= 0 && l >= info->level; l--)
		info->x86[l] = x86_view_entry(info->entry[l], l);
	if (info->level >= 0) {
		leaf = info->entry[info->level];
		info->pa =
			pte_pa(leaf) + (va & (MMU_LEVEL_SIZE(info->level) - 1));
		info->frame = WALK_PRIVATE + page_kind(leaf, &info->refs);
	}
	lock_drop(&s->lock);
}
