/* SPDX-License-Identifier: Apache-2.0 */
#include "interrupt.h"

#include "failure.h"

#include <signal.h>

/* The one variable of the program that belongs to nobody: a signal handler of ISO C can reach
 * nothing else (C11 7.14.1.1). */
static volatile sig_atomic_t arrived;

static void note(int number)
{
    arrived = number;
    signal(number, SIG_DFL);
}

static void catch_one(int number)
{
    if (signal(number, note) == SIG_IGN)
        signal(number, SIG_IGN);
}

void interrupt_catch(void)
{
    catch_one(SIGINT);
    catch_one(SIGTERM);
}

int interrupt_signal(void)
{
    return arrived;
}

gboolean interrupt_pause(guint milliseconds, GError **error)
{
    g_usleep((gulong)milliseconds * 1000);
    return interrupt_signal() == 0 || failure_set(error, FAILURE_INTERRUPTED, "interrupted");
}
