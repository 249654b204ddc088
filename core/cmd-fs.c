/* SPDX-License-Identifier: Apache-2.0 */
#include "disk-address.h"
#include "error.h"
#include "os-mount.h"
#include "schema-commands.h"

#include <gio/gio.h>

/* Freezing is in cmd-fsfreeze.c. */

/* Milliseconds.  A filesystem has one second to tell its sizes.  Once all together have taken the
 * four, each gets a last twentieth: what is healthy needs less than a thousandth. */
#define USAGE_PATIENCE       1000u
#define USAGE_PATIENCE_LEAST 50u
#define USAGE_PATIENCE_ALL   4000u

/* Milliseconds for the trim of one filesystem: terabytes on a slow store take minutes. */
#define TRIM_PATIENCE (10u * 60 * 1000)

static GPtrArray *guest_disks(const GPtrArray *disks)
{
    GPtrArray *guest = g_ptr_array_sized_new(disks->len);
    for (guint i = 0; i < disks->len; i++) {
        g_ptr_array_add(guest, va_disk_address(g_ptr_array_index(disks, i)));
    }
    return guest;
}

/* *left: milliseconds that all questions may still take. */
static void ask_usage(const OsMounted *mount, guint *left, GuestFilesystemInfo *guest)
{
    guint patience = CLAMP(*left, USAGE_PATIENCE_LEAST, USAGE_PATIENCE), took;
    OsMountUsage usage;
    gboolean told = os_mount_usage(mount, patience, &took, &usage);

    *left -= MIN(took, *left);
    if (!told)
        return;
    guest->has_used_bytes = guest->has_total_bytes = guest->has_total_bytes_privileged = TRUE;
    guest->used_bytes = usage.used;
    guest->total_bytes = usage.total;
    guest->total_bytes_privileged = usage.total_privileged;
}

static GuestFilesystemInfo *guest_filesystem(const OsMounted *mount)
{
    GuestFilesystemInfo *guest = g_new0(GuestFilesystemInfo, 1);

    guest->name = g_strdup(mount->device);
    guest->mountpoint = g_strdup(mount->mountpoint);
    guest->type = g_strdup(mount->type);
    guest->disk = guest_disks(mount->disks);
    return guest;
}

gboolean cmd_get_fsinfo(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) mounts = os_mount_list(error);
    guint left = USAGE_PATIENCE_ALL;

    if (!mounts)
        return FALSE;
    *out = g_ptr_array_sized_new(mounts->len);
    for (guint i = mounts->len; i > 0; i--) {
        const OsMounted *mount = g_ptr_array_index(mounts, i - 1);
        GuestFilesystemInfo *guest = guest_filesystem(mount);
        ask_usage(mount, &left, guest);
        g_ptr_array_add(*out, guest);
    }
    return TRUE;
}

static char *trim_error(const GError *error)
{
    gboolean unsupported = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    return g_strdup(unsupported ? "trim not supported" : error->message);
}

static GuestFilesystemTrimResult *trim(const OsMounted *mount, guint64 minimum)
{
    GuestFilesystemTrimResult *guest = g_new0(GuestFilesystemTrimResult, 1);
    g_autoptr(GError) error = NULL;
    OsTrim trimmed;

    guest->path = g_strdup(mount->mountpoint);
    if (!os_mount_trim(mount, minimum, TRIM_PATIENCE, &trimmed, &error)) {
        guest->error = trim_error(error);
        return guest;
    }
    guest->has_trimmed = guest->has_minimum = trimmed.told;
    guest->trimmed = (gint64)MIN(trimmed.trimmed, G_MAXINT64);
    guest->minimum = (gint64)MIN(trimmed.minimum, G_MAXINT64);
    return guest;
}

static gboolean check_minimum(gint64 minimum, GError **error)
{
    if (minimum < 0)
        return va_fail(error, "value '%" G_GINT64_FORMAT "' is invalid for argument minimum",
                       minimum);
    return TRUE;
}

gboolean cmd_fstrim(const GuestFstrimIn *in, GuestFilesystemTrimResponse **out, GError **error)
{
    gint64 minimum = in->has_minimum ? in->minimum : 0;
    g_autoptr(GPtrArray) mounts = NULL;

    if (!check_minimum(minimum, error) || !(mounts = os_mount_list(error)))
        return FALSE;
    *out = g_new0(GuestFilesystemTrimResponse, 1);
    (*out)->paths = g_ptr_array_new();
    for (guint i = mounts->len; i > 0; i--) {
        const OsMounted *mount = g_ptr_array_index(mounts, i - 1);
        if (mount->main)
            g_ptr_array_add((*out)->paths, trim(mount, (guint64)minimum));
    }
    return TRUE;
}
