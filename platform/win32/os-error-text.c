/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error-text.h"

#include "os-utf16.h"

#include <windows.h>

#include <lmerr.h>

#define TEXT_MAX 512u /* UTF-16 units */

/* With FORMAT_MESSAGE_MAX_WIDTH_MASK the line breaks within are blanks. */
static char *text_from(HMODULE module, DWORD code)
{
    static const DWORD languages[] = {MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US), 0};
    DWORD how = (module ? FORMAT_MESSAGE_FROM_HMODULE : FORMAT_MESSAGE_FROM_SYSTEM) |
                FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    wchar_t text[TEXT_MAX];

    for (guint i = 0; i < G_N_ELEMENTS(languages); i++) {
        DWORD length = FormatMessageW(how, module, code, languages[i], text, TEXT_MAX, NULL);
        while (length > 0 && text[length - 1] <= L' ')
            length--;
        if (length > 0)
            return os_utf8_n(text, length);
    }
    return NULL;
}

/* Those of the network's functions are in a DLL of their own (MSDN, "Looking Up Text for Error Code
 * Numbers"). */
static char *net_text(DWORD code)
{
    HMODULE module = LoadLibraryExW(L"netmsg.dll", NULL,
                                    LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_SEARCH_SYSTEM32);
    if (!module)
        return NULL;

    char *text = text_from(module, code);
    FreeLibrary(module);
    return text;
}

char *os_error_text(guint32 code)
{
    char *text = text_from(NULL, code);
    return text || code < NERR_BASE || code > MAX_NERR ? text : net_text(code);
}
