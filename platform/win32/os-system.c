/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system.h"
#include "os-error.h"
#include "os-system-version.h"
#include "os-utf16.h"

#include <windows.h>
#include <winternl.h>

#define HOST_NAME_UNITS 256u /* a DNS name has at most 255 bytes */
#define REGISTRY_UNITS  256u /* of the values read here; longer ones are taken for absent */

#define VERSION_KEY L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define PREFETCH_KEY                                                                               \
    L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters"

/* Declared in wdm.h only, which is for drivers.  Unlike GetVersionExW() it does not say what the
 * program's manifest asks it to (MSDN, "RtlGetVersion function"). */
NTSYSAPI NTSTATUS NTAPI RtlGetVersion(RTL_OSVERSIONINFOW *info);

static char *product_name(void)
{
    wchar_t text[REGISTRY_UNITS];
    DWORD size = sizeof text;

    if (RegGetValueW(HKEY_LOCAL_MACHINE, VERSION_KEY, L"ProductName",
                     RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL, text, &size) != ERROR_SUCCESS)
        return NULL;
    return os_utf8(text);
}

typedef BOOL(WINAPI *IsWow64Process2Function)(HANDLE process, USHORT *program, USHORT *native);

static IsWow64Process2Function is_wow64_process2(void)
{
    FARPROC found = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "IsWow64Process2");
    return (IsWow64Process2Function)(gpointer)found;
}

/* Where an Arm processor runs programs of x86-64 all others answer that it is one, so
 * IsWow64Process2() goes first; the first Windows 10 lacks it. */
static guint16 native_machine(void)
{
    static const guint16 machines[] = {
        [PROCESSOR_ARCHITECTURE_INTEL] = IMAGE_FILE_MACHINE_I386,
        [PROCESSOR_ARCHITECTURE_ARM] = IMAGE_FILE_MACHINE_ARMNT,
        [PROCESSOR_ARCHITECTURE_AMD64] = IMAGE_FILE_MACHINE_AMD64,
        [PROCESSOR_ARCHITECTURE_ARM64] = IMAGE_FILE_MACHINE_ARM64,
    };
    IsWow64Process2Function ask = is_wow64_process2();
    USHORT program, native;
    SYSTEM_INFO system;

    if (ask && ask(GetCurrentProcess(), &program, &native))
        return native;
    GetNativeSystemInfo(&system);
    return system.wProcessorArchitecture < G_N_ELEMENTS(machines)
               ? machines[system.wProcessorArchitecture]
               : IMAGE_FILE_MACHINE_UNKNOWN;
}

OsSystemInfo *os_system_info(GError **error)
{
    RTL_OSVERSIONINFOEXW said = {.dwOSVersionInfoSize = sizeof said};
    g_autofree char *product = product_name();
    OsSystemVersion version = {.product = product, .machine = native_machine()};

    RtlGetVersion((RTL_OSVERSIONINFOW *)&said); /* cannot fail */
    version.major = said.dwMajorVersion;
    version.minor = said.dwMinorVersion;
    version.build = said.dwBuildNumber;
    version.is_server = said.wProductType != VER_NT_WORKSTATION;
    return os_system_version_info(&version);
}

/* "Physical": of this node, not of the cluster that it is part of. */
char *os_system_host_name(GError **error)
{
    wchar_t name[HOST_NAME_UNITS];
    DWORD length = G_N_ELEMENTS(name);

    if (!GetComputerNameExW(ComputerNamePhysicalDnsHostname, name, &length))
        return os_error_null(error, "failed to get the host name");
    return os_utf8_n(name, length);
}

/* A number that the kernel raises at each start. */
static char *id_by_number(void)
{
    DWORD number = 0, size = sizeof number;
    if (RegGetValueW(HKEY_LOCAL_MACHINE, PREFETCH_KEY, L"BootId", RRF_RT_REG_DWORD, NULL, &number,
                     &size) != ERROR_SUCCESS)
        return NULL;
    return g_strdup_printf("%lu", number);
}

/* When the kernel started.  That moves when the clock is set; the kernel notes by how much, so that
 * the difference stays (Geoff Chappell, "SYSTEM_TIMEOFDAY_INFORMATION"; winternl.h has the last
 * two members as bytes). */
static char *id_by_time(void)
{
    struct {
        gint64 boot, now, zone_bias;
        guint32 zone, reserved;
        gint64 boot_bias, sleep_bias;
    } times = {0};

    if (!NT_SUCCESS(
            NtQuerySystemInformation(SystemTimeOfDayInformation, &times, sizeof times, NULL)))
        return NULL;
    return g_strdup_printf("t%" G_GINT64_FORMAT, times.boot - times.boot_bias);
}

/* A kernel that hibernated, as it also does for a fast start-up, goes on with both. */
char *os_system_boot_id(void)
{
    char *(*const ways[])(void) = {id_by_number, id_by_time};
    for (gsize i = 0; i < G_N_ELEMENTS(ways); i++) {
        char *id = ways[i]();
        if (id)
            return id;
    }
    return NULL;
}
