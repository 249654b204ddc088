/* SPDX-License-Identifier: Apache-2.0 */

/* How the contract's plain structs are freed: the same whatever back end filled them. */

#include "os-device.h"
#include "os-disk-stats.h"
#include "os-freeze.h"
#include "os-mount.h"
#include "os-network.h"
#include "os-route.h"
#include "os-system.h"
#include "os-users.h"

void os_system_info_free(OsSystemInfo *info)
{
    if (!info)
        return;
    g_free(info->kernel_release);
    g_free(info->kernel_version);
    g_free(info->machine);
    g_free(info->id);
    g_free(info->name);
    g_free(info->pretty_name);
    g_free(info->version);
    g_free(info->version_id);
    g_free(info->variant);
    g_free(info->variant_id);
    g_free(info);
}

void os_user_free(OsUser *user)
{
    if (!user)
        return;
    g_free(user->name);
    g_free(user->domain);
    g_free(user);
}

void os_network_address_free(OsNetworkAddress *address)
{
    if (!address)
        return;
    g_free(address->text);
    g_free(address);
}

void os_network_interface_free(OsNetworkInterface *interface)
{
    if (!interface)
        return;
    g_free(interface->name);
    g_free(interface->hardware_address);
    g_ptr_array_unref(interface->addresses);
    g_free(interface->counters);
    g_free(interface);
}

void os_disk_stats_free(OsDiskStats *stats)
{
    if (!stats)
        return;
    g_free(stats->name);
    g_free(stats);
}

void os_route_free(OsRoute *route)
{
    if (!route)
        return;
    g_free(route->interface);
    g_free(route->destination);
    g_free(route->gateway);
    g_free(route->mask);
    g_free(route->source);
    g_free(route);
}

void os_filesystem_free(OsFilesystem *filesystem)
{
    if (!filesystem)
        return;
    g_free(filesystem->mountpoint);
    g_free(filesystem->device);
    g_free(filesystem->type);
    g_free(filesystem->obstacle);
    os_frozen_free(filesystem->handle);
    g_free(filesystem);
}

void os_disk_address_free(OsDiskAddress *address)
{
    if (!address)
        return;
    g_free(address->ccw);
    g_free(address->serial);
    g_free(address->device);
    g_free(address);
}

void os_disk_free(OsDisk *disk)
{
    if (!disk)
        return;
    g_free(disk->name);
    g_ptr_array_unref(disk->dependencies);
    os_disk_address_free(disk->address);
    g_free(disk->alias);
    g_free(disk);
}

void os_mounted_free(OsMounted *mount)
{
    if (!mount)
        return;
    g_free(mount->device);
    g_free(mount->mountpoint);
    g_free(mount->type);
    g_ptr_array_unref(mount->disks);
    g_free(mount);
}

void os_device_free(OsDevice *device)
{
    if (!device)
        return;
    g_free(device->driver_name);
    g_free(device->driver_version);
    g_free(device);
}

void os_freeze_writer_free(OsFreezeWriter *writer)
{
    if (!writer)
        return;
    g_free(writer->name);
    g_free(writer->id);
    g_free(writer->state);
    g_free(writer->problem);
    g_free(writer);
}
