/* SPDX-License-Identifier: Apache-2.0 */

/* Freeze, thaw and status of several hosts: they never overtake each other. */

#include "fake-freeze.h"
#include "fake-hooks.h"
#include "fake-stream.h"
#include "server.h"
#include "session.h"

#include <glib/gstdio.h>
#include <string.h>

#define FREEZE    "{\"execute\":\"guest-fsfreeze-freeze\"}\n"
#define THAW      "{\"execute\":\"guest-fsfreeze-thaw\"}\n"
#define STATUS    "{\"execute\":\"guest-fsfreeze-status\"}\n"
#define HOST_NAME "{\"execute\":\"guest-get-host-name\"}\n"
#define SYNC(n)   "{\"execute\":\"guest-sync\",\"arguments\":{\"id\":" #n "}}\n"
#define COUNT(n)  "{\"return\": " #n "}\n"
#define FROZEN    "{\"return\": \"frozen\"}\n"
#define THAWED    "{\"return\": \"thawed\"}\n"
#define DISABLED(command)                                                                          \
    "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"Command " command                    \
    " has been disabled: the command is not allowed\"}}\n"

typedef struct {
    FakeFilesystem all[2];
    char *dir;
    VaConfig *config;
    VaAgent *agent;
    VaServer *server;
    FakeStream *host;
    FakeStream *other;
} Fixture;

static FakeStream *new_host(Fixture *f)
{
    FakeStream *host = fake_stream_new();
    va_server_serve(f->server, fake_stream_end(host));
    return host;
}

static void set_up(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake_info_reset();
    fake_hooks_reset();
    f->all[0].mountpoint = "/";
    fake_freeze_reset(f->all);
    f->dir = g_dir_make_tmp("va-order-XXXXXX", NULL);
    f->config = va_config_new();
    f->config->state_dir = g_strdup(f->dir);
    f->agent = va_agent_new(f->config, &error);
    g_assert_no_error(error);
    f->server = va_server_new(f->config, f->agent);
    f->host = new_host(f);
    f->other = new_host(f);
}

static void tear_down(Fixture *f, gconstpointer data)
{
    fake_freeze_let_go();
    va_server_free(f->server);
    va_agent_free(f->agent);
    va_config_free(f->config);
    fake_stream_free(f->host);
    fake_stream_free(f->other);
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->dir);
}

static void ask(FakeStream *host, const char *text)
{
    fake_stream_feed_text(host, text);
    fake_stream_settle(host);
}

static void await_text(FakeStream *host, const char *text)
{
    fake_stream_settle(host);
    while (fake_stream_written(host)->len < strlen(text))
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpstr(fake_stream_written(host)->str, ==, text);
    fake_stream_forget(host);
}

static void leave(FakeStream *host)
{
    fake_stream_set_half_closes(host, FALSE);
    fake_stream_feed_end(host);
    fake_stream_settle(host);
    g_assert_true(fake_stream_is_closed(host));
}

static void begin_long_freeze(Fixture *f)
{
    f->all[0].stands = "freeze";
    ask(f->host, FREEZE);
    fake_freeze_await_standing();
}

static void test_status_waits_and_tells_the_truth(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    ask(f->other, STATUS);
    g_assert_cmpuint(fake_stream_written(f->other)->len, ==, 0);
    fake_freeze_let_go();
    await_text(f->host, COUNT(1));
    await_text(f->other, FROZEN);
    ask(f->other, THAW STATUS);
    await_text(f->other, COUNT(1) THAWED);
}

static void test_thaw_does_not_overtake_the_freeze(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    ask(f->other, THAW);
    fake_freeze_let_go();
    await_text(f->host, COUNT(1));
    await_text(f->other, COUNT(1));
    g_assert_false(fake_freeze_is_frozen(&f->all[0]));
}

