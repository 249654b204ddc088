/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-address.h"
#include "os-block.h"
#include "os-disk-path.h"
#include "os-disk-serial.h"
#include "os-root.h"
#include "os-sysfs.h"

#include <string.h>

#define PCI_CLASS_IDE "0x0101" /* what the class of a PCI device begins with; PCI ID database */

/* "/sys/devices/pci0000:00/...": what the link in /sys/class/block leads to.  NULL: no device. */
static char *place_of(const char *name)
{
    g_autofree char *path = g_strconcat("/sys/class/block/", name, NULL);
    g_autofree char *link = os_root(path);
    g_autofree char *target = g_file_read_link(link, NULL);
    const char *devices = target ? strstr(target, "/devices/") : NULL;
    return devices ? g_strconcat("/sys", devices, NULL) : NULL;
}

/* A value below the first @length bytes of @place. */
static gboolean read_below(const char *place, gsize length, const char *entry,
                           char value[OS_SYSFS_MAX])
{
    g_autofree char *path = g_strdup_printf("%.*s/%s", (int)length, place, entry);
    g_autofree char *in_root = os_root(path);
    return os_sysfs_read(in_root, value);
}

/* Where port "ataN" comes among those of its controller; the least N belongs to the first. */
static guint count_ports_before(const char *place, const OsDiskPath *path)
{
    g_autofree char *controller = g_strndup(place, path->pci_end);
    g_autoptr(GPtrArray) entries = os_block_entries(controller);
    guint before = 0;

    for (guint i = 0; i < entries->len; i++) {
        const char *entry = g_ptr_array_index(entries, i);
        guint64 number;
        if (g_str_has_prefix(entry, "ata") &&
            g_ascii_string_to_unsigned(entry + strlen("ata"), 10, 0, G_MAXUINT, &number, NULL))
            before += number < path->ata;
    }
    return before;
}

/* From 0.  Linux counts from 1, and tells since 3.13. */
static guint ata_port(const char *place, const OsDiskPath *path)
{
    g_autofree char *entry = g_strdup_printf("ata_port/ata%u/port_no", path->ata);
    char value[OS_SYSFS_MAX];
    guint64 port;

    if (read_below(place, path->ata_end, entry, value) &&
        g_ascii_string_to_unsigned(value, 10, 1, G_MAXINT, &port, NULL))
        return (guint)port - 1;
    return path->pci_end > 0 ? count_ports_before(place, path) : 0;
}

static void number_ata(OsDiskAddress *address, const char *place, const OsDiskPath *path)
{
    char class[OS_SYSFS_MAX];

    if (path->pci_end > 0 && read_below(place, path->pci_end, "class", class) &&
        g_str_has_prefix(class, PCI_CLASS_IDE)) {
        address->bus_type = OS_BUS_IDE;
        address->bus = ata_port(place, path);
        address->unit = path->scsi[1];
    } else {
        address->unit = ata_port(place, path);
    }
}

static gboolean is_lsilogic(const char *place, const OsDiskPath *path)
{
    g_autofree char *driver = g_strdup_printf("%.*s/driver", (int)path->pci_end, place);
    g_autofree char *link = os_root(driver);
    g_autofree char *target = g_file_read_link(link, NULL);
    return target && g_str_has_suffix(target, "/sym53c8xx");
}

static void number_scsi(OsDiskAddress *address, const char *place, const OsDiskPath *path)
{
    if (path->pci_end > 0 && is_lsilogic(place, path)) {
        address->unit = path->scsi[1];
        return;
    }
    address->bus = path->scsi[0];
    address->target = path->scsi[1];
    address->unit = path->scsi[2];
}

static void number_nvme(OsDiskAddress *address, const char *name)
{
    g_autofree char *text = os_block_attribute(name, "nsid");
    guint64 nsid;

    if (text && g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT, &nsid, NULL))
        address->unit = (gint64)nsid - 1;
}

