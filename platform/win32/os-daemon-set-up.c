/* SPDX-License-Identifier: Apache-2.0 */
#include "os-daemon-set-up.h"

#include <winsock2.h>

#include <fcntl.h>
#include <glib.h>
#include <io.h>
#include <windows.h>

/*
 * Nothing that is registered to be loaded into every process (AppInit_DLLs, hooks, old input
 * methods) belongs into an agent.  The policies for images stay off: SetDefaultDllDirectories()
 * does for our own libraries what they would, and MSDN does not say whether the programs that we
 * run for the host would have to live with them.
 */
static void keep_strangers_out(void)
{
    typedef BOOL(WINAPI * SetPolicy)(PROCESS_MITIGATION_POLICY, void *, SIZE_T);
    HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
    SetPolicy set_policy =
        kernel ? (SetPolicy)(void (*)(void))GetProcAddress(kernel, "SetProcessMitigationPolicy")
               : NULL;
    PROCESS_MITIGATION_EXTENSION_POINT_DISABLE_POLICY policy = {.DisableExtensionPoints = 1};

    if (set_policy)
        set_policy(ProcessExtensionPointDisablePolicy, &policy, sizeof policy);
}

static void set_up_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (_get_osfhandle(fd) >= 0)
            _setmode(fd, _O_BINARY);
}

/* None of this fails on the systems we support; where it does, we are as well off as without. */
void os_daemon_set_up(void)
{
    WSADATA sockets;

    SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
    HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0);
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX);
    keep_strangers_out();
    set_up_streams();
    WSAStartup(MAKEWORD(2, 2), &sockets);
}
