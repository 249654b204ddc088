/* SPDX-License-Identifier: Apache-2.0 */
#include "os-command-line.h"
#include "os-environment.h"
#include "os-utf16.h"

#include <gio/gio.h>
#include <string.h>
#include <windows.h>

#include <shellapi.h>

#define INTERPRETER L"C:\\Windows\\System32\\cmd.exe"

static void assert_line(const char *argument, const char *expected)
{
    const char *const argv[] = {"p", argument, NULL};
    g_autofree wchar_t *line = os_command_line(argv, NULL);
    g_autofree char *text = os_utf8(line);
    g_autofree char *whole = g_strconcat("p ", expected, NULL);
    g_assert_cmpstr(text, ==, whole);
}

static void test_quoting(void)
{
    assert_line("plain", "plain");
    assert_line("", "\"\"");
    assert_line("a b", "\"a b\"");
    assert_line("a\tb", "\"a\tb\"");
    assert_line("C:\\x\\", "C:\\x\\");
    assert_line("C:\\x y\\", "\"C:\\x y\\\\\"");
    assert_line("a\\b c", "\"a\\b c\"");
    assert_line("\"", "\"\\\"\"");
    assert_line("a\\\"b", "\"a\\\\\\\"b\"");
    assert_line("a\\\\\" \\\\", "\"a\\\\\\\\\\\" \\\\\\\\\"");
    assert_line("%PATH%&|<>^()!", "%PATH%&|<>^()!");
}

static void assert_comes_back(const char *const *argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree wchar_t *line = os_command_line(argv, &error);
    g_assert_no_error(error);
    int count;
    wchar_t **parsed = CommandLineToArgvW(line, &count);
    g_assert_cmpuint((guint)count, ==, g_strv_length((char **)argv));
    for (int i = 0; i < count; i++) {
        g_autofree char *argument = os_utf8(parsed[i]);
        g_assert_cmpstr(argument, ==, argv[i]);
    }
    LocalFree(parsed);
}

/* Every text of up to five of those characters that have a meaning. */
static void test_all_short_ones_come_back(void)
{
    static const char letters[] = {'a', ' ', '"', '\\', '\t'};
    char text[6] = {0};

    for (guint length = 0, all = 1; length <= 5; length++, all *= G_N_ELEMENTS(letters))
        for (guint number = 0; number < all; number++) {
            guint rest = number;
            for (guint i = 0; i < length; i++, rest /= G_N_ELEMENTS(letters))
                text[i] = letters[rest % G_N_ELEMENTS(letters)];
            text[length] = '\0';
            assert_comes_back((const char *const[]){"C:\\a b\\", text, "z", text, NULL});
        }
}

static void test_program_name(void)
{
    g_autoptr(GError) error = NULL;
    assert_comes_back((const char *const[]){"C:\\Program Files\\", NULL});
    assert_comes_back((const char *const[]){"100%s", "%s", NULL});
    g_assert_null(os_command_line((const char *const[]){"a\"b", NULL}, &error));
    g_assert_nonnull(error);
}

