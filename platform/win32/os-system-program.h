/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* The full path of the program @name ("w32tm.exe") that Windows brings; whether it is there is not
 * looked at.  Free with g_free(). */
char *os_system_program(const char *name, GError **error);
