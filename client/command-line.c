/* SPDX-License-Identifier: Apache-2.0 */
#include "command-line.h"

#include "failure.h"

#include <string.h>

#define TIMEOUT_MAX 86400.0 /* seconds */
#define NOT_GIVEN   G_MAXDOUBLE

typedef struct {
    OptionSet set;
    const char *name;
    char letter;
    GOptionArg kind;
    gsize offset; /* in Options */
    const char *value;
    const char *text;
} Option;

#define AT(member) G_STRUCT_OFFSET(Options, member)

/* Strings are taken as file names are: in the bytes of the command line. */
static const Option options_table[] = {
    {OPTIONS_COMMON, "socket", 's', G_OPTION_ARG_FILENAME, AT(socket), "ADDRESS",
     "unix socket or vsock:CID:PORT (or $GUESTCTL_SOCKET)"},
    {OPTIONS_COMMON, "timeout", 't', G_OPTION_ARG_DOUBLE, AT(timeout), "SECONDS",
     "for connecting (default 10) and for each reply (60)"},
    {OPTIONS_JSON, "json", 'j', G_OPTION_ARG_NONE, AT(json), NULL, "print the reply as JSON"},
    {OPTIONS_EXEC, "env", 'e', G_OPTION_ARG_FILENAME_ARRAY, AT(env), "NAME=VALUE",
     "a variable; those given are the whole environment"},
    {OPTIONS_EXEC, "input", 'i', G_OPTION_ARG_FILENAME, AT(input), "FILE",
     "standard input of the program; - is that of guestctl"},
    {OPTIONS_EXEC, "no-capture", 'n', G_OPTION_ARG_NONE, AT(no_capture), NULL,
     "leave the program's output in the guest"},
    {OPTIONS_RAW, "raw", 'r', G_OPTION_ARG_NONE, AT(raw), NULL,
     "write the guest's bytes to a terminal as they are"},
    {OPTIONS_COMMON, "help", 'h', G_OPTION_ARG_NONE, AT(help), NULL, "this text"},
    {OPTIONS_COMMON, "version", 'V', G_OPTION_ARG_NONE, AT(version), NULL,
     "the version of guestctl"},
};

void options_clear(Options *options)
{
    g_free(options->socket);
    g_strfreev(options->env);
    g_free(options->input);
}

static void fill_entries(GOptionEntry *entries, Options *options, OptionSet set)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options_table); i++) {
        const Option *option = &options_table[i];
        if (!(option->set & set))
            continue;
        *entries++ = (GOptionEntry){
            .long_name = option->name,
            .short_name = option->letter,
            .arg = option->kind,
            .arg_data = (char *)options + option->offset,
        };
    }
}

/* "0" and "nan" fail too: zero means that nothing was said. */
static gboolean read_timeout(Options *options, double given, GError **error)
{
    if (given == NOT_GIVEN)
        return TRUE;
    if (!(given > 0 && given <= TIMEOUT_MAX))
        return failure_set(error, FAILURE_USAGE,
                           "--timeout takes more than 0 and at most %g seconds", TIMEOUT_MAX);
    options->timeout = given;
    return TRUE;
}

/* GOption leaves "--" in if arguments follow.  Behind the first argument it may be a program's. */
static void drop_separator(gboolean anywhere, int *argc, char **argv)
{
    int last = anywhere ? *argc - 1 : MIN(1, *argc - 1);
    for (int i = 1; i <= last; i++)
        if (g_str_equal(argv[i], "--")) {
            memmove(argv + i, argv + i + 1, (gsize)(*argc - i) * sizeof *argv);
            *argc -= 1;
            return;
        }
}

gboolean command_line_parse(Options *options, OptionSet set, gboolean anywhere, int *argc,
                            char ***argv, GError **error)
{
    GOptionEntry entries[G_N_ELEMENTS(options_table) + 1] = {0};
    g_autoptr(GError) problem = NULL;
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    /* An earlier parse's: GOption would neither free the one nor leave the other alone. */
    g_autofree char *socket = g_steal_pointer(&options->socket);
    double timeout = options->timeout;

    fill_entries(entries, options, set);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_strict_posix(context, !anywhere);
    options->timeout = NOT_GIVEN;
    if (!g_option_context_parse(context, argc, argv, &problem))
        return failure_set(error, FAILURE_USAGE, "%s; see --help", problem->message);
    drop_separator(anywhere, argc, *argv);
    if (!options->socket)
        options->socket = g_steal_pointer(&socket);
    double given = options->timeout;
    options->timeout = timeout;
    return read_timeout(options, given, error);
}

void command_line_describe(GString *out, OptionSet set)
{
    for (gsize i = 0; i < G_N_ELEMENTS(options_table); i++) {
        const Option *option = &options_table[i];
        if (!(option->set & set))
            continue;
        g_autofree char *names =
            g_strdup_printf("-%c, --%s%s%s", option->letter, option->name, option->value ? "=" : "",
                            option->value ? option->value : "");
        g_string_append_printf(out, "  %-22s  %s\n", names, option->text);
    }
}
