/* SPDX-License-Identifier: Apache-2.0 */
#include "os-file-path.h"

#include <windows.h>

#include "os-error-alone.h"
#include "os-utf16.h"

/* Units that the kernel can take (UNICODE_STRING), the NUL included. */
#define PATH_UNITS_MAX 32767u

#define VERBATIM L"\\\\?\\"
#define DEVICE   L"\\\\.\\"

static gboolean begins_with(const wchar_t *path, const wchar_t *what)
{
    return wcsncmp(path, what, wcslen(what)) == 0;
}

static wchar_t *join(const wchar_t *prefix, const wchar_t *rest)
{
    gsize before = wcslen(prefix), after = wcslen(rest) + 1;
    wchar_t *whole = g_new(wchar_t, before + after);

    wmemcpy(whole, prefix, before);
    wmemcpy(whole + before, rest, after);
    return whole;
}

/* In one call: between two, another thread could change the working directory. */
static wchar_t *full_path(const wchar_t *path, GError **error)
{
    g_autofree wchar_t *full = g_new(wchar_t, PATH_UNITS_MAX);
    DWORD length = GetFullPathNameW(path, PATH_UNITS_MAX, full, NULL);

    if (length == 0)
        return os_error_alone_null(error, GetLastError());
    if (length >= PATH_UNITS_MAX)
        return os_error_alone_null(error, ERROR_FILENAME_EXCED_RANGE);
    return join(full, L"");
}

/* MSDN, "Maximum Path Length Limitation": with the prefix the limit is gone, and so is all that
 * Windows does to a name, which GetFullPathNameW() has done by then. */
wchar_t *os_file_path_wide(const wchar_t *path, GError **error)
{
    if (begins_with(path, VERBATIM) || begins_with(path, DEVICE))
        return join(path, L"");
    if (!*path)
        return os_error_alone_null(error, ERROR_PATH_NOT_FOUND);

    g_autofree wchar_t *full = full_path(path, error);
    if (!full || wcslen(full) < MAX_PATH || begins_with(full, VERBATIM) ||
        begins_with(full, DEVICE))
        return g_steal_pointer(&full);
    if (begins_with(full, L"\\\\"))
        return join(VERBATIM L"UNC\\", full + 2);
    return join(VERBATIM, full);
}

wchar_t *os_file_path(const char *path, GError **error)
{
    g_autofree wchar_t *wide = os_utf16(path, error);
    return wide ? os_file_path_wide(wide, error) : NULL;
}
