/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

static const char exit_codes[] =
    "\nExit codes:\n"
    "  0    done\n"
    "  1    the agent answered with an error, or a local file could not be used\n"
    "  2    the command line makes no sense\n"
    "  125  no connection, no reply in time, or a reply that makes no sense\n"
    "  130  interrupted (128 + the number of the signal)\n"
    "  141  nobody reads the output any more\n"
    "exec has the exit codes of the program; see guestctl exec --help.\n";

char *help_of_all(const Command *commands, gsize n_commands)
{
    GString *out = g_string_new(
        "Usage: guestctl -s ADDRESS [OPTION...] COMMAND [ARGUMENT...]\n"
        "\nTalks to the guest agent (virtagent, qemu-ga) of a virtual machine.\n\nCommands:\n");
    for (gsize i = 0; i < n_commands; i++)
        g_string_append_printf(out, "  %-7s %s\n", commands[i].name, commands[i].summary);
    g_string_append(out, "guestctl COMMAND --help has more about one.\n\nOptions:\n");
    command_line_describe(out, OPTIONS_COMMON | OPTIONS_JSON);
    g_string_append(out, exit_codes);
    return g_string_free(out, FALSE);
}

char *help_of_command(const Command *command)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, "Usage: guestctl -s ADDRESS %s [OPTION...]%s%s\n\n%c%s.\n",
                           command->name, *command->arguments ? " " : "", command->arguments,
                           g_ascii_toupper(*command->summary), command->summary + 1);
    if (command->details)
        g_string_append(out, command->details);
    g_string_append(out, "\nOptions:\n");
    command_line_describe(out, command->options | OPTIONS_COMMON);
    return g_string_free(out, FALSE);
}
