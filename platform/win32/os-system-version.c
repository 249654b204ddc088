/* SPDX-License-Identifier: Apache-2.0 */
#include "os-system-version.h"

#include <string.h>
#include <windows.h>

#define WINDOWS_11 22000u /* its first build */

/* The first build of each, previews included; the newest first.  An annual release of Server goes
 * by the one before it. */
typedef struct {
    guint32 build;
    const char *id;
} Release;

static const Release clients[] = {{WINDOWS_11, "11"}, {10240, "10"}, {0, NULL}};
static const Release servers[] = {
    {26040, "2025"}, {20344, "2022"}, {17763, "2019"}, {14393, "2016"}, {0, NULL}};

static const char *release_of(const OsSystemVersion *version)
{
    const Release *release = version->is_server ? servers : clients;
    while (version->build < release->build)
        release++;
    return release->id;
}

static const char *machine_name(guint16 machine)
{
    static const struct {
        guint16 machine;
        const char *name;
    } machines[] = {
        {IMAGE_FILE_MACHINE_AMD64, "x86_64"},
        {IMAGE_FILE_MACHINE_I386, "x86"},
        {IMAGE_FILE_MACHINE_ARM64, "arm64"},
        {IMAGE_FILE_MACHINE_ARMNT, "arm"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return NULL;
}

/* The registry of Windows 11 still says "Windows 10 Pro". */
static char *pretty_name(const OsSystemVersion *version)
{
    static const char stale[] = "Windows 10";
    const char *product = version->product;

    if (!product || !*product)
        return NULL;
    if (!version->is_server && version->build >= WINDOWS_11 && g_str_has_prefix(product, stale))
        return g_strconcat("Windows 11", product + strlen(stale), NULL);
    return g_strdup(product);
}

OsSystemInfo *os_system_version_info(const OsSystemVersion *version)
{
    OsSystemInfo *info = g_new0(OsSystemInfo, 1);
    const char *release = release_of(version), *kind = version->is_server ? "server" : "client";

    info->kernel_release = g_strdup_printf("%u", version->build);
    info->kernel_version = g_strdup_printf("%u.%u", version->major, version->minor);
    info->machine = g_strdup(machine_name(version->machine));
    info->id = g_strdup("mswindows");
    info->name = g_strdup("Microsoft Windows");
    info->pretty_name = pretty_name(version);
    if (release)
        info->version =
            g_strconcat("Microsoft Windows ", version->is_server ? "Server " : "", release, NULL);
    info->version_id = g_strdup(release);
    info->variant = g_strdup(kind);
    info->variant_id = g_strdup(kind);
    return info;
}
