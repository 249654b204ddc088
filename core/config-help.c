/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "options.h"
#include "os-daemon.h"

#define HELP_COLUMN 28 /* where the explanations begin */

static void append_option(GString *out, const VaOption *option)
{
    const char letter[] = {'-', option->letter, ',', '\0'};
    const char *argument = option->argument ? option->argument : "";
    g_autofree char *names =
        g_strdup_printf("  %-3s --%s%s", option->letter ? letter : "", option->name, argument);
    g_string_append_printf(out, "%-*s %s", HELP_COLUMN, names, option->help);
    if (option->choices) {
        g_autofree char *choices = g_strjoinv(", ", (char **)option->choices());
        g_string_append_printf(out, ": %s", choices);
    }
    const char *when = option->kind == VA_OPTION_HOOK ? "without PATH" : "default";
    if (va_option_fallback(option))
        g_string_append_printf(out, " (%s: %s)", when, va_option_fallback(option));
    g_string_append_c(out, '\n');
}

char *va_config_help(void)
{
    g_autoptr(GString) out = g_string_new("Usage: virtagent [OPTION]...\n"
                                          "The agent of this virtual machine for its host.\n\n");
    for (guint i = 0; i < va_n_options; i++)
        if (va_options[i].help && va_option_exists(&va_options[i]))
            append_option(out, &va_options[i]);
    g_string_append(out, "\nWithout --config, the file that the environment variable QGA_CONF names"
                         " is read, else the first of\n");
    for (const char *const *file = os_daemon_defaults()->config_files; *file; file++)
        g_string_append_printf(out, "  %s\n", *file);
    g_string_append(out, "The command line wins over it; lists of commands add up.\n");
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Management scripts look for the first number of three parts after these words. */
char *va_config_version(void)
{
    return g_strdup("virtagent " VA_VERSION " (QEMU Guest Agent " VA_VERSION ")\n");
}

char *va_config_commands(void)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < va_n_commands; i++) {
        const VaCommand *command = &va_commands[va_commands_in_schema_order[i]];
        if (va_command_exists(command))
            g_string_append_printf(out, "%s\n", command->name);
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}
