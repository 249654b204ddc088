/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-serial.h"
#include "os-block.h"
#include "os-patience.h"
#include "os-read.h"
#include "os-root.h"

#include <string.h>

#define UDEV_MAX   (256u * 1024) /* bytes of what udev knows about a device: some 4 KiB */
#define VPD_MAX    4096u         /* bytes that the kernel keeps of a page */
#define VPD_HEADER 4u            /* bytes: device type, page number, length in two */
#define PATIENCE   500u          /* milliseconds for a virtual disk to tell its serial number */

/* Any bytes, blanks trimmed; NULL if nothing is left. */
static char *clean(char *raw)
{
    g_autofree char *valid = raw ? g_utf8_make_valid(g_strstrip(raw), -1) : NULL;
    g_free(raw);
    return valid && *valid ? g_steal_pointer(&valid) : NULL;
}

/* SCSI Primary Commands, Unit Serial Number VPD page. */
char *os_disk_serial_vpd(const char *page, gsize length)
{
    const guint8 *bytes = (const guint8 *)page;
    gsize size;

    if (length < VPD_HEADER || bytes[1] != 0x80)
        return NULL;
    size = (gsize)bytes[2] << 8 | bytes[3];
    return clean(g_strndup(page + VPD_HEADER, MIN(size, length - VPD_HEADER)));
}

static char *from_vpd(const char *name)
{
    g_autofree char *path = g_strconcat("/sys/class/block/", name, "/device/vpd_pg80", NULL);
    g_autofree char *in_root = os_root(path);
    gsize length;
    g_autofree char *page = os_read(in_root, VPD_MAX, &length, NULL);
    return page ? os_disk_serial_vpd(page, length) : NULL;
}

static char *from_controller(const char *name)
{
    return clean(os_block_attribute(name, "device/serial"));
}

/* Lines are "E:KEY=value" and others (systemd, src/libsystemd/sd-device). */
char *os_disk_serial_udev(const char *text, const char *key)
{
    g_autofree char *start = g_strconcat("E:", key, "=", NULL);

    while (*text) {
        gsize length = strcspn(text, "\n");
        if (g_str_has_prefix(text, start))
            return clean(g_strndup(text + strlen(start), length - strlen(start)));
        text += length + (text[length] == '\n');
    }
    return NULL;
}

/* ID_SERIAL is put together from maker, model and number, but for virtio disks, which have nothing
 * else (udev, rules.d/60-persistent-storage.rules).  None of it asks the disk. */
static char *from_udev(const char *name)
{
    static const char *const keys[] = {"ID_SCSI_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL"};
    g_autofree char *device = os_block_attribute(name, "dev");
    g_autofree char *path = g_strconcat("/run/udev/data/b", device ? device : "", NULL);
    g_autofree char *in_root = os_root(path);
    g_autofree char *text = os_read(in_root, UDEV_MAX, NULL, NULL);
    char *serial = NULL;

    for (gsize i = 0; text && !serial && i < G_N_ELEMENTS(keys); i++) {
        serial = os_disk_serial_udev(text, keys[i]);
    }
    return serial;
}

typedef struct {
    char *name;
    char *serial;
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->name);
    g_free(question->serial);
    g_free(question);
}

static void ask_disk(gpointer data)
{
    Question *question = data;
    question->serial = os_block_attribute(question->name, "serial");
}

/* The kernel sends the disk a request and waits for the answer (drivers/block/virtio_blk.c). */
static char *from_virtio(const char *name)
{
    g_autofree char *subject = g_strconcat("serial ", name, NULL);
    Question *question = g_new0(Question, 1);
    char *serial;

    question->name = g_strdup(name);
    if (!os_patience_about(subject, ask_disk, question, question_free, PATIENCE))
        return NULL;
    serial = clean(g_steal_pointer(&question->serial));
    question_free(question);
    return serial;
}

char *os_disk_serial(const char *name, OsBus bus_type)
{
    static char *(*const sources[])(const char *) = {from_vpd, from_controller, from_udev};
    char *serial = NULL;

    for (gsize i = 0; !serial && i < G_N_ELEMENTS(sources); i++) {
        serial = sources[i](name);
    }
    return serial || bus_type != OS_BUS_VIRTIO ? serial : from_virtio(name);
}
