/* SPDX-License-Identifier: Apache-2.0 */

/* Sessions, lanes and dispatch together, on scripted streams.  guest-get-users is the command that
 * blocks: the back end below stands still until the test opens its gate. */

#include "fake-stream.h"
#include "lane.h"
#include "os-users.h"
#include "server.h"
#include "session.h"

#include <glib/gstdio.h>
#include <string.h>

#define PING      "{\"execute\":\"guest-ping\"}\n"
#define PONG      "{\"return\": {}}\n"
#define USERS     "{\"execute\":\"guest-get-users\"}\n"
#define NOBODY    "{\"return\": []}\n"
#define SYNC(n)   "{\"execute\":\"guest-sync\",\"arguments\":{\"id\":" #n "}}\n"
#define SYNCED(n) "{\"return\": " #n "}\n"
#define NOT_ALLOWED                                                                                \
    "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"Command guest-get-users has been "   \
    "disabled: the command is not allowed\"}}\n"

/* The gate of guest-get-users.  The one thing shared by the test and the lanes, hence static. */
static struct {
    GMutex mutex;
    GCond changed;
    gboolean shut;
    guint inside; /* calls standing in front of it */
    guint passed; /* calls that have come through */
} gate;

GPtrArray *os_users_list(GError **error)
{
    g_mutex_lock(&gate.mutex);
    gate.inside++;
    g_cond_broadcast(&gate.changed);
    while (gate.shut)
        g_cond_wait(&gate.changed, &gate.mutex);
    gate.inside--;
    gate.passed++;
    g_cond_broadcast(&gate.changed);
    g_mutex_unlock(&gate.mutex);
    return g_ptr_array_new();
}

static void set_gate(gboolean shut)
{
    g_mutex_lock(&gate.mutex);
    gate.shut = shut;
    gate.passed = 0;
    g_cond_broadcast(&gate.changed);
    g_mutex_unlock(&gate.mutex);
}

static void await_inside(guint count)
{
    g_mutex_lock(&gate.mutex);
    while (gate.inside < count)
        g_cond_wait(&gate.changed, &gate.mutex);
    g_mutex_unlock(&gate.mutex);
}

static void await_passed(guint count)
{
    g_mutex_lock(&gate.mutex);
    while (gate.passed < count)
        g_cond_wait(&gate.changed, &gate.mutex);
    g_mutex_unlock(&gate.mutex);
}

typedef struct {
    char *dir;
    VaConfig *config;
    VaAgent *agent;
    VaServer *server;
    FakeStream *host;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    f->dir = g_dir_make_tmp("va-session-XXXXXX", &error);
    g_assert_no_error(error);
    f->config = va_config_new();
    f->config->state_dir = g_strdup(f->dir);
    f->agent = va_agent_new(f->config, &error);
    g_assert_no_error(error);
    f->server = va_server_new(f->config, f->agent);
    f->host = fake_stream_new();
    va_server_serve(f->server, fake_stream_end(f->host));
    set_gate(FALSE);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    set_gate(FALSE);
    while (va_agent_lanes_stuck(f->agent, 0) > 0)
        g_main_context_iteration(NULL, TRUE);
    va_server_free(f->server);
    va_agent_free(f->agent);
    va_config_free(f->config);
    fake_stream_free(f->host);
    g_rmdir(f->dir);
    g_free(f->dir);
}

/* Turns the loop until @host has been sent exactly @text. */
static void await_text(FakeStream *host, const char *text)
{
    fake_stream_settle(host);
    while (fake_stream_written(host)->len < strlen(text))
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(fake_stream_written(host)->str, ==, text);
    fake_stream_forget(host);
}

static void ask(FakeStream *host, const char *text)
{
    fake_stream_feed_text(host, text);
    fake_stream_settle(host);
}

static void test_order(Fixture *f, gconstpointer data)
{
    ask(f->host, SYNC(1) USERS PING "nonsense\n" USERS SYNC(2));
    await_text(f->host, SYNCED(1) NOBODY PONG "{\"error\": {\"class\": \"GenericError\", \"desc\": "
                                              "\"JSON parse error, invalid keyword "
                                              "'nonsense'\"}}\n" NOBODY SYNCED(2));
}

static void test_one_write(Fixture *f, gconstpointer data)
{
    ask(f->host, PING PING PING);
    g_assert_cmpuint(fake_stream_writes(f->host), ==, 1);
    await_text(f->host, PONG PONG PONG);
}

static void test_cuts(Fixture *f, gconstpointer data)
{
    const char *requests = SYNC(1) "{\"execute\":\"nope\",\"id\":[\"\\u00e4\"]}" PING "}" PING;

    for (gsize cut = 1; cut < strlen(requests); cut++) {
        g_autoptr(FakeStream) host = fake_stream_new();
        va_server_serve(f->server, fake_stream_end(host));
        fake_stream_feed_cut(host, requests, strlen(requests), cut);
        await_text(host, SYNCED(1) "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"The "
                                   "command nope has not been found\"}, \"id\": "
                                   "[\"\\u00E4\"]}\n" PONG
                                   "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON "
                                   "parse error, expecting value\"}}\n" PONG);
        fake_stream_feed_end(host);
        fake_stream_settle(host);
        g_assert_true(fake_stream_is_closed(host));
    }
}

