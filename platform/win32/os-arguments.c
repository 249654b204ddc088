/* SPDX-License-Identifier: Apache-2.0 */
#include "os-arguments.h"

#include "os-utf16.h"

#include <windows.h>

#include <shellapi.h>

/* The command line is one string; CommandLineToArgvW takes it apart by the rules of Microsoft's C
 * library (MSDN, "Parsing C command-line arguments").  Without memory for it there is what the C
 * library made of it. */
char **os_arguments(int *argc, char **argv)
{
    int n = 0;
    wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &n);

    if (!wide)
        return argv;
    char **arguments = g_new0(char *, n + 1);
    for (int i = 0; i < n; i++)
        arguments[i] = os_utf8(wide[i]);
    LocalFree(wide);
    *argc = n;
    return arguments;
}
