/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-daemon.h"
#include "log.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static const char *file_text(const char *path)
{
    GString *text = g_hash_table_lookup(fake_daemon()->log_files, path);
    return text ? text->str : NULL;
}

static VaLog *log_to_system(void)
{
    fake_daemon_reset();
    fake_daemon()->owns_stderr = TRUE;
    return va_log_new();
}

static VaLog *log_to_file(void)
{
    fake_daemon_reset();
    VaLog *log = va_log_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(va_log_to_file(log, "/log", &error));
    g_assert_no_error(error);
    return log;
}

static void the_system_log_gets_everything_but_debug(void)
{
    g_autoptr(VaLog) log = log_to_system();
    va_log_write(log, G_LOG_LEVEL_ERROR | G_LOG_FLAG_FATAL, "a");
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "b");
    va_log_write(log, G_LOG_LEVEL_INFO, "c");
    va_log_write(log, G_LOG_LEVEL_DEBUG, "d");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "6 a\n32 b\n64 c\n");

    va_log_set_verbose(log, TRUE);
    va_log_write(log, G_LOG_LEVEL_DEBUG, "e");
    g_assert_true(g_str_has_suffix(fake_daemon()->system_log->str, "\n128 e\n"));
}

static void a_file_gets_time_and_level(void)
{
    g_autoptr(VaLog) log = log_to_file();
    va_log_write(log, G_LOG_LEVEL_WARNING, "one");
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "two");
    g_assert_true(g_regex_match_simple(
        "^[0-9]{10,}\\.[0-9]{6}: warning: one\n[0-9]{10,}\\.[0-9]{6}: message: two\n\\z",
        file_text("/log"), 0, 0));
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "");
}

static void the_audit_trail_is_in_the_system_log_whatever_the_file(void)
{
    g_autoptr(VaLog) log = log_to_file();
    va_log_write(log, G_LOG_LEVEL_INFO, "exec");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "64 exec\n");
    g_assert_cmpstr(file_text("/log"), ==, "");

    va_log_set_verbose(log, TRUE);
    va_log_write(log, G_LOG_LEVEL_INFO, "exec");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "64 exec\n64 exec\n");
    g_assert_true(g_str_has_suffix(file_text("/log"), ": info: exec\n"));
}

static void a_daemon_without_a_file_uses_the_system_log(void)
{
    fake_daemon_reset();
    g_autoptr(VaLog) log = va_log_new();
    va_log_to_system(log);
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "here");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "32 here\n");
}

static void a_daemon_with_a_file_keeps_it(void)
{
    g_autoptr(VaLog) log = log_to_file();
    va_log_to_system(log);
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "here");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "");
    g_assert_true(g_str_has_suffix(file_text("/log"), ": message: here\n"));
}

static void a_failure_is_told_outside_of_the_file_too(void)
{
    g_autoptr(VaLog) log = log_to_file();
    va_log_to_system(log);
    va_log_write(log, G_LOG_LEVEL_CRITICAL, "no channel");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "8 no channel\n");
    g_assert_true(g_str_has_suffix(file_text("/log"), ": critical: no channel\n"));
}

static void nothing_is_written_while_held(void)
{
    g_autoptr(VaLog) log = log_to_file();
    va_log_hold(log, TRUE);
    va_log_hold(log, TRUE);
    va_log_write(log, G_LOG_LEVEL_WARNING, "first");
    va_log_write(log, G_LOG_LEVEL_INFO, "second");
    va_log_write(log, G_LOG_LEVEL_DEBUG, "never");
    g_assert_cmpstr(file_text("/log"), ==, "");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "");

    va_log_hold(log, FALSE);
    g_assert_true(g_str_has_suffix(file_text("/log"), ": warning: first\n"));
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "64 second\n");

    g_autofree char *before = g_strdup(file_text("/log"));
    va_log_hold(log, TRUE);
    va_log_hold(log, FALSE);
    g_assert_cmpstr(file_text("/log"), ==, before);
}

static void the_last_held_messages_come_out_in_order(void)
{
    g_autoptr(VaLog) log = log_to_system();
    va_log_hold(log, TRUE);
    for (guint i = 0; i < VA_LOG_HELD_MAX + 10; i++) {
        g_autofree char *text = g_strdup_printf("m%u", i);
        va_log_write(log, G_LOG_LEVEL_MESSAGE, text);
    }
    va_log_hold(log, FALSE);

    g_auto(GStrv) lines = g_strsplit(fake_daemon()->system_log->str, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 1 + VA_LOG_HELD_MAX + 1);
    g_assert_cmpstr(lines[0], ==, "16 10 earlier messages were dropped while nothing was written");
    g_assert_cmpstr(lines[1], ==, "32 m10");
    g_assert_cmpstr(lines[VA_LOG_HELD_MAX], ==, "32 m73");
}

