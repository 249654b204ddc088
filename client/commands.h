/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "command-line.h"
#include "connection.h"

/* What guestctl can do, one function each (CommandRun); the table is in main.c. */
int ctl_ping(const Options *options, char **arguments, GError **error);
int ctl_info(const Options *options, char **arguments, GError **error);
int ctl_status(const Options *options, char **arguments, GError **error);
int ctl_raw(const Options *options, char **arguments, GError **error);
int ctl_exec(const Options *options, char **arguments, GError **error);
int ctl_cat(const Options *options, char **arguments, GError **error);
int ctl_put(const Options *options, char **arguments, GError **error);
int ctl_get(const Options *options, char **arguments, GError **error);

/* Connects to the agent that @options name. */
Connection *ctl_connect(const Options *options, GError **error);

/* Prints the whole reply as it came, on one line. */
gboolean ctl_print_json(const Reply *reply, GError **error);

/* JSON can hold nothing else: FALSE and FAILURE_USAGE unless @text is UTF-8. */
gboolean ctl_check_text(const char *what, const char *text, GError **error);