/* SD cards and multimedia cards share their bus. */
static void tell_card(OsDiskAddress *address, const char *name)
{
    g_autofree char *type = os_block_attribute(name, "device/type");
    address->bus_type = g_strcmp0(type, "SD") == 0 ? OS_BUS_SD : OS_BUS_MMC;
}

static void number(OsDiskAddress *address, const char *name, const char *place,
                   const OsDiskPath *path)
{
    if (path->ata_end > 0)
        number_ata(address, place, path);
    else if (path->has_scsi)
        number_scsi(address, place, path);
    else if (address->bus_type == OS_BUS_NVME)
        number_nvme(address, name);
    else if (address->bus_type == OS_BUS_MMC)
        tell_card(address, name);
}

/* Of @name itself; the device file and the serial number are of @head. */
static OsDiskAddress *address_of(const char *name, const char *head)
{
    g_autofree char *place = place_of(name);
    OsDiskAddress *address;
    OsDiskPath path;

    if (!place)
        return NULL;
    os_disk_path_parse(place, &path);
    if (!path.is_device)
        return NULL;
    address = g_new0(OsDiskAddress, 1);
    address->bus_type = path.bus_type;
    address->pci = path.pci;
    address->ccw = path.has_ccw == 2 ? g_memdup2(&path.ccw, sizeof path.ccw) : NULL;
    number(address, name, place, &path);
    address->serial = os_disk_serial(head, address->bus_type);
    address->device = os_block_path(head);
    return address;
}

static gboolean is_hidden(const char *name)
{
    g_autofree char *hidden = os_block_attribute(name, "hidden");
    return g_strcmp0(hidden, "1") == 0;
}

OsDiskAddress *os_disk_address(const char *name)
{
    g_autoptr(GPtrArray) members = os_block_members(name);
    const char *first = members->len > 0 ? g_ptr_array_index(members, 0) : name;

    if (members->len > 0 && !is_hidden(first))
        return NULL;
    return address_of(first, name);
}

/* A device to be looked at. */
typedef struct {
    char *name;
    char *shown; /* the partition of it that is meant; NULL: the whole */
} Part;

static void part_clear(gpointer data)
{
    Part *part = data;
    g_free(part->name);
    g_free(part->shown);
}

static void add_part(GArray *parts, const char *name, const char *shown)
{
    Part part = {g_strdup(name), g_strdup(shown)};
    g_array_append_val(parts, part);
}

/* The members of @name that are devices of their own, not the hidden paths to it. */
static void add_members(GArray *parts, const char *name)
{
    g_autoptr(GPtrArray) members = os_block_members(name);
    g_autofree char *partition = os_block_attribute(name, "partition");

    for (guint i = 0; i < members->len; i++) {
        const char *member = g_ptr_array_index(members, i);
        if (!is_hidden(member))
            add_part(parts, member, partition ? name : NULL);
    }
}

/* What the device is on, or what is to be looked at for it. */
static void resolve(const char *name, const char *shown, GPtrArray *addresses, GArray *todo)
{
    OsDiskAddress *address = os_disk_address(name);

    if (!address) {
        add_members(todo, name);
        return;
    }
    if (shown) {
        g_free(address->device);
        address->device = os_block_path(shown);
    }
    g_ptr_array_add(addresses, address);
}

/* Each device is looked at once, so that not even a circle is endless. */
GPtrArray *os_disk_addresses(const GPtrArray *names)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func((GDestroyNotify)os_disk_address_free);
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(Part));
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    g_array_set_clear_func(todo, part_clear);
    for (guint i = 0; i < names->len; i++)
        add_part(todo, g_ptr_array_index(names, i), NULL);
    for (guint i = 0; i < todo->len; i++) {
        Part part = g_array_index(todo, Part, i); /* adding may move the array */
        if (g_hash_table_add(seen, part.name))
            resolve(part.name, part.shown, addresses, todo);
    }
    return addresses;
}
