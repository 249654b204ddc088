/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system-program.h"
#include "os-error.h"
#include "os-utf16.h"

#include <windows.h>

/* A 32-bit agent on 64-bit Windows is shown SysWOW64 instead of System32, where most programs are
 * missing; the real one has another name for it (MSDN, "File System Redirector"). */
static gboolean is_redirected(void)
{
    BOOL redirected = FALSE;
    return IsWow64Process(GetCurrentProcess(), &redirected) && redirected;
}

char *os_system_program(const char *name, GError **error)
{
    wchar_t directory[MAX_PATH];
    UINT length = GetSystemWindowsDirectoryW(directory, G_N_ELEMENTS(directory));
    g_autofree char *windows = NULL;

    if (length == 0 || length >= G_N_ELEMENTS(directory))
        return os_error_null(error, "failed to find the directory of '%s'", name);
    windows = os_utf8(directory);
    return g_strconcat(windows, is_redirected() ? "\\Sysnative\\" : "\\System32\\", name, NULL);
}
