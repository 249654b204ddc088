/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-path.h"

#include <string.h>

/* The parts of a path that name a bus: a word and, where the kernel counts them, a number.  What
 * comes later on the way decides, but for SCSI, which many others speak: it is only what nothing
 * else is.  (drivers/scsi/scsi_transport_{fc,sas,iscsi}.c, drivers/mmc/core/bus.c, ...) */
static const struct {
    const char *word;
    OsBus bus_type;
} buses[] = {
    {"virtio", OS_BUS_VIRTIO},  {"usb", OS_BUS_USB},         {"nvme", OS_BUS_NVME},
    {"rport-", OS_BUS_FIBRE},   {"end_device-", OS_BUS_SAS}, {"session", OS_BUS_ISCSI},
    {"fw", OS_BUS_IEEE1394},    {"vbd-", OS_BUS_XEN},        {"mmc", OS_BUS_MMC},
    {"floppy.", OS_BUS_FLOPPY}, {"uml-blkdev.", OS_BUS_UML},
};

/* Numbers between single separators, the whole of @part: "0000:00:1f.2".  As many as @separators
 * has characters and one, of at most @digits each. */
static gboolean numbers(const char *part, const char *separators, guint base, guint digits,
                        guint64 *values)
{
    for (;; separators++, part++) {
        char *end;
        if (!g_ascii_isxdigit(*part))
            return FALSE;
        *values++ = g_ascii_strtoull(part, &end, base);
        if (end == part || (guint)(end - part) > digits || *end != *separators)
            return FALSE;
        if (!*separators)
            return TRUE;
        part = end;
    }
}

/* Domains have four digits, or more (drivers/pci/controller/vmd.c). */
static gboolean read_pci(const char *part, gsize end, OsDiskPath *found)
{
    guint64 values[4];

    if (!numbers(part, "::.", 16, 8, values))
        return FALSE;
    found->pci =
        (OsPciAddress){(gint64)values[0], (gint64)values[1], (gint64)values[2], (gint64)values[3]};
    found->pci_end = end;
    return TRUE;
}

/* The first is the subchannel, the second the device on it (Documentation/arch/s390/
 * driver-model.rst). */
static gboolean read_ccw(const char *part, gsize end, OsDiskPath *found)
{
    guint64 values[3];

    if (!numbers(part, "..", 16, 4, values))
        return FALSE;
    if (found->has_ccw == 0)
        found->ccw = (OsCcwAddress){(guint)values[0], (guint)values[1], (guint)values[2], 0};
    else
        found->ccw.devno = (guint)values[2];
    found->has_ccw = MIN(found->has_ccw + 1, 2);
    return TRUE;
}

/* Host, channel, id, LUN; LUNs have 64 bits. */
static gboolean read_scsi(const char *part, gsize end, OsDiskPath *found)
{
    guint64 values[4];

    if (!numbers(part, ":::", 10, 20, values))
        return FALSE;
    for (guint i = 0; i < 3; i++) {
        found->scsi[i] = (gint64)MIN(values[i + 1], G_MAXINT64);
    }
    found->has_scsi = TRUE;
    if (found->bus_type == OS_BUS_UNKNOWN || found->bus_type == OS_BUS_VIRTIO)
        found->bus_type = OS_BUS_SCSI;
    return TRUE;
}

static gboolean read_ata(const char *part, gsize end, OsDiskPath *found)
{
    guint64 number;

    if (!g_str_has_prefix(part, "ata") || !numbers(part + strlen("ata"), "", 10, 9, &number))
        return FALSE;
    found->bus_type = OS_BUS_SATA;
    found->ata = (guint)number;
    found->ata_end = end;
    return TRUE;
}

static gboolean read_bus(const char *part, gsize end, OsDiskPath *found)
{
    for (gsize i = 0; i < G_N_ELEMENTS(buses); i++) {
        const char *word = buses[i].word;
        if (g_str_has_prefix(part, word) && strcspn(part + strlen(word), "0123456789") == 0) {
            found->bus_type = buses[i].bus_type;
            return TRUE;
        }
    }
    return FALSE;
}

static void read_part(const char *part, gsize end, OsDiskPath *found)
{
    static gboolean (*const readers[])(const char *, gsize, OsDiskPath *) = {
        read_scsi, read_pci, read_ccw, read_ata, read_bus,
    };
    for (gsize i = 0; i < G_N_ELEMENTS(readers); i++) {
        if (readers[i](part, end, found))
            return;
    }
}

/* The last part is the device itself, whose name says nothing about its bus. */
void os_disk_path_parse(const char *path, OsDiskPath *found)
{
    const char *start = path, *slash;

    *found = (OsDiskPath){.pci = {-1, -1, -1, -1}};
    for (; (slash = strchr(start, '/')); start = slash + 1) {
        g_autofree char *part = g_strndup(start, (gsize)(slash - start));
        read_part(part, (gsize)(slash - path), found);
    }
    found->is_device = found->bus_type != OS_BUS_UNKNOWN || !strstr(path, "/devices/virtual/");
}