/* libvirt's way: a sync first, which is answered in time, then the question. */
static void test_sync_is_answered_during_a_freeze(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    ask(f->host, SYNC(7) STATUS);
    await_text(f->host, COUNT(7));
    fake_freeze_let_go();
    await_text(f->host, FROZEN);
    ask(f->host, THAW);
    await_text(f->host, COUNT(1));
}

static void test_a_second_freeze_is_refused(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    ask(f->other, FREEZE);
    fake_freeze_let_go();
    await_text(f->host, COUNT(1));
    await_text(f->other, DISABLED("guest-fsfreeze-freeze"));
    ask(f->other, THAW);
    await_text(f->other, COUNT(1));
}

static void test_others_are_gated_from_the_beginning(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    ask(f->other, HOST_NAME);
    await_text(f->other, DISABLED("guest-get-host-name"));
    fake_freeze_let_go();
    await_text(f->host, COUNT(1));
    ask(f->host, THAW HOST_NAME);
    await_text(f->host, COUNT(1) "{\"return\": {\"host-name\": \"\"}}\n");
}

static void test_a_failed_freeze_opens_the_gate(Fixture *f, gconstpointer data)
{
    f->all[0].failure = "freeze";
    ask(f->host, FREEZE HOST_NAME);
    await_text(f->host, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"failed to freeze "
                        "'/': scripted\"}}\n{\"return\": {\"host-name\": \"\"}}\n");
}

static void test_a_disconnect_does_not_thaw(Fixture *f, gconstpointer data)
{
    ask(f->host, FREEZE);
    await_text(f->host, COUNT(1));
    leave(f->host);
    ask(f->other, STATUS);
    await_text(f->other, FROZEN);
    ask(f->other, THAW);
    await_text(f->other, COUNT(1));
}

static void test_questions_of_those_who_left_are_not_asked(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    for (guint i = 0; i < 1000; i++) {
        g_autoptr(FakeStream) poller = new_host(f);
        ask(poller, STATUS);
        leave(poller);
    }
    ask(f->other, STATUS);
    fake_freeze_let_go();
    await_text(f->other, FROZEN);
    ask(f->other, THAW);
    await_text(f->other, COUNT(1));
}

static void test_a_thaw_of_one_who_left_is_carried_out(Fixture *f, gconstpointer data)
{
    begin_long_freeze(f);
    ask(f->other, THAW);
    leave(f->other);
    fake_freeze_let_go();
    await_text(f->host, COUNT(1));
    ask(f->host, STATUS);
    await_text(f->host, THAWED);
}

static void test_a_bad_time_limit_is_refused(Fixture *f, gconstpointer data)
{
    ask(f->host, "{\"execute\":\"guest-fsfreeze-freeze\",\"arguments\":"
                 "{\"virtagent-time-limit\":-1}}\n" STATUS);
    await_text(f->host, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"value '-1' is "
                        "invalid for argument virtagent-time-limit\"}}\n" THAWED);
}

#define ADD(name, function)                                                                        \
    g_test_add("/freeze-order/" name, Fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("status-waits-and-tells-the-truth", test_status_waits_and_tells_the_truth);
    ADD("thaw-does-not-overtake-the-freeze", test_thaw_does_not_overtake_the_freeze);
    ADD("a-sync-is-answered-during-a-freeze", test_sync_is_answered_during_a_freeze);
    ADD("a-second-freeze-is-refused", test_a_second_freeze_is_refused);
    ADD("others-are-gated-from-the-beginning", test_others_are_gated_from_the_beginning);
    ADD("a-failed-freeze-opens-the-gate", test_a_failed_freeze_opens_the_gate);
    ADD("a-disconnect-does-not-thaw", test_a_disconnect_does_not_thaw);
    ADD("questions-of-those-who-left-are-not-asked",
        test_questions_of_those_who_left_are_not_asked);
    ADD("a-thaw-of-one-who-left-is-carried-out", test_a_thaw_of_one_who_left_is_carried_out);
    ADD("a-bad-time-limit-is-refused", test_a_bad_time_limit_is_refused);
    return g_test_run();
}
