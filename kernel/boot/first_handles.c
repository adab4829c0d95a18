/* SPDX-License-Identifier: BSD-2-Clause */
/* first_handles.c - what the first program is given: the machine and its files. */
#include "abi/handle.h"
#include "arch/interrupt.h"
#include "arch/layout.h"
#include "boot/boot.h"
#include "mm/object.h"
#include "platform/plic.h"
#include "sys/machine.h"
#include "task/task.h"
#include <string.h>

static struct machine_device device(pa_t base, uint64_t bytes, uint32_t source)
{
	return (struct machine_device){
		.base = base, .bytes = bytes, .source = source};
}

/* The board, as a driver wants to know it. */
static void tell_facts(void)
{
	struct machine_info *m = &machine_facts;

	machine_board = &board;
	memcpy(m->model, board.model, sizeof(m->model) - 1);
	memcpy(m->arguments, board.bootargs, sizeof(m->arguments) - 1);
	if (board.uart.kind != UART_NONE)
		m->uart = device(board.uart.base, PAGE_SIZE, board.uart.irq);
	m->uart_kind = board.uart.kind;
	m->uart_shift = board.uart.reg_shift;
	m->uart_width = board.uart.reg_width;
	m->harts = cpu_count;
	m->sources = plic_sources();
	m->virtio_count = board.virtio_count;
	for (unsigned i = 0; i < board.virtio_count; i++)
		m->virtio[i] =
			device(board.virtio[i].base, board.virtio[i].size,
			       board.virtio[i].irq);
	m->archive_bytes = boot_archive.size;
	m->time_frequency = time_frequency;
}

static void give(struct task *t, struct kobject *o, unsigned rights,
		 long expected)
{
	long handle = o ? handle_add_to(t, o, rights, 0) : -1;

	if (handle != expected)
		boot_fail("no memory for the first program's handles");
}

static struct kobject *archive_object(void)
{
	struct object *o = object_physical(
		"archive", va_to_pa(boot_archive.base), boot_archive.size);

	return o ? &o->kobject : NULL;
}

void boot_give_handles(struct task *t)
{
	tell_facts();
	give(t, machine_object(), RIGHTS_ALL, HANDLE_MACHINE);
	give(t, archive_object(), RIGHT_DUPLICATE | RIGHT_READ | RIGHT_EXECUTE,
	     HANDLE_ARCHIVE);
}
