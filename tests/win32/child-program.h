/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

#include "os-utf16.h"

/* Directory of the test itself; child.exe is beside it.  Free with g_free(). */
static inline char *child_directory(void)
{
    wchar_t path[32768];
    DWORD length = GetModuleFileNameW(NULL, path, G_N_ELEMENTS(path));
    g_autofree char *self = os_utf8_n(path, length);
    return g_path_get_dirname(self);
}

static inline char *child_path(void)
{
    g_autofree char *directory = child_directory();
    return g_build_filename(directory, "child.exe", NULL);
}
