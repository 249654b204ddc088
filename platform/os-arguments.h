/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* What the program was started with. */

/* First thing in main(): its arguments as this system's user gave them.  On POSIX that is @argv; on
 * Windows it is UTF-8 whatever the code page, one by one as they were quoted (the C library would
 * expand patterns).  *argc is set to their number.  NULL-terminated; the vector and its strings
 * stay until the process ends and may be changed, never freed. */
char **os_arguments(int *argc, char **argv);
