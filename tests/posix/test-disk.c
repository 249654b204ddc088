/* SPDX-License-Identifier: Apache-2.0 */
#include "disk-text.h"
#include "os-disk-path.h"
#include "os-disk-serial.h"
#include "os-disk-smart.h"
#include "os-root.h"
#include "root-tree.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* A system of tests/roots, and its disks as disk_text() has them. */
typedef struct {
    const char *name;
    const char *disks;
} System;

static const System systems[] = {
    {"virtio", "/dev/vda @ /dev/vda virtio 0:0:0 pci 0:4:0.0 serial=root-disk\n"
               "/dev/vda1 partition of /dev/vda\n"
               "/dev/vda2 partition of /dev/vda\n"
               "/dev/vdb @ /dev/vdb virtio 0:0:0 pci 0:5:0.0 serial=data-disk\n"
               "/dev/vdc @ /dev/vdc virtio 0:0:0\n"},
    {"scsi", "/dev/sda @ /dev/sda scsi 0:0:0 pci 0:0:5.0 serial=drive-scsi0\n"
             "/dev/sda1 partition of /dev/sda\n"
             "/dev/sdb @ /dev/sdb scsi 0:0:1 pci 0:0:5.0 serial=padded\n"
             "/dev/sdc @ /dev/sdc scsi 0:3:7 pci 0:0:5.0 serial=third\n"
             "/dev/sdd @ /dev/sdd scsi 0:0:4 pci 0:0:6.0\n"
             "/dev/sde @ /dev/sde scsi 0:0:1\n"
             "/dev/sdf @ /dev/sdf iscsi 0:0:3\n"
             "/dev/sdg @ /dev/sdg fibre 0:1:2 pci 0:0:8.0\n"
             "/dev/sdh @ /dev/sdh sas 0:0:0 pci 0:0:9.0 serial=sas-disk\n"
             "/dev/sr0 @ /dev/sr0 scsi 0:5:0 pci 0:0:5.0\n"},
    {"sata", "/dev/sda @ /dev/sda sata 0:0:2 pci 0:0:31.2 serial=QM00005\n"
             "/dev/sda1 partition of /dev/sda\n"
             "/dev/sdb @ /dev/sdb ide 1:0:1 pci 0:0:1.1 serial=QM00004\n"
             "/dev/sdc @ /dev/sdc sata 0:0:2 pci 0:0:3.0\n"
             "/dev/sdd @ /dev/sdd sata 0:0:0\n"
             "/dev/sr0 @ /dev/sr0 ide 0:0:0 pci 0:0:1.1\n"},
    {"usb", "/dev/fd0 @ /dev/fd0 floppy 0:0:0\n"
            "/dev/mmcblk0 @ /dev/mmcblk0 sd 0:0:0 serial=0x25b1a8e0\n"
            "/dev/mmcblk0p1 partition of /dev/mmcblk0\n"
            "/dev/mmcblk1 @ /dev/mmcblk1 mmc 0:0:0 pci 0:0:28.0\n"
            "/dev/sda @ /dev/sda usb 0:0:0 pci 0:0:29.7 serial=4C530001\n"
            "/dev/sdb @ /dev/sdb ieee1394 0:0:0 pci 0:0:11.0\n"
            "/dev/xvda @ /dev/xvda xen 0:0:0\n"},
    {"nvme", "/dev/nvme0n1 nvme @ /dev/nvme0n1 nvme 0:0:0 pci 0:0:4.0 serial=deadbeef\n"
             "/dev/nvme0n1p1 partition of /dev/nvme0n1\n"
             "/dev/nvme0n2 nvme @ /dev/nvme0n2 nvme 0:0:1 pci 0:0:4.0 serial=deadbeef\n"
             "/dev/nvme1n1 nvme @ /dev/nvme1n1 nvme 0:0:0 pci 0:0:6.0 serial=shared\n"
             "/dev/nvme1n1p1 partition of /dev/nvme1n1\n"
             "/dev/nvme3n1 nvme @ /dev/nvme3n1 nvme 0:0:3 serial=far\n"},
    {"lvm-on-luks", "/dev/dm-0 alias=luks-6f1c of /dev/vda3\n"
                    "/dev/dm-1 alias=vg-root of /dev/dm-0\n"
                    "/dev/dm-2 alias=vg-swap_1 of /dev/dm-0\n"
                    "/dev/dm-3 alias=vg-pool_tmeta of /dev/dm-0\n"
                    "/dev/dm-4 alias=vg-pool_tdata of /dev/dm-0\n"
                    "/dev/dm-5 alias=vg-pool-tpool of /dev/dm-3,/dev/dm-4\n"
                    "/dev/dm-6 alias=vg-thin of /dev/dm-5\n"
                    "/dev/vda @ /dev/vda virtio 0:0:0 pci 0:0:4.0\n"
                    "/dev/vda1 partition of /dev/vda\n"
                    "/dev/vda3 partition of /dev/vda\n"},
    {"md", "/dev/md0 of /dev/vda1,/dev/vdb1\n"
           "/dev/md0p1 partition of /dev/md0\n"
           "/dev/md5 of /dev/md6\n"
           "/dev/md6 of /dev/md5\n"
           "/dev/md127 of /dev/md0,/dev/vda1,/dev/vdc\n"
           "/dev/vda @ /dev/vda virtio 0:0:0 pci 0:0:4.0\n"
           "/dev/vda1 partition of /dev/vda\n"
           "/dev/vdb @ /dev/vdb virtio 0:0:0 pci 0:0:5.0\n"
           "/dev/vdb1 partition of /dev/vdb\n"
           "/dev/vdc @ /dev/vdc virtio 0:0:0 pci 0:0:6.0\n"},
    {"multipath", "/dev/dm-0 alias=mpatha of /dev/sda,/dev/sdb\n"
                  "/dev/dm-1 alias=mpatha-part1 of /dev/dm-0\n"
                  "/dev/sda @ /dev/sda fibre 0:0:5 pci 0:0:8.0 serial=LUN5\n"
                  "/dev/sdb @ /dev/sdb fibre 0:0:5 pci 0:0:9.0 serial=LUN5\n"},
    {"zfs", "/dev/vda @ /dev/vda virtio 0:0:0 pci 0:0:4.0\n"
            "/dev/vda1 partition of /dev/vda\n"
            "/dev/vda2 partition of /dev/vda\n"
            "/dev/zd0\n"},
    {"snaps", "/dev/loop0\n"
              "/dev/loop1\n"
              "/dev/loop2\n"
              "/dev/vda @ /dev/vda virtio 0:0:0 pci 0:0:4.0\n"
              "/dev/vda1 partition of /dev/vda\n"},
    {"containers", "/dev/vda @ /dev/vda virtio 0:0:0 pci 0:0:4.0\n"
                   "/dev/vda1 partition of /dev/vda\n"},
    {"s390", "/dev/dasda @ /dev/dasda unknown 0:0:0 ccw 0.1.0005/0150\n"
             "/dev/dasda1 partition of /dev/dasda\n"
             "/dev/sda @ /dev/sda scsi 0:0:2 ccw 0.0.0004/00c8 serial=z-scsi\n"
             "/dev/sdb @ /dev/sdb fibre 0:2:1073823760 ccw 0.0.0006/1900\n"
             "/dev/vda @ /dev/vda virtio 0:0:0 ccw 0.0.0003/0001\n"
             "/dev/vda1 partition of /dev/vda\n"},
};

static GPtrArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *disks = os_disk_list(&error);
    g_assert_no_error(error);
    return disks;
}

static void test_system(gconstpointer data)
{
    const System *system = data;
    char *root = root_tree_unpack(system->name);
    g_autoptr(GPtrArray) disks = list();
    g_autofree char *text = disk_text(disks);

    root_tree_remove(root);
    g_assert_cmpstr(text, ==, system->disks);
}

static void test_no_sys(void)
{
    char *root = root_tree_unpack_text("");
    g_autoptr(GPtrArray) disks = list();

    root_tree_remove(root);
    g_assert_cmpuint(disks->len, ==, 0);
}

/* Whatever this machine has: the list is coherent. */
static void test_this_machine(void)
{
    g_autoptr(GPtrArray) disks = list();
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < disks->len; i++) {
        const OsDisk *disk = g_ptr_array_index(disks, i);
        g_assert_true(g_str_has_prefix(disk->name, "/dev/"));
        g_assert_true(g_hash_table_add(names, disk->name));
        g_assert_true(!disk->address || disk->dependencies->len == 0);
        g_assert_true(!disk->partition || disk->dependencies->len == 1);
    }
}

static void assert_path(const char *path, OsBus bus_type, gsize pci_end, gboolean is_device)
{
    OsDiskPath found;
    os_disk_path_parse(path, &found);
    g_assert_cmpint(found.bus_type, ==, bus_type);
    g_assert_cmpuint(found.pci_end, ==, pci_end);
    g_assert_cmpint(found.is_device, ==, is_device);
}