static void a_full_ring_loses_nothing(void)
{
    g_autoptr(VaLog) log = log_to_system();
    va_log_hold(log, TRUE);
    for (guint i = 0; i < VA_LOG_HELD_MAX; i++)
        va_log_write(log, G_LOG_LEVEL_MESSAGE, "m");
    va_log_hold(log, FALSE);
    g_assert_cmpuint(fake_daemon()->system_log->len, ==, VA_LOG_HELD_MAX * strlen("32 m\n"));
}

static void files_are_opened_only_after_the_release(void)
{
    fake_daemon_reset();
    g_autoptr(VaLog) log = va_log_new();
    g_autoptr(GError) error = NULL;
    va_log_hold(log, TRUE);
    g_assert_true(va_log_to_file(log, "/log", &error));
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "kept");
    g_assert_cmpuint(fake_daemon()->log_opens, ==, 0);
    va_log_hold(log, FALSE);
    g_assert_cmpuint(fake_daemon()->log_opens, ==, 1);
    g_assert_true(g_str_has_suffix(file_text("/log"), ": message: kept\n"));

    va_log_hold(log, TRUE);
    g_assert_true(va_log_reopen(log, &error));
    g_assert_true(va_log_reopen(log, &error));
    g_assert_cmpuint(fake_daemon()->log_opens, ==, 1);
    va_log_hold(log, FALSE);
    g_assert_cmpuint(fake_daemon()->log_opens, ==, 2);
    g_assert_no_error(error);
}

static void a_file_that_cannot_be_opened_late_is_told_elsewhere(void)
{
    g_autoptr(VaLog) log = log_to_system();
    va_log_hold(log, TRUE);
    g_assert_true(va_log_to_file(log, "/log", NULL));
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "kept");
    fake_daemon()->log_failure = "no room";
    va_log_hold(log, FALSE);
    g_assert_cmpstr(fake_daemon()->system_log->str, ==, "16 no room\n32 kept\n");
}

static void reopening_opens_the_same_path_again(void)
{
    g_autoptr(VaLog) log = log_to_file();
    g_assert_true(va_log_reopen(log, NULL));
    g_assert_cmpuint(fake_daemon()->log_opens, ==, 2);
    g_assert_nonnull(file_text("/log"));
}

static void a_failed_reopening_keeps_the_old_file(void)
{
    g_autoptr(VaLog) log = log_to_file();
    g_autoptr(GError) error = NULL;
    fake_daemon()->log_failure = "gone";
    g_assert_false(va_log_reopen(log, &error));
    g_assert_cmpstr(error->message, ==, "gone");
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "still");
    g_assert_true(g_str_has_suffix(file_text("/log"), ": message: still\n"));
}

static void without_a_file_reopening_does_nothing(void)
{
    fake_daemon_reset();
    g_autoptr(VaLog) log = va_log_new();
    g_assert_true(va_log_reopen(log, NULL));
    g_assert_cmpuint(fake_daemon()->log_opens, ==, 0);
}

static void a_message_is_one_printable_line(void)
{
    g_autoptr(VaLog) log = log_to_system();
    va_log_write(log, G_LOG_LEVEL_MESSAGE, "a\nb\x1b[2J\xff \xe2\x80\xae\xc3\xa4 'x' \\");
    g_assert_cmpstr(fake_daemon()->system_log->str, ==,
                    "32 a\\x0ab\\x1b[2J\\xff \\xe2\\x80\\xae\xc3\xa4 'x' \\\n");
}

static void a_message_is_cut(void)
{
    g_autoptr(VaLog) log = log_to_system();
    g_autofree char *text = g_strnfill(VA_LOG_TEXT_MAX + 1, 'x');
    va_log_write(log, G_LOG_LEVEL_MESSAGE, text);
    g_assert_cmpuint(fake_daemon()->system_log->len, ==, VA_LOG_TEXT_MAX + strlen("32 ...\n"));

    g_string_truncate(fake_daemon()->system_log, 0);
    text[VA_LOG_TEXT_MAX] = '\0';
    va_log_write(log, G_LOG_LEVEL_MESSAGE, text);
    g_assert_cmpuint(fake_daemon()->system_log->len, ==, VA_LOG_TEXT_MAX + strlen("32 \n"));
}

static void check_quote(const char *text, const char *expected)
{
    g_autofree char *quoted = va_log_quote(text);
    g_assert_cmpstr(quoted, ==, expected);
}