static void test_length(void)
{
    g_autofree char *most = g_strnfill(32764, 'x'), *more = g_strnfill(32765, 'x');
    g_autofree char *huge = g_strnfill(4 * 1024 * 1024, '"');
    g_autofree wchar_t *line = os_command_line((const char *const[]){"p", most, NULL}, NULL);
    g_autoptr(GError) error = NULL, second = NULL;

    g_assert_cmpuint(wcslen(line), ==, 32766);
    g_assert_null(os_command_line((const char *const[]){"p", more, NULL}, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
    g_assert_null(os_command_line((const char *const[]){"p", huge, huge, NULL}, &second));
    g_assert_cmpstr(second->message, ==, error->message);
}

static wchar_t *batch(const wchar_t *script, const char *argument, GError **error)
{
    return os_command_line_batch(INTERPRETER, script,
                                 (const char *const[]){"x.cmd", argument, "b", NULL}, error);
}

static void assert_batch(const char *argument, const char *expected)
{
    g_autofree wchar_t *line = batch(L"C:\\a b\\x.cmd", argument, NULL);
    g_autofree char *text = os_utf8(line);
    g_autofree char *whole =
        g_strdup_printf("\"C:\\Windows\\System32\\cmd.exe\" /d /e:on /v:off /s /c "
                        "\"\"C:\\a b\\x.cmd\" %s b\"",
                        expected);
    g_assert_cmpstr(text, ==, whole);
}

static void test_batch(void)
{
    assert_batch("plain-1.0", "plain-1.0");
    assert_batch("", "\"\"");
    assert_batch("a b", "\"a b\"");
    assert_batch("a&calc", "\"a&calc\"");
    assert_batch("^|<>()!;,=", "\"^|<>()!;,=\"");
    assert_batch("C:\\x\\", "C:\\x\\");
    assert_batch("C:\\x y\\", "\"C:\\x y\\\\\"");
    assert_batch("\xc3\xa4", "\"\xc3\xa4\"");
}

static void assert_batch_refused(const wchar_t *script, const char *argument)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(batch(script, argument, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    g_assert_nonnull(strstr(error->message, "a batch file cannot be given"));
}

static void test_batch_refuses(void)
{
    static const char *const bad[] = {"\"&calc&\"", "%PATH%", "%", "a\nb", "a\rb", "\x1a", "\""};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++)
        assert_batch_refused(L"C:\\x.cmd", bad[i]);
    assert_batch_refused(L"C:\\%TEMP%\\x.cmd", "a");
}

static void test_batch_length(void)
{
    g_autofree char *more = g_strnfill(8192, 'x');
    g_autoptr(GError) error = NULL;
    g_assert_null(batch(L"C:\\x.cmd", more, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

/* The entries with '|' between them, without SystemRoot. */
static char *block_of(const char *const *envp)
{
    g_autofree wchar_t *block = os_environment_block(envp, NULL);
    GString *all = g_string_new(NULL);

    g_assert_nonnull(block);
    for (const wchar_t *entry = block; *entry; entry += wcslen(entry) + 1) {
        g_autofree char *text = os_utf8(entry);
        if (!g_str_has_prefix(text, "SystemRoot="))
            g_string_append_printf(all, "%s|", text);
    }
    return g_string_free(all, FALSE);
}

static void test_environment(void)
{
    static const struct {
        const char *envp[6];
        const char *block;
    } cases[] = {
        {{NULL}, ""},
        {{"b=2", "A=1", "C=3", NULL}, "A=1|b=2|C=3|"},
        {{"x=1", "y=", "X=2", NULL}, "X=2|y=|"},
        {{"=C:=C:\\dir", "AB=1", "A=x=y", "A_=2", NULL}, "=C:=C:\\dir|A=x=y|AB=1|A_=2|"},
        {{"\xc3\xa4=1", "\xc3\x84=2", NULL}, "\xc3\x84=2|"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *block = block_of(cases[i].envp);
        g_assert_cmpstr(block, ==, cases[i].block);
    }
}

static void test_environment_has_system_root(void)
{
    static const char *const none[] = {NULL}, *const own[] = {"systemroot=X:\\w", NULL};
    g_autofree wchar_t *given = os_environment_block(none, NULL);
    g_autofree wchar_t *kept = os_environment_block(own, NULL);
    static const wchar_t expected[] = L"systemroot=X:\\w\0";

    g_assert_cmpint(wcsncmp(given, L"SystemRoot=C:\\", 14), ==, 0);
    g_assert_cmpint(given[wcslen(given) + 1], ==, 0);
    g_assert_cmpmem(kept, sizeof expected, expected, sizeof expected);
}

static void test_environment_errors(void)
{
    static const char *const bad[] = {"odd", "", "="};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(os_environment_block((const char *const[]){"A=1", bad[i], NULL}, &error));
        g_assert_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command-line/quotes-where-needed", test_quoting);
    g_test_add_func("/command-line/all-short-arguments-come-back", test_all_short_ones_come_back);
    g_test_add_func("/command-line/program-name-has-rules-of-its-own", test_program_name);
    g_test_add_func("/command-line/length-is-bounded", test_length);
    g_test_add_func("/command-line/batch/quotes-what-cmd-would-read", test_batch);
    g_test_add_func("/command-line/batch/refuses-what-no-quote-holds", test_batch_refuses);
    g_test_add_func("/command-line/batch/length-is-bounded", test_batch_length);
    g_test_add_func("/environment/is-sorted-and-the-last-counts", test_environment);
    g_test_add_func("/environment/has-the-system-root", test_environment_has_system_root);
    g_test_add_func("/environment/entries-have-a-name", test_environment_errors);
    return g_test_run();
}
