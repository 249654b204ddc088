/* SPDX-License-Identifier: Apache-2.0 */
#include "policy.h"

static GPtrArray *list(const char *names)
{
    g_auto(GStrv) parts = g_strsplit(names, ",", -1);
    GPtrArray *array = g_ptr_array_new_with_free_func(g_free);
    for (char **part = parts; *part; part++)
        g_ptr_array_add(array, g_strdup(*part));
    return array;
}

/* @block, @allow: names with commas, NULL for no list, "" for an empty one. */
static VaPolicy *policy_of(const char *block, const char *allow)
{
    g_autoptr(GPtrArray) blocked = block ? list(block) : NULL;
    g_autoptr(GPtrArray) allowed = allow ? list(allow) : NULL;
    g_autoptr(GError) error = NULL;
    VaPolicy *policy = va_policy_new(blocked, allowed, &error);
    g_assert_no_error(error);
    return policy;
}

static gboolean may(const VaPolicy *policy, const char *name)
{
    const VaCommand *command = va_command_find(name);
    g_assert_nonnull(command);
    return va_policy_allows(policy, command);
}

static guint count(const VaPolicy *policy)
{
    guint n = 0;
    for (guint i = 0; i < va_n_commands; i++)
        if (va_policy_allows(policy, &va_commands[i]))
            n++;
    return n;
}

static void without_lists_everything_may_run(void)
{
    g_autoptr(VaPolicy) policy = policy_of(NULL, NULL);
    g_assert_cmpuint(count(policy), ==, va_n_commands);
}

static void a_blocked_command_may_not_run(void)
{
    g_autoptr(VaPolicy) policy = policy_of("guest-exec,guest-ping", NULL);
    g_assert_false(may(policy, "guest-exec"));
    g_assert_false(may(policy, "guest-ping"));
    g_assert_true(may(policy, "guest-exec-status"));
    g_assert_cmpuint(count(policy), ==, va_n_commands - 2);
}

static void only_allowed_commands_may_run(void)
{
    g_autoptr(VaPolicy) policy = policy_of(NULL, "guest-ping,guest-info");
    g_assert_true(may(policy, "guest-ping"));
    g_assert_true(may(policy, "guest-info"));
    g_assert_cmpuint(count(policy), ==, 2);
}

static void an_empty_allow_list_allows_nothing(void)
{
    g_autoptr(VaPolicy) policy = policy_of(NULL, "");
    g_assert_cmpuint(count(policy), ==, 0);
}

static void block_beats_allow(void)
{
    g_autoptr(VaPolicy) policy = policy_of("guest-ping", "guest-ping,guest-info");
    g_assert_false(may(policy, "guest-ping"));
    g_assert_true(may(policy, "guest-info"));
}

static void an_unknown_name_cannot_be_blocked(void)
{
    static const char *const names[] = {"guest-pin", "GUEST-PING", "guest-ping ", "guest-ping\n"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GPtrArray) block = list(names[i]);
        g_autoptr(GError) error = NULL;
        g_assert_null(va_policy_new(block, NULL, &error));
        g_assert_true(g_str_has_prefix(error->message, "block-rpcs: there is no command '"));
    }
}

static void an_unknown_name_allowed_is_a_warning(void)
{
    g_test_expect_message("virtagent", G_LOG_LEVEL_WARNING,
                          "allow-rpcs: there is no command 'nosuch'");
    g_autoptr(VaPolicy) policy = policy_of(NULL, "nosuch,guest-info");
    g_test_assert_expected_messages();
    g_assert_true(may(policy, "guest-info"));
    g_assert_cmpuint(count(policy), ==, 1);
}

static void while_frozen_only_the_frozen_set_may_run(void)
{
    g_autoptr(VaPolicy) policy = policy_of("guest-ping,guest-fsfreeze-thaw", "guest-exec");
    va_policy_set_frozen(policy, TRUE);
    for (guint i = 0; i < va_n_commands; i++)
        g_assert_cmpint(va_policy_allows(policy, &va_commands[i]), ==,
                        (va_commands[i].flags & VA_COMMAND_FROZEN_OK) != 0);
    g_assert_true(may(policy, "guest-ping"));
    g_assert_true(may(policy, "guest-fsfreeze-thaw"));
    g_assert_false(may(policy, "guest-exec"));
}

static void after_the_thaw_the_lists_hold_again(void)
{
    g_autoptr(VaPolicy) policy = policy_of("guest-ping", NULL);
    va_policy_set_frozen(policy, TRUE);
    va_policy_set_frozen(policy, FALSE);
    g_assert_false(may(policy, "guest-ping"));
    g_assert_cmpuint(count(policy), ==, va_n_commands - 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/without-lists-everything-may-run", without_lists_everything_may_run);
    g_test_add_func("/policy/a-blocked-command-may-not-run", a_blocked_command_may_not_run);
    g_test_add_func("/policy/only-allowed-commands-may-run", only_allowed_commands_may_run);
    g_test_add_func("/policy/an-empty-allow-list-allows-nothing",
                    an_empty_allow_list_allows_nothing);
    g_test_add_func("/policy/block-beats-allow", block_beats_allow);
    g_test_add_func("/policy/an-unknown-name-cannot-be-blocked", an_unknown_name_cannot_be_blocked);
    g_test_add_func("/policy/an-unknown-name-allowed-is-a-warning",
                    an_unknown_name_allowed_is_a_warning);
    g_test_add_func("/policy/while-frozen-only-the-frozen-set-may-run",
                    while_frozen_only_the_frozen_set_may_run);
    g_test_add_func("/policy/after-the-thaw-the-lists-hold-again",
                    after_the_thaw_the_lists_hold_again);
    return g_test_run();
}
