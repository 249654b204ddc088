/* SPDX-License-Identifier: Apache-2.0 */
#include "os-freeze-private.h"

#include "os-error.h"
#include "os-handle.h"
#include "os-vss-type.h"
#include "vss-names.h"

/* Seconds.  The provider's limit comes first, so that whoever thaws then is told of it: a freeze
 * that was ended at this very moment might have been broken already. */
#define LONGEST_HOLD (VSS_HOLD_LIMIT / 1000u + 1u)

void os_frozen_free(OsFrozen *frozen)
{
    if (!frozen)
        return;
    os_vss_hold_free(frozen->hold);
    g_free(frozen->volume);
    g_free(frozen);
}

/* VSS finds volumes by their names. */
gboolean os_freeze_open(OsFilesystem *filesystem, GError **error)
{
    return TRUE;
}

void os_freeze_close(OsFilesystem *filesystem)
{
}

/* The cache manager writes all the time, and cannot be asked to hurry. */
gboolean os_freeze_start_write_out(void)
{
    return FALSE;
}

gint64 os_freeze_unwritten(void)
{
    return 0;
}

/* The name of a volume with a backslash is its root directory; without, the volume itself. */
static HANDLE open_volume(const wchar_t *volume)
{
    g_autofree wchar_t *name = g_memdup2(volume, (wcslen(volume) + 1) * sizeof *volume);

    name[wcslen(name) - 1] = 0;
    return CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                       OPEN_EXISTING, 0, NULL);
}

/* So that VSS has less to write out while all stand still; it does it in any case, so one that may
 * not be opened for it is no failure. */
gboolean os_freeze_sync(const OsFilesystem *filesystem, GError **error)
{
    g_auto(OsHandle) volume = open_volume(filesystem->handle->volume);

    if (!os_handle_is_valid(volume) || FlushFileBuffers(volume) ||
        GetLastError() == ERROR_ACCESS_DENIED || GetLastError() == ERROR_INVALID_FUNCTION)
        return TRUE;
    return os_error(error, "failed to write out '%s'", filesystem->mountpoint);
}

gboolean os_freeze_is_joint(void)
{
    return TRUE;
}

guint os_freeze_longest(void)
{
    return LONGEST_HOLD;
}

/* Whether @count are all filesystems that can be frozen. */
static gboolean is_whole(guint count)
{
    g_autoptr(GPtrArray) all = os_freeze_list(NULL);
    guint possible = 0;

    for (guint i = 0; all && i < all->len; i++) {
        const OsFilesystem *one = all->pdata[i];
        possible += one->obstacle == NULL;
    }
    return all && count >= possible;
}

static OsVssOrder *order_new(const GPtrArray *filesystems, const OsFreezeOptions *options)
{
    OsVssOrder *order = g_new0(OsVssOrder, 1);

    order->volumes = g_ptr_array_new_with_free_func(g_free);
    order->names = g_ptr_array_new_with_free_func(g_free);
    order->type = os_vss_type(options->type, os_vss_system.settings);
    order->with_writers = !options->without_writers;
    order->whole = is_whole(filesystems->len);
    for (guint i = 0; i < filesystems->len; i++) {
        const OsFilesystem *one = filesystems->pdata[i];
        const wchar_t *volume = one->handle->volume;
        g_ptr_array_add(order->volumes, g_memdup2(volume, (wcslen(volume) + 1) * sizeof *volume));
        g_ptr_array_add(order->names, g_strdup(one->mountpoint));
    }
    return order;
}

OsFreezeOutcome os_freeze_freeze(const GPtrArray *filesystems, const OsFreezeOptions *options,
                                 GError **error)
{
    const OsFilesystem *first = filesystems->pdata[0];
    OsVssHold *hold =
        os_vss_hold_new(&os_vss_system, order_new(filesystems, options), options->give_up, error);

    if (!hold)
        return OS_FREEZE_FAILED;
    os_vss_hold_free(first->handle->hold);
    first->handle->hold = hold;
    return OS_FREEZE_DONE;
}

static OsFrozen *holder(const GPtrArray *filesystems)
{
    for (guint i = 0; i < filesystems->len; i++) {
        const OsFilesystem *one = filesystems->pdata[i];
        if (one->handle->hold)
            return one->handle;
    }
    return NULL;
}

OsFreezeOutcome os_freeze_thaw(const GPtrArray *filesystems, GError **error)
{
    OsFrozen *frozen = holder(filesystems);

    if (!frozen)
        return OS_FREEZE_ALREADY;
    OsFreezeOutcome outcome = os_vss_hold_release(frozen->hold, error);
    g_clear_pointer(&frozen->hold, os_vss_hold_free);
    return outcome;
}

/* What a predecessor held went on when its process ended, or ten seconds later. */
gboolean os_freeze_suspect(GPtrArray *filesystems, guint milliseconds)
{
    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = filesystems->pdata[i];
        one->suspected = FALSE;
    }
    return TRUE;
}

void os_freeze_look_again(GPtrArray *filesystems)
{
    os_freeze_suspect(filesystems, 0);
}