static void test_others_go_on(Fixture *f, gconstpointer data)
{
    g_autoptr(FakeStream) other = fake_stream_new();

    set_gate(TRUE);
    ask(f->host, USERS PING);
    await_inside(1);
    va_server_serve(f->server, fake_stream_end(other));
    ask(other, PING);
    await_text(other, PONG);
    g_assert_cmpuint(fake_stream_written(f->host)->len, ==, 0);
    set_gate(FALSE);
    await_text(f->host, NOBODY PONG);
    fake_stream_feed_end(other);
    fake_stream_settle(other);
    g_assert_true(fake_stream_is_closed(other));
}

static void test_sync_in_time(Fixture *f, gconstpointer data)
{
    set_gate(TRUE);
    ask(f->host, USERS SYNC(3));
    await_inside(1);
    g_assert_cmpuint(fake_stream_written(f->host)->len, ==, 0);
    set_gate(FALSE);
    await_text(f->host, NOBODY SYNCED(3));
    g_assert_cmpuint(va_agent_lanes_stuck(f->agent, 0), ==, 0);
}

static void test_sync_of_the_impatient(Fixture *f, gconstpointer data)
{
    gint64 start = g_get_monotonic_time();

    set_gate(TRUE);
    ask(f->host, USERS USERS PING SYNC(4) PING);
    await_text(f->host, SYNCED(4) PONG);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, VA_SESSION_SYNC_PATIENCE * 900);
    g_assert_cmpuint(va_agent_lanes_stuck(f->agent, 0), ==, 1);

    /* What was asked before is still carried out, in silence. */
    set_gate(FALSE);
    while (va_agent_lanes_stuck(f->agent, 0) > 0)
        g_main_context_iteration(NULL, TRUE);
    await_passed(2);
    ask(f->host, PING);
    await_text(f->host, PONG);
}

static void test_stuck_and_on(Fixture *f, gconstpointer data)
{
    set_gate(TRUE);
    ask(f->host, USERS SYNC(1) USERS SYNC(2));
    await_text(f->host, SYNCED(1));
    await_inside(2);
    await_text(f->host, SYNCED(2));
    g_assert_cmpuint(va_agent_lanes_stuck(f->agent, 0), ==, 2);
}

static void test_too_many_stuck(Fixture *f, gconstpointer data)
{
    set_gate(TRUE);
    for (guint i = 0; i < VA_LANES_STUCK_MAX; i++) {
        g_autoptr(FakeStream) host = fake_stream_new();
        va_server_serve(f->server, fake_stream_end(host));
        ask(host, USERS);
        await_inside(i + 1);
        fake_stream_set_half_closes(host, FALSE);
        fake_stream_feed_end(host);
        fake_stream_settle(host);
        g_assert_true(fake_stream_is_closed(host));
    }
    g_assert_cmpuint(va_agent_lanes_stuck(f->agent, 0), ==, VA_LANES_STUCK_MAX);
    ask(f->host, USERS PING);
    await_text(f->host,
               "{\"error\": {\"class\": \"GenericError\", \"desc\": \"too many commands are "
               "stuck in this guest\"}}\n" PONG);
    ask(f->host, "{\"execute\":\"guest-fsfreeze-thaw\"}"); /* it may be what frees the others */
    await_text(f->host, "{\"return\": 0}\n");
    set_gate(FALSE);
    while (va_agent_lanes_stuck(f->agent, 0) > 0)
        g_main_context_iteration(NULL, TRUE);
    ask(f->host, USERS);
    await_text(f->host, NOBODY);
}

static void test_unread_answers(Fixture *f, gconstpointer data)
{
    g_autoptr(GString) many = g_string_new(NULL);
    const guint asked = 400;
    gsize expected = 0;

    for (guint i = 0; i < asked; i++) {
        g_string_append(many, "{\"execute\":\"guest-ping\",\"id\":\"");
        for (guint k = 0; k < 16 * 1024; k++)
            g_string_append_c(many, 'x');
        g_string_append(many, "\"}\n");
    }
    expected = asked * (strlen("{\"return\": {}, \"id\": \"\"}\n") + 16 * 1024);

    fake_stream_limit_total(f->host, 0);
    fake_stream_feed(f->host, many->str, many->len);
    fake_stream_settle(f->host);
    g_assert_false(fake_stream_is_drained(f->host));
    g_assert_cmpint(fake_stream_watched(f->host), ==, OS_WATCH_WRITE);

    fake_stream_limit_total(f->host, G_MAXSIZE);
    fake_stream_settle(f->host);
    g_assert_true(fake_stream_is_drained(f->host));
    g_assert_cmpuint(fake_stream_written(f->host)->len, ==, expected);
    g_assert_cmpint(fake_stream_watched(f->host), ==, OS_WATCH_READ);
}

