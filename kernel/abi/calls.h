/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calls.h - the native calls: one table, of which the kernel's dispatch and the
 * programs' stubs (user/lib/quire.h) are both made.
 *
 * Number in a7, arguments in a0..a5, result in a0: 0 or positive, or a negative
 * error (abi/error.h). Every other register is kept, but for messages
 * (abi/ipc.h) and where that is said. A call waits only where that is said. Any
 * call that reads or writes the caller's memory may give -E_FAULT, and waits if a
 * pager must bring the page. What each wrong handle is answered with stands in abi/handle.h.
 * Times are nanoseconds, deadlines as in abi/ipc.h, memory in bytes.
 *
 * ---- the caller ------------------------------------------------------------
 *	nothing
 *		Gives the version of this ABI.
 *	thread_exit
 *		Ends the thread; the last one ends its task with `status`. Does
 *		not return.
 *	thread_yield
 *		Lets the next ready thread of the same priority run.
 *	log_write
 *		The bytes, at most LOG_MAX, to the kernel's log. Gives how many
 *		went. -E_FAULT.
 *	time_now
 *		Nanoseconds since the machine started.
 *
 * ---- memory ----------------------------------------------------------------
 * `space` is a handle of a space, or of a task for its space; SELF is the
 * caller's own.
 *
 *	space_map (WRITE)
 *		Anonymous private memory, zero, brought by touch; `bytes` is
 *		rounded up to pages. With MAP_FIXED at `address`, else near it
 *		or, with 0, where there is room. With MAP_GROW_DOWN a stack that
 *		may grow down to `limit`. Gives the address. -E_INVAL, -E_EXIST,
 *		-E_NOMEM.
 *	space_unmap (WRITE)
 *		Frees the pages in the range, holes or not. -E_INVAL, -E_NOMEM.
 *	space_protect (WRITE)
 *		Gives the pages another protection. -E_INVAL, -E_NOMEM (a hole,
 *		or no memory), -E_ACCES (beyond what the mapping may have).
 *		Both work from the lowest address up, in steps; between two
 *		others may run. a1 and a2 come back changed: after an error they
 *		are the part that has not been done.
 *	space_advise (WRITE)
 *		One of enum advice (abi/space.h) for the range, which regions
 *		hold without a hole; in steps, with a1 and a2 as above. Some of
 *		it may change flags of the regions beyond a page that could not
 *		be brought. ADVISE_PIN holds at most an eighth of the memory for
 *		a space, clones included. ADVISE_PIN, _POPULATE and _WILL_NEED
 *		wait for pagers. -E_INVAL (also to forget what is pinned),
 *		-E_NOMEM (a hole, no memory, too much pinned), -E_FAULT (past
 *		the object's end), -E_IO, -E_TIMEDOUT.
 *	space_regions (READ)
 *		Lists regions, what of them lies above `from`, lowest first, at
 *		most `max` and at most REGIONS_MAX; one with very many pages in
 *		parts (MAP_PART). Gives how many.
 *	space_pages (READ; with PAGES_CLEAN also WRITE)
 *		A word of PAGE_IS_* bits (abi/space.h) for each page from
 *		`address` on, which is a page's; mapped or not, at most `max`,
 *		PAGES_MAX, and what is left of the 2 MiB around it. Gives how
 *		many. With PAGES_CLEAN in `flags` those told as private and
 *		dirty are clean from then on, so that the next such call tells
 *		which have been written since: no write falls between the two,
 *		but one made while the call runs may be told in both. -E_INVAL,
 *		-E_NOMEM (PAGES_CLEAN, after a clone).
 *	space_walk (READ)
 *		How the address translates now, in Sv39 and in x86 terms.
 *		-E_INVAL.
 *	memory_info
 *		Frames; counters of the caller's space, and of the machine.
 *		Sums over spaces are of the SPACES_SUMMED that are oldest.
 *	space_info (READ)
 *		Counters of that space.
 *	space_create
 *		A new, empty space: a handle with all rights. -E_NOMEM, -E_MFILE.
 *	space_clone (READ and WRITE)
 *		A space with the same mappings and contents: shared mappings
 *		stay shared, of private pages each side sees what it had, and
 *		writes its own from now on (copy-on-write). A handle with all
 *		rights. -E_NOMEM, -E_MFILE; -E_BUSY: a pager's window is mapped.
 *	space_map_object (space WRITE; object READ, WRITE, EXECUTE)
 *		Shows an object from `offset` on. `how` is PROT_* | MAP_*: with
 *		MAP_SHARED the object's own pages, which needs the object's
 *		right for each right now and limits it for ever; else a private
 *		view, of which what is written is copied. Gives the address.
 *		-E_INVAL, -E_EXIST, -E_NOMEM, -E_PERM.
 *	object_create
 *		Memory of its own, that several spaces can map: `from` SELF for
 *		anonymous memory, zero; a machine handle for registers at the
 *		physical address `where` (RIGHT_DEVICES), or for contiguous
 *		zeroed memory that devices may be told of, with `where`
 *		OBJECT_DMA (RIGHT_FRAMES); a pager (MANAGE), whom `where` tells
 *		which object is meant. Gives a handle with all rights that apply.
 *		-E_INVAL, -E_NOMEM, -E_MFILE, -E_ACCES (registers that are RAM,
 *		or that the kernel drives: PLIC, CLINT, the test device; the
 *		console's a driver may have).
 *	object_address (DMA)
 *		The physical address of the page at `offset`. -E_INVAL for an
 *		object whose pages can move.
 *	object_sync (WRITE)
 *		Asks the pager to write back what is dirty in the range, and
 *		waits until it is. -E_INVAL, -E_IO, -E_TIMEDOUT.
 *	object_resize (MANAGE)
 *		The object has `bytes` from now on, rounded up to pages, 0 too.
 *		What lies beyond the new end goes from every space: who touches
 *		it meets E_FAULT, who waits for it, too; private copies stay. Of
 *		a pager's object it is not written back, and answers about it
 *		are taken and ignored. When it grows again, zeros are there, or
 *		what the pager brings, and never what was. -E_INVAL: memory of
 *		devices, registers, the archive; too large. -E_NOMEM; then
 *		nothing is changed.
 *	object_clone (READ)
 *		A new anonymous object with the same contents, and a handle of
 *		it with all rights. Pages are copied one after the other, in
 *		steps, between which others may run: of what is written at that
 *		time any part may be there. A pager is asked for what it has not
 *		brought. -E_INVAL: registers, a pager's window. -E_NOMEM,
 *		-E_MFILE, -E_IO, -E_TIMEDOUT, -E_STALE.
 *	pager_create (notification SIGNAL, space WRITE)
 *		A pager with a ring in the caller's space: abi/pager.h.
 *	pager_submit (MANAGE)
 *		Acts on what the pager has put into its ring: abi/pager.h. Then,
 *		unless a1 is 0, waits for bits of that mask until the deadline in
 *		a2 as notification_wait of the pager's notification does, with
 *		the same results and errors; if a full ring of answers was there
 *		it does not wait, and gives no bits. -E_INVAL: the ring's count
 *		of answers makes no sense; nothing is done. -E_PERM: to wait, the
 *		handle given to pager_create must have had WAIT.
 *
 *	swap_add (machine FRAMES, object MANAGE)
 *		Private pages of all tasks that are not used may be kept in this
 *		object of a pager from now on, for good, when memory is short: in
 *		its pages from `first` (at least 1) on. The pager is asked as for
 *		any object: WRITEBACK when a page goes out, PAGEIN when it is
 *		wanted again; neighbouring pages mostly at once. If it fails a
 *		PAGEIN, who needs that page has the error; what it fails to write
 *		stays in memory. -E_INVAL (not an object of a pager, or too
 *		small), -E_BUSY (it is in use for that or mapped, or SWAP_AREAS are),
 *		-E_NOMEM.
 *		The spaces of pagers, and of who makes OBJECT_DMA or learns where
 *		it is, keep their pages.
 *	swap_remove (machine FRAMES, object MANAGE)
 *		Brings back what is in the object, in steps; waits. -E_INVAL
 *		(it is not in use for that), -E_NOMEM, -E_IO, -E_TIMEDOUT (a page
 *		does not come): then it goes on being used; -E_BUSY: a task that
 *		is ending has pages there still, ask again.
 *
 * ---- handles ---------------------------------------------------------------
 *	handle_duplicate (DUPLICATE; task CONTROL)
 *		Another handle of the same object in the table of `task` (SELF:
 *		the caller's), with those rights of the first that are in
 *		`rights`. `badge` marks messages sent by it; one that is marked
 *		keeps its badge. Gives its number there. -E_MFILE, -E_NOMEM.
 *	handle_close
 *		The number names nothing any more. What no handle names ends,
 *		but for a running task or thread. An endpoint from which nobody
 *		can receive any more is dead: who waits there gets -E_PEER.
 *	handle_revoke (MANAGE)
 *		The object ends for everybody: all handles of it are stale, who
 *		waits there gets -E_PEER. -E_INVAL: not for spaces, tasks and
 *		threads (task_end, thread_control).
 *		Memory has no pages any more: they are taken from every space,
 *		and who touches a mapping meets E_FAULT, a call -E_FAULT;
 *		private copies stay, and so do the mappings until they are
 *		unmapped. The memory is free at once, but for what the kernel
 *		copies from at that moment: no device may use it any more. Dirty
 *		pages of a pager go when it has written them, or failed; if it
 *		has ended they are lost. object_sync() gives -E_STALE.
 *		An interrupt is silent, and its source free. A kept caller gets
 *		-E_PEER. What was made with a machine handle stays.
 *	handle_info
 *		Kind and rights: HANDLE_KIND, HANDLE_RIGHTS.
 *
 * ---- tasks and threads -----------------------------------------------------
 * A task is SELF or a handle; so is a thread.
 *
 *	task_create (space MANAGE)
 *		A task that runs in `space`, with an empty handle table and no
 *		thread; `name` for listings, `bytes` long, cut at
 *		TASK_NAME_MAX. A task that has no thread yet ends with its
 *		creator. -E_NOMEM, -E_MFILE.
 *	task_handler (task CONTROL, endpoint SEND)
 *		Where the task's faults, and its calls below CALL_FIRST, go:
 *		abi/handler.h. SELF: nowhere.
 *	handle_watch (task or thread INSPECT, notification SIGNAL and WAIT)
 *		When the task (SELF: the caller's), or the one thread, has ended
 *		`bits` are signalled; at once if it has. 0 bits: not any more.
 *		Each notification has bits of its own; the latest count. At most
 *		TASK_WATCHERS, THREAD_WATCHERS of them: -E_BUSY, unless one of
 *		them is revoked or nobody has a handle of it. So nobody is robbed
 *		of his notice, and who watches before he hands out handles has a
 *		place.
 *	task_end (CONTROL)
 *		All its threads end, and the task with `status`.
 *	task_info (INSPECT)
 *		struct task_info (abi/thread.h).
 *	thread_create (task CONTROL)
 *		A new thread at `pc` with stack `sp` and a0 = `name`, which also
 *		names it for its handler; to be started. Its priority is
 *		PRIORITY_DEFAULT, or the caller's if that is less; its harts are
 *		the caller's. Gives a handle with all rights. -E_NOMEM,
 *		-E_MFILE, -E_STALE (the task has ended).
 *	thread_control (CONTROL)
 *		One of enum thread_operation. -E_INVAL (to start what runs; one
 *		that has ended is -E_STALE), -E_AGAIN (it runs on another hart
 *		and will stop in a moment: ask again).
 *	thread_registers (CONTROL)
 *		Reads or writes a thread that is new, stopped or waits for a
 *		reply of its handler: enum registers_operation. -E_BUSY: it does
 *		something else.
 *	thread_schedule (CONTROL)
 *		Priority and the mask of harts on which it may run. A priority
 *		above the caller's own is -E_PERM; no hart of this machine in
 *		the mask -E_INVAL.
 *	thread_list (task INSPECT)
 *		struct thread_info of up to `max` (THREADS_MAX) of its threads,
 *		passing over the first `skip`. Gives how many.
 *
 * ---- messages: registers and buffers in abi/ipc.h --------------------------
 *	endpoint_create
 *		A handle with all rights. -E_NOMEM, -E_MFILE.
 *	ipc_call (SEND)
 *		Sends, and waits for the reply. -E_PEER (nobody can receive, or
 *		who received is gone, perhaps in the midst of a reply:
 *		abi/ipc.h), -E_CANCELED, -E_INTR, -E_TIMEDOUT,
 *		-E_AGAIN, -E_INVAL and errors of the handles to be sent.
 *	ipc_send (SEND)
 *		Sends, and waits until it is received. The same errors.
 *	ipc_receive (RECEIVE)
 *		Waits for a message, or for the notification that is bound to
 *		the thread (notification_bind; IPC_SIGNAL). A caller of before
 *		who has no reply yet gets -E_PEER: reply or keep it first.
 *		-E_CANCELED, -E_INTR, -E_TIMEDOUT, -E_AGAIN, -E_PEER (revoked).
 *	ipc_reply
 *		Answers the caller whose message came last (SELF), or a kept one
 *		(a reply handle, which is closed by that). Waits only for bytes
 *		to be copied. -E_PEER: the caller is gone; -E_INVAL: there is
 *		none.
 *	ipc_reply_receive (RECEIVE)
 *		ipc_reply to who called last, if he is there still, then
 *		ipc_receive from `endpoint`.
 *	reply_keep
 *		Makes a handle of the caller to be answered, so that others can
 *		be served first. Closing it gives him -E_PEER. -E_INVAL,
 *		-E_NOMEM, -E_MFILE.
 *
 * ---- signals, time, interrupts ---------------------------------------------
 *	notification_create
 *		64 bits, all clear: a handle with all rights.
 *	notification_signal (SIGNAL)
 *		Sets bits; they stay until they are taken.
 *	notification_wait (WAIT)
 *		Waits until a bit of `mask` is set, takes those that are, and
 *		gives them in a1 (a0 is 0). SELF waits for the deadline only: sleep.
 *		-E_AGAIN, -E_TIMEDOUT, -E_CANCELED, -E_INTR, -E_PEER (revoked),
 *		-E_INVAL (mask 0; SELF without a deadline).
 *	notification_timer (SIGNAL)
 *		Sets `bits` when `deadline` comes; NEVER clears the timer. One
 *		timer a notification.
 *	notification_bind (WAIT)
 *		Its bits, of which there is one at least, also end an
 *		ipc_receive of the calling thread (IPC_SIGNAL). SELF: no more.
 *		-E_BUSY: bound to another.
 *	interrupt_create (machine LINES; notification SIGNAL)
 *		From now on interrupt `source` sets `bits`, and is then silent
 *		until interrupt_done(). -E_INVAL, -E_BUSY (another has it).
 *	interrupt_done
 *		Lets the next one come.
 *
 * ---- the machine -----------------------------------------------------------
 *	machine_info
 *		struct machine_info (abi/machine.h).
 *	machine_stop (POWER)
 *		Powers off; an emulator ends with `status`. Does not return.
 *
 * Not calls, on purpose: files, paths, processes, signals (programs' business);
 * names for anything (init tells who gets which handle); brk (map next to the
 * heap, and the two regions become one); fork and exec (a space is made and
 * filled by who holds it); printing numbers (the C library's); reading the time
 * quickly (rdtime works in user mode); locks (shared memory and a notification);
 * asynchronous messages (the kernel buffers nothing for anybody).
 */
#ifndef ABI_CALLS_H
#define ABI_CALLS_H
#include "abi/handle.h"
#include "abi/space.h"
#include <stdint.h>

#define CALL_FIRST  0x1000
#define ABI_VERSION 2
#define LOG_MAX	    512
#define REGIONS_MAX 8
#define THREADS_MAX 16
#define PAGES_MAX   128

/* More are not counted together: it would take too long. */
#define SPACES_SUMMED 256

/* object_create(): memory for devices. */
#define OBJECT_DMA (~0ul)

struct walk_info;
struct memory_info;
struct task_info;
struct thread_info;
struct machine_info;
struct pager_setup;

/*
 * Numbered in this order from CALL_FIRST; Cn has n arguments, each a type and a
 * name; M is a message, whose stub is in user/lib/ipc.h. A new call is one row
 * at the end, a function in sys/, a test in tests/user/calls.c.
 */
/* clang-format off */
#define QUIRE_CALLS(C0, C1, C2, C3, C4, C5, C6, M)                             \
	M(ipc_call)                                                            \
	M(ipc_reply_receive)                                                   \
	C0(nothing)                                                            \
	C1(thread_exit, int, status)                                           \
	C0(thread_yield)                                                       \
	C2(log_write, const char *, text, uint64_t, bytes)                     \
	C0(time_now)                                                           \
	C6(space_map, uint64_t, space, const void *, address,                  \
	   uint64_t, bytes, unsigned, prot, unsigned, flags,                   \
	   const void *, limit)                                                \
	C3(space_unmap, uint64_t, space, const void *, address,                \
	   uint64_t, bytes)                                                    \
	C4(space_protect, uint64_t, space, const void *, address,              \
	   uint64_t, bytes, unsigned, prot)                                    \
	C4(space_regions, uint64_t, space, const void *, from,                 \
	   struct region_info *, to, uint64_t, max)                            \
	C3(space_walk, uint64_t, space, const volatile void *, address,        \
	   struct walk_info *, to)                                             \
	C1(memory_info, struct memory_info *, to)                              \
	C0(space_create)                                                       \
	C6(space_map_object, uint64_t, space, const void *, address,           \
	   uint64_t, bytes, unsigned, how, uint64_t, object,                   \
	   uint64_t, offset)                                                   \
	C3(object_create, uint64_t, from, uint64_t, bytes, uint64_t, where)    \
	C2(object_address, uint64_t, object, uint64_t, offset)                 \
	C3(object_sync, uint64_t, object, uint64_t, offset, uint64_t, bytes)   \
	C1(pager_create, struct pager_setup *, setup)                          \
	M(pager_submit)                                                        \
	C4(handle_duplicate, uint64_t, task, uint64_t, handle,                 \
	   unsigned, rights, uint64_t, badge)                                  \
	C1(handle_close, uint64_t, handle)                                     \
	C1(handle_revoke, uint64_t, handle)                                    \
	C1(handle_info, uint64_t, handle)                                      \
	C3(task_create, uint64_t, space, const char *, name, uint64_t, bytes)  \
	C2(task_handler, uint64_t, task, uint64_t, endpoint)                   \
	C3(handle_watch, uint64_t, handle, uint64_t, notification,             \
	   uint64_t, bits)                                                     \
	C2(task_end, uint64_t, task, int, status)                              \
	C2(task_info, uint64_t, task, struct task_info *, to)                  \
	C4(thread_create, uint64_t, task, const void *, pc,                    \
	   const void *, sp, uint64_t, name)                                   \
	C2(thread_control, uint64_t, thread, unsigned, operation)              \
	C3(thread_registers, uint64_t, thread, unsigned, operation,            \
	   void *, buffer)                                                     \
	C3(thread_schedule, uint64_t, thread, unsigned, priority,              \
	   uint64_t, harts)                                                    \
	C4(thread_list, uint64_t, task, uint64_t, skip,                        \
	   struct thread_info *, to, uint64_t, max)                            \
	C0(endpoint_create)                                                    \
	M(ipc_send)                                                            \
	M(ipc_receive)                                                         \
	M(ipc_reply)                                                           \
	C0(reply_keep)                                                         \
	C0(notification_create)                                                \
	C2(notification_signal, uint64_t, notification, uint64_t, bits)        \
	M(notification_wait)                                                   \
	C3(notification_timer, uint64_t, notification, uint64_t, bits,         \
	   uint64_t, deadline)                                                 \
	C1(notification_bind, uint64_t, notification)                          \
	C4(interrupt_create, uint64_t, machine, unsigned, source,              \
	   uint64_t, notification, uint64_t, bits)                             \
	C1(interrupt_done, uint64_t, interrupt)                                \
	C2(machine_info, uint64_t, machine, struct machine_info *, to)         \
	C2(machine_stop, uint64_t, machine, int, status)                       \
	C1(space_clone, uint64_t, space)                                       \
	C3(swap_add, uint64_t, machine, uint64_t, object, uint64_t, first)     \
	C2(swap_remove, uint64_t, machine, uint64_t, object)                  \
	C5(space_pages, uint64_t, space, const void *, address,                \
	   uint64_t *, to, uint64_t, max, unsigned, flags)                     \
	C4(space_advise, uint64_t, space, const void *, address,               \
	   uint64_t, bytes, unsigned, advice)                                  \
	C2(space_info, uint64_t, space, struct space_info *, to)               \
	C2(object_resize, uint64_t, object, uint64_t, bytes)                   \
	C1(object_clone, uint64_t, object)

/* For who wants the names alone: F(name) for each. */
#define QUIRE_CALL_NAMES(F) QUIRE_CALLS(F, F, F, F, F, F, F, F)

#define CALL_NUMBER(name, ...) CALL_##name,
enum {
	CALL_before_first = CALL_FIRST - 1,
	QUIRE_CALL_NAMES(CALL_NUMBER)
	CALL_END
};
#undef CALL_NUMBER
/* clang-format on */

/*
 * How one address translates. Entries are root first, in [2]; below the end of
 * the walk they are 0. The x86 ones are of 64-bit mode, where PDPTE, PDE and
 * PTE stand at the same places.
 */
struct walk_info {
	uint64_t pa;	   /* of the address itself; 0 if it is not mapped */
	uint64_t entry[3]; /* Sv39 */
	uint64_t x86[3];   /* what says the same there */
	int32_t level;	   /* of the leaf: 0 4 KiB, 1 2 MiB, 2 1 GiB; -1 none */
	uint32_t frame;	   /* enum walk_frame */
	uint32_t refs;	   /* of the frame; 0 if it is not a space's own */
	uint32_t zero;
};

enum walk_frame { WALK_NONE, WALK_PRIVATE, WALK_ZERO, WALK_OBJECT };

/* All memory figures in pages of 4 KiB. */
struct memory_info {
	uint64_t total, free;  /* frames of the allocator */
	uint64_t boot_taken;   /* of all RAM, at the end of boot, in bytes */
	uint64_t zeroed_ready; /* in the zeroed pool */

	/* Of the caller's space, as struct space_counts. */
	uint64_t faults, zero, zeroed, shown, copied, touched, stale, grown,
		swapped;

	uint64_t fence_all, fence_space, fence_page, remote, satp;
	uint64_t harts;
	uint64_t lock_waits; /* times that a hart found a lock taken */
	/* Of swap. */
	uint64_t slots, slots_free;

	/* Of the whole machine. */
	uint64_t zeroed_used;	 /* taken from the zeroed pool */
	uint64_t tables;	 /* pages of page tables; those in common once
				    for each space */
	struct space_counts all; /* of all spaces, also those that have ended */
	struct mm_counts mm;
};
_Static_assert(sizeof(struct memory_info) == 368, "part of the ABI");

#endif
