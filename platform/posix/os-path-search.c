/* SPDX-License-Identifier: Apache-2.0 */
#include "os-path-search.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* MAX_ARG_STRLEN of Linux: execve(2) would refuse an environment with a longer string in it. */
#define PATH_LENGTH_MAX (128u * 1024)

/* Those after which execvp(3) of the GNU library looks further; ESTALE, ENODEV and ETIMEDOUT come
 * from network file systems. */
static gboolean may_be_elsewhere(int code)
{
    return code == ENOENT || code == ENOTDIR || code == EACCES || code == ESTALE ||
           code == ENODEV || code == ETIMEDOUT;
}

/* A look costs a hundredth of a try. */
static int look_and_try(const char *directory, gsize length, const char *name, OsPathTry attempt,
                        gpointer data)
{
    g_autofree char *path =
        g_strdup_printf("%.*s/%s", length ? (int)length : 1, length ? directory : ".", name);

    return access(path, X_OK) == 0 ? attempt(path, data) : errno;
}

int os_path_search(const char *name, const char *path, OsPathTry attempt, gpointer data)
{
    int result = ENOENT;

    if (strchr(name, '/'))
        return attempt(name, data);
    if (!*name)
        return ENOENT;
    if (strlen(path) >= PATH_LENGTH_MAX)
        return E2BIG;
    for (const char *end;; path = end + 1) {
        end = strchrnul(path, ':');
        int code = look_and_try(path, (gsize)(end - path), name, attempt, data);
        if (code == 0 || !may_be_elsewhere(code))
            return code;
        if (code == EACCES)
            result = EACCES;
        if (!*end)
            return result;
    }
}
