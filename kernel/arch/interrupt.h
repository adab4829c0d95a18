/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interrupt.h - interrupts, time, and the way back to user mode.
 *
 * The kernel runs with interrupts off. They are taken from user mode, as traps,
 * and in the idle loop, which asks for them: interrupt_poll().
 */
#ifndef ARCH_INTERRUPT_H
#define ARCH_INTERRUPT_H
#include "arch/cpu.h"

/*
 * This hart takes timer, software and external interrupts from user mode, and
 * goes there at the next trap_return().
 */
void interrupt_enable(void);

/* Handles what is pending, by the upcalls of arch/upcall.h. */
void interrupt_poll(void);

/* Would interrupt_poll() find something? */
bool interrupt_is_pending(void);

/* Sleeps until something is pending. */
void interrupt_wait(void);

/* An IPI to hart `cpu`: it leaves its sleep, or user mode, for a look round. */
void interrupt_send(unsigned cpu);

/*
 * A timer interrupt on this hart at `when`, in place of the one asked for
 * before; ~0: none. By stimecmp where interrupt_use_stimecmp() was told that
 * every hart has Sstc, else by the firmware.
 */
void interrupt_timer_at(uint64_t when);
void interrupt_use_stimecmp(void);

/* The timebase, and how many units make a second. */
uint64_t time_now(void);
extern uint64_t time_frequency;

/* Goes on in user mode with `frame`; this hart's stack starts anew. */
__attribute__((noreturn)) void trap_return(struct trap_frame *frame);

#endif
