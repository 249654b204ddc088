/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include <stdlib.h>
#include <string.h>

static int compare_name(const void *name, const void *command)
{
    return strcmp(name, ((const VaCommand *)command)->name);
}

const VaCommand *va_command_find(const char *name)
{
    return bsearch(name, va_commands, va_n_commands, sizeof va_commands[0], compare_name);
}

gboolean va_command_exists(const VaCommand *command)
{
    return command->run && os_has_feature(command->needs);
}
