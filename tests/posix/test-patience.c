/* SPDX-License-Identifier: Apache-2.0 */
#include "os-patience.h"

#define LONG  60000u /* milliseconds: never reached unless a test fails */
#define SHORT 10u

/* A question that is answered when the test says so. */
typedef struct {
    GMutex lock;
    GCond changed;
    gboolean open; /* the answer may come */
    guint asked;
    guint destroyed;
} Gate;

static void ask_gate(gpointer data)
{
    Gate *gate = data;
    g_mutex_lock(&gate->lock);
    gate->asked++;
    g_cond_broadcast(&gate->changed);
    while (!gate->open) {
        g_cond_wait(&gate->changed, &gate->lock);
    }
    g_mutex_unlock(&gate->lock);
}

static void destroy_gate(gpointer data)
{
    Gate *gate = data;
    g_mutex_lock(&gate->lock);
    gate->destroyed++;
    g_cond_broadcast(&gate->changed);
    g_mutex_unlock(&gate->lock);
}

/* Lets the answers come and waits until all of @destroyed have. */
static void open_gate(Gate *gate, guint destroyed)
{
    g_mutex_lock(&gate->lock);
    gate->open = TRUE;
    g_cond_broadcast(&gate->changed);
    while (gate->destroyed < destroyed) {
        g_cond_wait(&gate->changed, &gate->lock);
    }
    g_mutex_unlock(&gate->lock);
    g_assert_cmpuint(gate->destroyed, ==, destroyed);
}

static void gate_set_up(Gate *gate, gconstpointer data)
{
    *gate = (Gate){.open = FALSE};
    g_mutex_init(&gate->lock);
    g_cond_init(&gate->changed);
}

static void gate_tear_down(Gate *gate, gconstpointer data)
{
    g_mutex_clear(&gate->lock);
    g_cond_clear(&gate->changed);
}

static void add_one(gpointer data)
{
    ++*(guint *)data;
}

static void test_answered(Gate *gate, gconstpointer data)
{
    guint asked = 0;
    for (guint i = 0; i < 3 * OS_PATIENCE_MAX; i++) {
        g_assert_true(os_patience(add_one, &asked, NULL, LONG));
    }
    g_assert_cmpuint(asked, ==, 3 * OS_PATIENCE_MAX);
    gate->open = TRUE;
    g_assert_true(os_patience(ask_gate, gate, destroy_gate, LONG));
    g_assert_cmpuint(gate->destroyed, ==, 0);
}

static void test_unanswered(Gate *gate, gconstpointer data)
{
    gint64 start = g_get_monotonic_time();
    g_assert_false(os_patience(ask_gate, gate, destroy_gate, SHORT));
    g_assert_cmpint(g_get_monotonic_time() - start, >=, SHORT * G_TIME_SPAN_MILLISECOND);
    g_assert_cmpuint(gate->destroyed, ==, 0);
    open_gate(gate, 1);
}

static void test_too_many(Gate *gate, gconstpointer data)
{
    guint asked = 0;
    for (guint i = 0; i < OS_PATIENCE_MAX; i++) {
        g_assert_false(os_patience(ask_gate, gate, destroy_gate, 0));
    }
    g_assert_false(os_patience(ask_gate, gate, destroy_gate, LONG));
    g_assert_cmpuint(gate->destroyed, ==, 1);
    g_assert_false(os_patience(add_one, &asked, NULL, LONG));
    g_assert_cmpuint(asked, ==, 0);
    open_gate(gate, OS_PATIENCE_MAX + 1);
    g_assert_cmpuint(gate->asked, ==, OS_PATIENCE_MAX);
    g_assert_true(os_patience(add_one, &asked, NULL, LONG));
    g_assert_cmpuint(asked, ==, 1);
}

static void test_subject(Gate *gate, gconstpointer data)
{
    guint asked = 0;
    for (guint i = 0; i < 3 * OS_PATIENCE_MAX; i++) {
        g_assert_false(os_patience_about("/dead", ask_gate, gate, destroy_gate, 0));
    }
    g_assert_cmpuint(gate->destroyed, ==, 3 * OS_PATIENCE_MAX - 1);
    g_assert_true(os_patience_about("/alive", add_one, &asked, NULL, LONG));
    g_assert_true(os_patience(add_one, &asked, NULL, LONG));
    g_assert_cmpuint(asked, ==, 2);
    open_gate(gate, 3 * OS_PATIENCE_MAX);
    g_assert_cmpuint(gate->asked, ==, 1);
    g_assert_true(os_patience_about("/dead", add_one, &asked, NULL, LONG));
}

#define ADD(name, function)                                                                        \
    g_test_add("/patience/" name, Gate, NULL, gate_set_up, function, gate_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("an-answer-leaves-the-data-to-the-caller", test_answered);
    ADD("without-an-answer-the-data-goes-with-the-question", test_unanswered);
    ADD("only-so-many-are-asked-at-a-time", test_too_many);
    ADD("a-dead-subject-is-asked-about-once", test_subject);
    return g_test_run();
}
