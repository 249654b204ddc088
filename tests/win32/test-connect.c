/* SPDX-License-Identifier: Apache-2.0 */
#include "../posix/loop.h"
#include "os-connect.h"
#include "os-handle.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <string.h>

static void assert_fails(const char *address, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(os_connect(address, &error));
    g_assert_nonnull(error);
    if (!strstr(error->message, words))
        g_error("no '%s' in '%s'", words, error->message);
}

static void test_refusals(void)
{
    assert_fails("\\\\.\\pipe\\nobody-is-there", "failed to connect");
    assert_fails("/run/agent.sock", "expected");
    assert_fails("\\\\.\\COM1", "expected");
    assert_fails("\\\\somewhere\\pipe\\agent", "expected");
}

static void test_vsock(void)
{
    g_autoptr(GError) error = NULL;
    assert_fails("vsock:2", "invalid vsock address");
    assert_fails("vsock:x:1", "invalid vsock address");
    if (os_connect("vsock:2:60000", &error) || !strstr(error->message, "viosock driver"))
        g_test_skip("there is a viosock driver");
}

static HANDLE serve(const wchar_t *name)
{
    HANDLE pipe =
        CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 1, 4096, 4096, 0, NULL);
    g_assert_true(os_handle_is_valid(pipe));
    return pipe;
}

static void test_talks(void)
{
    g_autofree char *unique = g_uuid_string_random();
    g_autofree char *path = g_strdup_printf("\\\\.\\PIPE\\test-%s", unique);
    g_autoptr(GError) error = NULL;
    g_autofree wchar_t *name = os_utf16(path, &error);
    g_auto(OsHandle) server = serve(name);
    char buf[8];
    gsize put;
    DWORD n;
    g_autoptr(OsStream) stream = os_connect(path, &error);

    g_assert_no_error(error);
    assert_fails(path, "failed to connect"); /* its only instance is taken */
    g_assert_cmpint(os_stream_write(stream, "hello", 5, &put, &error), ==, OS_IO_DONE);
    g_assert_true(ReadFile(server, buf, sizeof buf, &n, NULL));
    g_assert_cmpmem(buf, n, "hello", 5);
}

static gpointer serve_one_more(gpointer name)
{
    HANDLE pipe =
        CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE, 2, 4096, 4096, 0, NULL);
    g_assert_true(os_handle_is_valid(pipe));
    return pipe;
}

/* Like a server that is about to serve the client before us. */
static gpointer serve_after_a_while(gpointer name)
{
    g_usleep(G_USEC_PER_SEC / 10);
    return serve_one_more(name);
}

static void test_busy(void)
{
    g_autofree char *unique = g_uuid_string_random();
    g_autofree char *path = g_strdup_printf("\\\\.\\pipe\\test-%s", unique);
    g_autoptr(GError) error = NULL;
    g_autofree wchar_t *name = os_utf16(path, &error);
    g_auto(OsHandle) first = serve_one_more(name);
    g_autoptr(OsStream) one = os_connect(path, &error);
    g_assert_no_error(error);
    GThread *thread = g_thread_new("server", serve_after_a_while, name);
    g_autoptr(OsStream) other = os_connect(path, &error);
    g_auto(OsHandle) second = g_thread_join(thread);
    g_assert_no_error(error);
    g_assert_nonnull(other);
}

/* The server of a pipe may impersonate who wrote to it, as far as that one lets it. */
static void test_impersonation(void)
{
    g_autofree char *unique = g_uuid_string_random();
    g_autofree char *path = g_strdup_printf("\\\\.\\pipe\\test-%s", unique);
    g_autoptr(GError) error = NULL;
    g_autofree wchar_t *name = os_utf16(path, &error);
    g_auto(OsHandle) server = serve(name);
    g_auto(OsHandle) token = NULL;
    SECURITY_IMPERSONATION_LEVEL level;
    char buf[1];
    gsize put;
    DWORD n;
    g_autoptr(OsStream) stream = os_connect(path, &error);

    g_assert_no_error(error);
    g_assert_cmpint(os_stream_write(stream, "x", 1, &put, &error), ==, OS_IO_DONE);
    g_assert_true(ReadFile(server, buf, sizeof buf, &n, NULL));
    if (!ImpersonateNamedPipeClient(server)) {
        g_test_skip("a pipe's client cannot be impersonated here");
        return;
    }
    gboolean ok = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) &&
                  GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &n);
    RevertToSelf();
    if (ok && level == SecurityImpersonation) {
        g_test_skip("the level a client asks for is not kept here");
        return;
    }
    g_assert_true(!ok || level <= SecurityIdentification);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/connect/refusals-name-the-address", test_refusals);
    g_test_add_func("/connect/talks-to-a-pipe", test_talks);
    g_test_add_func("/connect/waits-for-a-server-that-is-busy", test_busy);
    g_test_add_func("/connect/the-server-may-not-act-in-our-name", test_impersonation);
    g_test_add_func("/connect/vsock-needs-a-number-and-a-driver", test_vsock);
    return g_test_run();
}