static void quoted_values_cannot_break_out(void)
{
    check_quote(NULL, "(none)");
    check_quote("", "''");
    check_quote("guest-ping", "'guest-ping'");
    check_quote("it's \\", "'it\\'s \\\\'");
    check_quote("\n\x7f\xc3(", "'\\x0a\\x7f\\xc3('");
    check_quote("\xe2\x80\xa8", "'\\xe2\\x80\\xa8'");
    check_quote("\xed\xa0\x80", "'\\xed\\xa0\\x80'");
}

static void quoted_values_are_short(void)
{
    g_autofree char *text = g_strnfill(VA_LOG_QUOTE_MAX + 1, 'x');
    g_autofree char *cut = va_log_quote(text);
    g_assert_cmpuint(strlen(cut), ==, VA_LOG_QUOTE_MAX + strlen("''..."));
    g_assert_true(g_str_has_suffix(cut, "x'..."));
    text[VA_LOG_QUOTE_MAX] = '\0';
    g_autofree char *whole = va_log_quote(text);
    g_assert_cmpuint(strlen(whole), ==, VA_LOG_QUOTE_MAX + strlen("''"));
}

static void standard_error_gets_the_program_and_the_level(void)
{
    if (g_test_subprocess()) {
        fake_daemon_reset();
        VaLog *log = va_log_new();
        va_log_install(log);
        g_message("careful %d", 7);
        g_info("quiet");
        g_debug("silent");
        g_assert_cmpstr(fake_daemon()->system_log->str, ==, "64 quiet\n");
        return;
    }
    if (G_DIR_SEPARATOR == '\\') {
        g_test_skip("on Windows GLib runs programs through another that is not there");
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("virtagent: message: careful 7\n");
}

static gpointer write_many(gpointer log)
{
    for (guint i = 0; i < 200; i++)
        va_log_write(log, G_LOG_LEVEL_MESSAGE, "from a lane");
    return NULL;
}

static void lanes_may_log_while_the_gate_moves(void)
{
    g_autoptr(VaLog) log = log_to_system();
    GThread *threads[3];
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("lane", write_many, log);
    for (guint i = 0; i < 100; i++)
        va_log_hold(log, i % 2 == 0);
    for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    va_log_hold(log, FALSE);

    g_auto(GStrv) lines = g_strsplit(fake_daemon()->system_log->str, "\n", -1);
    for (char **line = lines; **line; line++)
        g_assert_true(!strcmp(*line, "32 from a lane") || strstr(*line, "were dropped"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/log/the-system-log-gets-everything-but-debug",
                    the_system_log_gets_everything_but_debug);
    g_test_add_func("/log/a-file-gets-time-and-level", a_file_gets_time_and_level);
    g_test_add_func("/log/the-audit-trail-is-in-the-system-log-whatever-the-file",
                    the_audit_trail_is_in_the_system_log_whatever_the_file);
    g_test_add_func("/log/a-daemon-without-a-file-uses-the-system-log",
                    a_daemon_without_a_file_uses_the_system_log);
    g_test_add_func("/log/a-daemon-with-a-file-keeps-it", a_daemon_with_a_file_keeps_it);
    g_test_add_func("/log/a-failure-is-told-outside-of-the-file-too",
                    a_failure_is_told_outside_of_the_file_too);
    g_test_add_func("/log/nothing-is-written-while-held", nothing_is_written_while_held);
    g_test_add_func("/log/the-last-held-messages-come-out-in-order",
                    the_last_held_messages_come_out_in_order);
    g_test_add_func("/log/a-full-ring-loses-nothing", a_full_ring_loses_nothing);
    g_test_add_func("/log/files-are-opened-only-after-the-release",
                    files_are_opened_only_after_the_release);
    g_test_add_func("/log/a-file-that-cannot-be-opened-late-is-told-elsewhere",
                    a_file_that_cannot_be_opened_late_is_told_elsewhere);
    g_test_add_func("/log/reopening-opens-the-same-path-again",
                    reopening_opens_the_same_path_again);
    g_test_add_func("/log/a-failed-reopening-keeps-the-old-file",
                    a_failed_reopening_keeps_the_old_file);
    g_test_add_func("/log/without-a-file-reopening-does-nothing",
                    without_a_file_reopening_does_nothing);
    g_test_add_func("/log/a-message-is-one-printable-line", a_message_is_one_printable_line);
    g_test_add_func("/log/a-message-is-cut", a_message_is_cut);
    g_test_add_func("/log/quoted-values-cannot-break-out", quoted_values_cannot_break_out);
    g_test_add_func("/log/quoted-values-are-short", quoted_values_are_short);
    g_test_add_func("/log/standard-error-gets-the-program-and-the-level",
                    standard_error_gets_the_program_and_the_level);
    g_test_add_func("/log/lanes-may-log-while-the-gate-moves", lanes_may_log_while_the_gate_moves);
    return g_test_run();
}
