/* SPDX-License-Identifier: Apache-2.0 */
#include "../../platform/posix/linux/os-disk-path.h"
#include "../../platform/posix/linux/os-disk-serial.h"
#include "fuzz.h"

#include <string.h>

/* Numbers are those of a path, and what leads to a part is of the path too. */
static void check_path(const char *text)
{
    OsDiskPath path;

    os_disk_path_parse(text, &path);
    g_assert_cmpint(path.bus_type, <, OS_BUS_N);
    g_assert_cmpuint(MAX(path.pci_end, path.ata_end), <=, strlen(text));
    g_assert_true(path.pci.domain >= -1 && path.pci.bus >= -1 && path.pci.slot >= -1);
    g_assert_cmpint(path.pci_end > 0, ==, path.pci.domain != -1);
    g_assert_true(path.scsi[0] >= 0 && path.scsi[1] >= 0 && path.scsi[2] >= 0);
}

/* Blanks before and after are gone, and the text is fit for the wire. */
static void check_serial(char *serial)
{
    if (serial) {
        g_assert_true(*serial && g_utf8_validate(serial, -1, NULL));
        g_assert_false(g_ascii_isspace(serial[0]) || g_ascii_isspace(serial[strlen(serial) - 1]));
    }
    g_free(serial);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autofree char *text = g_strndup((const char *)data, size);

    check_path(text);
    check_serial(os_disk_serial_udev(text, "ID_SERIAL"));
    check_serial(os_disk_serial_vpd((const char *)data, size));
    return 0;
}
