/* SPDX-License-Identifier: Apache-2.0 */

/* Serving ends: asked for, or because the channel is lost. */

#include "fake-channel.h"
#include "fake-freeze.h"
#include "fake-hooks.h"
#include "fake-info.h"
#include "fake-stream.h"
#include "server.h"

#include <glib/gstdio.h>
#include <string.h>

#define FREEZE "{\"execute\":\"guest-fsfreeze-freeze\"}\n"

typedef struct {
    FakeFilesystem all[2];
    char *dir;
    VaConfig *config;
    VaAgent *agent;
    VaServer *server;
    FakeStream *host;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fake_info_reset();
    fake_hooks_reset();
    f->all[0].mountpoint = "/";
    fake_freeze_reset(f->all);
    f->dir = g_dir_make_tmp("va-server-XXXXXX", NULL);
    f->config = va_config_new();
    f->config->state_dir = g_strdup(f->dir);
    f->agent = va_agent_new(f->config, &error);
    g_assert_no_error(error);
    f->server = va_server_new(f->config, f->agent);
    g_assert_true(va_server_listen(f->server, &error));
    f->host = fake_stream_new();
    fake_channel_connect(fake_stream_end(f->host));
}

static void tear_down(Fixture *f, gconstpointer data)
{
    fake_freeze_let_go();
    va_server_free(f->server);
    va_agent_free(f->agent);
    va_config_free(f->config);
    fake_stream_free(f->host);
    g_assert_cmpint(g_rmdir(f->dir), ==, 0);
    g_free(f->dir);
}

static void freeze(Fixture *f)
{
    fake_stream_feed_text(f->host, FREEZE);
    fake_stream_settle(f->host);
    while (fake_stream_written(f->host)->len == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(fake_freeze_is_frozen(&f->all[0]));
}

static gboolean lose(gpointer data)
{
    fake_channel_lose("port is gone");
    return G_SOURCE_REMOVE;
}

static gboolean stop(gpointer data)
{
    va_server_stop(data);
    va_server_stop(data);
    return G_SOURCE_REMOVE;
}

static void assert_lost(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    g_idle_add(lose, NULL);
    g_assert_false(va_server_run(f->server, &error));
    g_assert_cmpstr(error->message, ==, "port is gone");
}

static void assert_stopped(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    g_idle_add(stop, f->server);
    g_assert_true(va_server_run(f->server, &error));
    g_assert_no_error(error);
}

static void test_lost(Fixture *f, gconstpointer data)
{
    assert_lost(f);
}

static void test_lost_while_frozen(Fixture *f, gconstpointer data)
{
    freeze(f);
    g_test_expect_message("virtagent", G_LOG_LEVEL_MESSAGE, "1 filesystems were thawed*");
    assert_lost(f);
    g_test_assert_expected_messages();
    g_assert_false(fake_freeze_is_frozen(&f->all[0]));
}

static void test_stop(Fixture *f, gconstpointer data)
{
    assert_stopped(f);
}

static void test_stop_while_frozen(Fixture *f, gconstpointer data)
{
    freeze(f);
    g_test_expect_message("virtagent", G_LOG_LEVEL_MESSAGE, "1 filesystems were thawed*");
    assert_stopped(f);
    g_test_assert_expected_messages();
    g_assert_false(fake_freeze_is_frozen(&f->all[0]));
}

/* Lost while it waits for the thaw: that is said, and the thaw is still waited for. */
static void test_lost_while_stopping(Fixture *f, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    freeze(f);
    g_test_expect_message("virtagent", G_LOG_LEVEL_MESSAGE, "1 filesystems were thawed*");
    g_idle_add(stop, f->server);
    g_idle_add(lose, NULL);
    g_assert_false(va_server_run(f->server, &error));
    g_test_assert_expected_messages();
    g_assert_false(fake_freeze_is_frozen(&f->all[0]));
}

static void add(const char *path, void (*test)(Fixture *f, gconstpointer data))
{
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add("/server/a-lost-channel-ends-it-with-an-error", test_lost);
    add("/server/a-lost-channel-thaws-first", test_lost_while_frozen);
    add("/server/a-stop-ends-it", test_stop);
    add("/server/a-stop-thaws-first", test_stop_while_frozen);
    add("/server/a-channel-lost-while-stopping-is-still-an-error", test_lost_while_stopping);
    return g_test_run();
}