static void test_too_much_waiting(Fixture *f, gconstpointer data)
{
    set_gate(TRUE);
    ask(f->host, USERS);
    for (guint i = 0; i < 2 * VA_SESSION_WAITING_MAX; i++)
        fake_stream_feed_text(f->host, PING);
    fake_stream_settle(f->host);
    g_assert_false(fake_stream_is_drained(f->host));
    g_assert_cmpint(fake_stream_watched(f->host), ==, OS_WATCH_NONE);
    set_gate(FALSE);
    while (fake_stream_written(f->host)->len <
           strlen(NOBODY) + 2 * VA_SESSION_WAITING_MAX * strlen(PONG)) {
        g_main_context_iteration(NULL, FALSE);
        fake_stream_settle(f->host);
    }
    g_assert_true(fake_stream_is_drained(f->host));
}

static void test_half_close(Fixture *f, gconstpointer data)
{
    set_gate(TRUE);
    fake_stream_feed_text(f->host, USERS PING "{\"half");
    fake_stream_feed_end(f->host);
    fake_stream_settle(f->host);
    await_inside(1);
    g_assert_false(fake_stream_is_closed(f->host));
    g_assert_cmpint(fake_stream_watched(f->host), ==, OS_WATCH_NONE);
    set_gate(FALSE);
    await_text(f->host, NOBODY PONG);
    g_assert_true(fake_stream_is_closed(f->host));
}

static void test_port_without_host(Fixture *f, gconstpointer data)
{
    set_gate(TRUE);
    fake_stream_set_half_closes(f->host, FALSE);
    fake_stream_feed_text(f->host, USERS USERS);
    fake_stream_feed_end(f->host);
    fake_stream_settle(f->host);
    g_assert_true(fake_stream_is_closed(f->host));
    set_gate(FALSE);
    await_passed(1);
    while (va_agent_lanes_stuck(f->agent, 0) > 0)
        g_main_context_iteration(NULL, TRUE);
    await_passed(2);
    g_assert_cmpuint(fake_stream_written(f->host)->len, ==, 0);
}

static void test_lost(Fixture *f, gconstpointer data)
{
    g_autoptr(FakeStream) deaf = fake_stream_new();

    va_server_serve(f->server, fake_stream_end(deaf));
    fake_stream_end_writes(deaf);
    ask(deaf, PING);
    g_assert_true(fake_stream_is_closed(deaf));

    g_test_expect_message("virtagent", G_LOG_LEVEL_MESSAGE, "lost a host: torn cable");
    fake_stream_feed_failure(f->host, "torn cable");
    fake_stream_settle(f->host);
    g_assert_true(fake_stream_is_closed(f->host));
    g_test_assert_expected_messages();
}

static void test_frozen(Fixture *f, gconstpointer data)
{
    va_policy_set_frozen(va_agent_policy(f->agent), TRUE);
    ask(f->host, USERS PING SYNC(1));
    await_text(f->host, NOT_ALLOWED PONG SYNCED(1));
    va_policy_set_frozen(va_agent_policy(f->agent), FALSE);
    ask(f->host, USERS);
    await_text(f->host, NOBODY);
}

static void test_bad_arguments_of_the_forbidden(Fixture *f, gconstpointer data)
{
    va_policy_set_frozen(va_agent_policy(f->agent), TRUE);
    ask(f->host, "{\"execute\":\"guest-get-users\",\"arguments\":{\"x\":1}}");
    await_text(f->host, NOT_ALLOWED);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *claim;
        void (*test)(Fixture *f, gconstpointer data);
    } tests[] = {
        {"/session/answers-come-in-the-order-of-the-requests", test_order},
        {"/session/answers-of-one-read-leave-in-one-write", test_one_write},
        {"/session/replies-do-not-depend-on-how-requests-are-cut", test_cuts},
        {"/session/a-blocked-session-holds-up-no-other", test_others_go_on},
        {"/session/a-sync-waits-for-a-quick-command", test_sync_in_time},
        {"/session/a-sync-is-answered-after-a-second-and-drops-what-was-before",
         test_sync_of_the_impatient},
        {"/session/each-sync-behind-a-stuck-command-is-answered", test_stuck_and_on},
        {"/session/stuck-commands-are-bounded-and-refused-clearly", test_too_many_stuck},
        {"/session/unread-answers-stop-the-reading", test_unread_answers},
        {"/session/waiting-requests-stop-the-reading", test_too_much_waiting},
        {"/session/a-half-closed-peer-gets-its-answers", test_half_close},
        {"/session/a-port-without-host-ends-at-once-and-effects-stand", test_port_without_host},
        {"/session/a-lost-peer-ends-its-session-only", test_lost},
        {"/policy/frozen-gates-commands", test_frozen},
        {"/policy/forbidden-comes-before-bad-arguments", test_bad_arguments_of_the_forbidden},
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].claim, Fixture, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
