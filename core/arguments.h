/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "options.h"

/* The command line: -xVALUE, -x VALUE, flags in one word (-dv), --name=VALUE, --name VALUE, "--".
 */

typedef struct {
    const VaOption *option;
    const char *value; /* of argv, or built in */
} VaArgument;

/* The options in the order given, as an array of VaArgument that borrows from @argv; *action is the
 * first that leaves nothing else to do (help, version, the list of commands), else DUMP, else
 * SERVICE, else RUN.
 * NULL and *error, naming the word, for what cannot be understood. */
GArray *va_arguments_parse(int argc, char **argv, VaConfigAction *action, GError **error);

/* What a service is to be started with so that it runs as @arguments (see above) say, wherever that
 * is; @config holds them, and what they leave out.  An array of char *, NULL at the end. */
GPtrArray *va_config_service_arguments(const VaConfig *config, const GArray *arguments);
