/* SPDX-License-Identifier: Apache-2.0 */
#include "disk-address.h"
#include "schema-commands.h"

#define SMART_PATIENCE 1000u /* milliseconds for a disk to tell about its health */

/* Two members of the schema for each counter. */
#define COUNTER(guest, smart, member)                                                              \
    ((guest)->member##_lo = (smart)->member[0], (guest)->member##_hi = (smart)->member[1])

static GuestNVMeSmart *guest_nvme(const OsNvmeSmart *smart)
{
    GuestNVMeSmart *guest = g_new0(GuestNVMeSmart, 1);

    guest->critical_warning = smart->critical_warning;
    guest->temperature = smart->temperature;
    guest->available_spare = smart->available_spare;
    guest->available_spare_threshold = smart->available_spare_threshold;
    guest->percentage_used = smart->percentage_used;
    COUNTER(guest, smart, data_units_read);
    COUNTER(guest, smart, data_units_written);
    COUNTER(guest, smart, host_read_commands);
    COUNTER(guest, smart, host_write_commands);
    COUNTER(guest, smart, controller_busy_time);
    COUNTER(guest, smart, power_cycles);
    COUNTER(guest, smart, power_on_hours);
    COUNTER(guest, smart, unsafe_shutdowns);
    COUNTER(guest, smart, media_errors);
    COUNTER(guest, smart, number_of_error_log_entries);
    return guest;
}

static GuestDiskSmart *guest_smart(const OsDisk *disk)
{
    OsNvmeSmart smart;
    GuestDiskSmart *guest;

    if (!disk->nvme || !os_disk_smart(disk, SMART_PATIENCE, &smart))
        return NULL;
    guest = g_new0(GuestDiskSmart, 1);
    guest->type = GUEST_DISK_BUS_TYPE_NVME;
    guest->nvme = guest_nvme(&smart);
    return guest;
}

static GPtrArray *guest_names(const GPtrArray *names)
{
    GPtrArray *guest = g_ptr_array_sized_new(names->len);
    for (guint i = 0; i < names->len; i++) {
        g_ptr_array_add(guest, g_strdup(g_ptr_array_index(names, i)));
    }
    return guest;
}

static GuestDiskInfo *guest_disk(const OsDisk *disk)
{
    GuestDiskInfo *guest = g_new0(GuestDiskInfo, 1);

    guest->name = g_strdup(disk->name);
    guest->partition = disk->partition;
    guest->dependencies = guest_names(disk->dependencies);
    guest->address = disk->address ? va_disk_address(disk->address) : NULL;
    guest->alias = g_strdup(disk->alias);
    guest->smart = guest_smart(disk);
    return guest;
}

gboolean cmd_get_disks(GPtrArray **out, GError **error)
{
    g_autoptr(GPtrArray) disks = os_disk_list(error);

    if (!disks)
        return FALSE;
    *out = g_ptr_array_sized_new(disks->len);
    for (guint i = 0; i < disks->len; i++) {
        g_ptr_array_add(*out, guest_disk(g_ptr_array_index(disks, i)));
    }
    return TRUE;
}
