/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"
#include "schema-commands.h"
#include <string.h>

static void test_every_name_is_found(void)
{
    for (guint i = 0; i < va_n_commands; i++)
        g_assert_true(va_command_find(va_commands[i].name) == &va_commands[i]);
}

static void test_other_names_are_not_found(void)
{
    const char *const names[] = {"",           "guest-", "guest-pin", "guest-pingg",
                                 "GUEST-PING", "aaa",    "~"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        g_assert_null(va_command_find(names[i]));
}

static void test_the_table_is_sorted(void)
{
    for (guint i = 1; i < va_n_commands; i++)
        g_assert_cmpint(strcmp(va_commands[i - 1].name, va_commands[i].name), <, 0);
}

static void test_the_schema_order_has_every_command_once(void)
{
    g_autofree gboolean *seen = g_new0(gboolean, va_n_commands);

    for (guint i = 0; i < va_n_commands; i++) {
        guint16 index = va_commands_in_schema_order[i];

        g_assert_cmpuint(index, <, va_n_commands);
        g_assert_false(seen[index]);
        seen[index] = TRUE;
    }
    g_assert_cmpstr(va_commands[va_commands_in_schema_order[0]].name, ==, "guest-sync-delimited");
}

static void test_a_command_goes_with_its_feature(void)
{
    const VaCommand *load = va_command_find("guest-get-load");

    g_assert_true(va_command_exists(load));
    fake_info()->absent[OS_FEATURE_LOAD] = TRUE;
    g_assert_false(va_command_exists(load));
    g_assert_true(va_command_exists(va_command_find("guest-ping")));
    fake_info()->absent[OS_FEATURE_LOAD] = FALSE;
}

static void test_a_command_without_code_does_not_exist(void)
{
    const VaCommand unwritten = {.name = "guest-x", .needs = OS_FEATURE_NONE};

    g_assert_false(va_command_exists(&unwritten));
}

static void test_what_is_held_is_taken_and_given_back(void)
{
    for (guint i = 0; i < va_n_commands; i++) {
        const VaCommand *command = &va_commands[i];

        g_assert_true((command->take != NULL) == (command->give != NULL));
        g_assert_true(!command->take || (command->flags & VA_COMMAND_BLOCKING));
    }
}

static void test_only_six_commands_work_while_frozen(void)
{
    guint n = 0;

    for (guint i = 0; i < va_n_commands; i++)
        n += (va_commands[i].flags & VA_COMMAND_FROZEN_OK) &&
             g_str_has_prefix(va_commands[i].name, "guest-");
    g_assert_cmpuint(n, ==, 6);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/every-name-is-found", test_every_name_is_found);
    g_test_add_func("/command/other-names-are-not-found", test_other_names_are_not_found);
    g_test_add_func("/command/the-table-is-sorted", test_the_table_is_sorted);
    g_test_add_func("/command/the-schema-order-has-every-command-once",
                    test_the_schema_order_has_every_command_once);
    g_test_add_func("/command/a-command-goes-with-its-feature",
                    test_a_command_goes_with_its_feature);
    g_test_add_func("/command/a-command-without-code-does-not-exist",
                    test_a_command_without_code_does_not_exist);
    g_test_add_func("/command/what-is-held-is-taken-and-given-back",
                    test_what_is_held_is_taken_and_given_back);
    g_test_add_func("/command/only-six-commands-work-while-frozen",
                    test_only_six_commands_work_while_frozen);
    return g_test_run();
}
