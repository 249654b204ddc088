/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "command-line.h"

char *help_of_all(const Command *commands, gsize n_commands);
char *help_of_command(const Command *command);
