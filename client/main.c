/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "console.h"
#include "failure.h"
#include "help.h"
#include "interrupt.h"
#include "os-arguments.h"
#include "os-daemon.h"

#include <limits.h>

static const char raw_details[] =
    "JSON is one request or several, as {\"execute\": \"guest-ping\"}.  The exit code is\n"
    "1 if a reply is an error.  Commands that do not answer when they succeed\n"
    "(guest-shutdown, guest-suspend-*) are given 5 seconds to complain.\n";

static const char exec_details[] =
    "Its output comes when it has ended.  It may run as long as it likes unless\n"
    "--timeout is given, which then is for all of it; the program is not ended.\n"
    "\n"
    "The exit code is the program's; 128 + N if signal N ended it; 127 if the guest\n"
    "has no such program, 126 if it cannot be run, 125 if guestctl or the agent\n"
    "failed.\n";

static const char put_details[] = "LOCAL may be - for standard input.\n";

static const char get_details[] =
    "LOCAL may be - for standard output, or a directory, in which the copy has the\n"
    "last name of REMOTE.  It appears when it is complete.\n";

static const Command commands[] = {
    {"ping", "", "say whether the agent answers, and how fast", NULL, OPTIONS_JSON, 0, 0, ctl_ping},
    {"info", "", "list the agent's version and commands", NULL, OPTIONS_JSON, 0, 0, ctl_info},
    {"status", "", "show the guest on one page", NULL, OPTIONS_JSON, 0, 0, ctl_status},
    {"raw", "JSON", "send requests as they are and print the replies", raw_details, OPTIONS_JSON, 1,
     1, ctl_raw},
    {"exec", "[--] PROGRAM [ARGUMENT...]", "run a program in the guest", exec_details,
     OPTIONS_EXEC | OPTIONS_RAW | OPTIONS_JSON, 1, INT_MAX, ctl_exec},
    {"cat", "REMOTE", "print a file of the guest", NULL, OPTIONS_RAW, 1, 1, ctl_cat},
    {"put", "LOCAL REMOTE", "copy a file into the guest", put_details, 0, 2, 2, ctl_put},
    {"get", "REMOTE LOCAL", "copy a file out of the guest", get_details, OPTIONS_RAW, 2, 2,
     ctl_get},
};

static const Command *find_command(const char *name, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
        if (g_str_equal(commands[i].name, name))
            return &commands[i];
    failure_set(error, FAILURE_USAGE, "unknown command '%s'; --help lists them", name);
    return NULL;
}

static int say(char *text, GError **error)
{
    g_autofree char *owned = text;
    return console_puts(CONSOLE_OUT, owned, error) ? EXIT_DONE : -1;
}

static gboolean check(const Command *command, const Options *options, int n, GError **error)
{
    if (options->json && !(command->options & OPTIONS_JSON))
        return failure_set(error, FAILURE_USAGE, "%s has no JSON to print", command->name);
    if (n < command->least || n > command->most)
        return failure_set(error, FAILURE_USAGE, "usage: guestctl %s%s%s", command->name,
                           *command->arguments ? " " : "", command->arguments);
    return TRUE;
}

static int run(const Command *command, Options *options, int argc, char **argv, GError **error)
{
    gboolean anywhere = command->most < INT_MAX;
    if (!command_line_parse(options, command->options | OPTIONS_COMMON, anywhere, &argc, &argv,
                            error))
        return -1;
    if (options->help)
        return say(help_of_command(command), error);
    return check(command, options, argc - 1, error) ? command->run(options, argv + 1, error) : -1;
}

/* What follows the options is an exec's failure as soon as there is a command of that name: its
 * caller must be able to tell ours from the program's. */
static int start(Options *options, int argc, char **argv, const Command **command, GError **error)
{
    if (!command_line_parse(options, OPTIONS_COMMON | OPTIONS_JSON, FALSE, &argc, &argv, error))
        return -1;
    if (options->version)
        return say(g_strdup("guestctl " VA_VERSION "\n"), error);
    if (options->help)
        return say(help_of_all(commands, G_N_ELEMENTS(commands)), error);
    if (argc < 2) {
        failure_set(error, FAILURE_USAGE, "no command; --help lists them");
        return -1;
    }
    *command = find_command(argv[1], error);
    return *command ? run(*command, options, argc - 1, argv + 1, error) : -1;
}

static int exit_code(const Command *command, const GError *error)
{
    int code = failure_exit_code(error);
    gboolean is_exec = command && command->run == ctl_exec;
    return is_exec && code < EXIT_TROUBLE ? EXIT_TROUBLE : code;
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    /* A pipe that nobody reads is an error to report, not the end of us: there is tidying up. */
    g_autoptr(OsDaemon) process G_GNUC_UNUSED = os_daemon_new();
    g_auto(Options) options = {0};
    const Command *command = NULL;

    interrupt_catch();
    argv = os_arguments(&argc, argv);
    int code = start(&options, argc, argv, &command, &error);
    if (error)
        failure_print(error);
    return code >= 0 ? code : exit_code(command, error);
}