static void test_paths(void)
{
    assert_path("", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("virtio1", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("virtio1/vda", OS_BUS_VIRTIO, 0, TRUE);
    assert_path("virtio_x/vda", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("0000:00:1f.2/x", OS_BUS_UNKNOWN, 12, TRUE);
    assert_path("10000:e1:00.0/nvme/nvme0/nvme0n1", OS_BUS_NVME, 13, TRUE);
    assert_path("0000:00:1f.2", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("0000:00:1f.2x/x", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("0000:00:1f/x", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("0000:00: 1f.2/x", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("0000:00:-1.2/x", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("123456789:0:0.0/x", OS_BUS_UNKNOWN, 0, TRUE);
    assert_path("1:0:0:0/sda", OS_BUS_SCSI, 0, TRUE);
    assert_path("usb1/1:0:0:0/sda", OS_BUS_USB, 0, TRUE);
    assert_path("/sys/devices/virtual/block/dm-0", OS_BUS_UNKNOWN, 0, FALSE);
    assert_path("/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1", OS_BUS_UNKNOWN, 0,
                FALSE);
}

static void assert_vpd(const char *page, gsize length, const char *expected)
{
    g_autofree char *serial = os_disk_serial_vpd(page, length);
    g_assert_cmpstr(serial, ==, expected);
}

static void test_vpd(void)
{
    assert_vpd("\0\200\0\3abc", 7, "abc");
    assert_vpd("\0\200\0\5 ab c", 8, "ab");
    assert_vpd("\0\200\377\377abc", 7, "abc");
    assert_vpd("\0\200\0\2abc", 7, "ab");
    assert_vpd("\0\200\0\2\351x", 6, "\357\277\275x");
    assert_vpd("\0\200\0\3   ", 7, NULL);
    assert_vpd("\0\200\0\0", 4, NULL);
    assert_vpd("\0\203\0\3abc", 7, NULL);
    assert_vpd("\0\200\0", 3, NULL);
    assert_vpd("", 0, NULL);
}

static void assert_property(const char *text, const char *expected)
{
    g_autofree char *value = os_disk_serial_udev(text, "ID_SERIAL");
    g_assert_cmpstr(value, ==, expected);
}

static void test_udev(void)
{
    assert_property("S:x\nE:ID_SERIAL_SHORT=no\nE:ID_SERIAL=a=b\nE:ID_SERIAL=2\n", "a=b");
    assert_property("E:ID_SERIAL=end", "end");
    assert_property("E:ID_SERIAL=\nE:X=y\n", NULL);
    assert_property("ID_SERIAL=x\n E:ID_SERIAL=x\n", NULL);
    assert_property("", NULL);
}

static void test_smart_page(void)
{
    guint8 page[OS_DISK_SMART_SIZE] = {1, 0x2c, 0x01, 99, 10, 255};
    OsNvmeSmart smart;

    for (guint i = 0; i < 10; i++) {
        page[32 + 16 * i] = (guint8)(i + 1);
        page[32 + 16 * i + 15] = 0x80;
    }
    os_disk_smart_parse(page, &smart);
    g_assert_cmpuint(smart.critical_warning, ==, 1);
    g_assert_cmpuint(smart.temperature, ==, 300);
    g_assert_cmpuint(smart.available_spare, ==, 99);
    g_assert_cmpuint(smart.available_spare_threshold, ==, 10);
    g_assert_cmpuint(smart.percentage_used, ==, 255);
    g_assert_cmpuint(smart.data_units_read[0], ==, 1);
    g_assert_cmpuint(smart.data_units_read[1], ==, G_GUINT64_CONSTANT(1) << 63);
    g_assert_cmpuint(smart.host_write_commands[0], ==, 4);
    g_assert_cmpuint(smart.number_of_error_log_entries[0], ==, 10);
}

/* A FIFO, a file and a link where the device should be. */
static void test_smart_of_no_device(void)
{
    char *root = root_tree_unpack_text("/dev/file = text\n/dev/link -> file\n");
    g_autofree char *fifo = os_root("/dev/fifo");
    const char *const names[] = {"/dev/fifo", "/dev/file", "/dev/link", "/dev/none"};
    OsNvmeSmart smart;

    g_assert_cmpint(mkfifo(fifo, 0600), ==, 0);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const OsDisk disk = {.name = (char *)names[i], .nvme = TRUE};
        g_assert_false(os_disk_smart(&disk, 60000, &smart));
    }
    root_tree_remove(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++) {
        g_autofree char *name = g_strconcat("/disk/all-of-the-system/", systems[i].name, NULL);
        g_test_add_data_func(name, &systems[i], test_system);
    }
    g_test_add_func("/disk/without-sys-there-is-none", test_no_sys);
    g_test_add_func("/disk/the-list-of-this-machine-is-coherent", test_this_machine);
    g_test_add_func("/disk/only-whole-parts-of-a-path-count", test_paths);
    g_test_add_func("/disk/a-serial-number-ends-where-its-page-does", test_vpd);
    g_test_add_func("/disk/of-udev-the-very-property", test_udev);
    g_test_add_func("/disk/smart/the-page-is-little-endian", test_smart_page);
    g_test_add_func("/disk/smart/only-a-device-is-opened", test_smart_of_no_device);
    return g_test_run();
}
