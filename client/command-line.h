/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

#define OPTIONS_NO_TIMEOUT 0.0

/* What the user asked for; all zero to begin with. */
typedef struct {
    char *socket;
    gboolean json;
    double timeout; /* seconds, or OPTIONS_NO_TIMEOUT */
    gboolean help;
    gboolean version;
    char **env;
    char *input;
    gboolean no_capture;
    gboolean raw;
} Options;

typedef enum {
    OPTIONS_COMMON = 1 << 0,
    OPTIONS_JSON = 1 << 1,
    OPTIONS_EXEC = 1 << 2,
    OPTIONS_RAW = 1 << 3,
} OptionSet;

/* Runs a command with its @arguments.  An exit code; -1 if *error decides about it. */
typedef int (*CommandRun)(const Options *options, char **arguments, GError **error);

typedef struct {
    const char *name;
    const char *arguments; /* for the usage line */
    const char *summary;
    const char *details; /* more lines for its own help; NULL: none */
    OptionSet options;
    int least, most; /* number of arguments */
    CommandRun run;
} Command;

void options_clear(Options *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* Reads the options at the start of *argv that belong to @set (with @anywhere, those between and
 * behind the arguments too) and takes them and a "--" out.  FALSE and FAILURE_USAGE. */
gboolean command_line_parse(Options *options, OptionSet set, gboolean anywhere, int *argc,
                            char ***argv, GError **error);

/* The lines of help about the options in @set. */
void command_line_describe(GString *out, OptionSet set);
