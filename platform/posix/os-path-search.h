/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Tries one place; 0 or an errno. */
typedef int (*OsPathTry)(const char *path, gpointer data);

/* Tries program @name as execvp(3) would: as it is if it holds a slash, else in each directory of
 * @path (colons between, an empty one is the working directory).  Ends at the first try that
 * succeeds, or fails for a reason that another directory cannot mend.  Returns 0 or an errno:
 * EACCES, if anything was there that may not be run, rather than ENOENT. */
int os_path_search(const char *name, const char *path, OsPathTry attempt, gpointer data);
