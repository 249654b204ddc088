/* SPDX-License-Identifier: Apache-2.0 */
#include "turn.h"

typedef struct {
    VaWake wake;
    gpointer who;
} Waiting;

struct VaTurn {
    gpointer going; /* NULL: nobody */
    GQueue waiting; /* of Waiting */
};

VaTurn *va_turn_new(void)
{
    VaTurn *turn = g_new0(VaTurn, 1);
    g_queue_init(&turn->waiting);
    return turn;
}

void va_turn_free(VaTurn *turn)
{
    if (!turn)
        return;
    g_queue_clear_full(&turn->waiting, g_free);
    g_free(turn);
}

gboolean va_turn_take(VaTurn *turn, VaWake wake, gpointer who)
{
    if (!turn->going) {
        turn->going = who;
        return TRUE;
    }
    Waiting *waiting = g_new(Waiting, 1);
    *waiting = (Waiting){wake, who};
    g_queue_push_tail(&turn->waiting, waiting);
    return FALSE;
}

void va_turn_pass(VaTurn *turn)
{
    g_autofree Waiting *next = g_queue_pop_head(&turn->waiting);

    turn->going = next ? next->who : NULL;
    if (next)
        next->wake(next->who);
}

static void forget(VaTurn *turn, gpointer who)
{
    for (GList *link = turn->waiting.head; link; link = link->next) {
        Waiting *waiting = link->data;
        if (waiting->who != who)
            continue;
        g_free(waiting);
        g_queue_delete_link(&turn->waiting, link);
        return;
    }
}

void va_turn_give(VaTurn *turn, gpointer who)
{
    if (turn->going == who)
        va_turn_pass(turn);
    else
        forget(turn, who);
}
