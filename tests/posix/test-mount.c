/* SPDX-License-Identifier: Apache-2.0 */
#include "disk-text.h"
#include "os-fd.h"
#include "root-tree.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* A system of tests/roots, and its mounts as mount_text() has them. */
typedef struct {
    const char *name;
    const char *mounts;
} System;

static const System systems[] = {
    {"virtio", "vda2 / ext4 main [/dev/vda2 virtio 0:0:0 pci 0:4:0.0 serial=root-disk]\n"
               "vda1 /boot/efi vfat main [/dev/vda1 virtio 0:0:0 pci 0:4:0.0 serial=root-disk]\n"
               "vdb /srv/a b ext4 main [/dev/vdb virtio 0:0:0 pci 0:5:0.0 serial=data-disk]\n"
               "vdb /srv/hidden ext4 [/dev/vdb virtio 0:0:0 pci 0:5:0.0 serial=data-disk]\n"
               "vdc /srv/hidden xfs main [/dev/vdc virtio 0:0:0]\n"
               "vdz /mnt/gone ext4 main\n"},
    {"scsi",
     "sdb / btrfs [/dev/sdb scsi 0:0:1 pci 0:0:5.0 serial=padded] [/dev/sda1 scsi 0:0:0 pci "
     "0:0:5.0 serial=drive-scsi0]\n"
     "sdb /home btrfs [/dev/sdb scsi 0:0:1 pci 0:0:5.0 serial=padded] [/dev/sda1 scsi 0:0:0 "
     "pci 0:0:5.0 serial=drive-scsi0]\n"
     "sdb /mnt/top btrfs main [/dev/sdb scsi 0:0:1 pci 0:0:5.0 serial=padded] [/dev/sda1 "
     "scsi 0:0:0 pci 0:0:5.0 serial=drive-scsi0]\n"
     "sdc /data xfs main [/dev/sdc scsi 0:3:7 pci 0:0:5.0 serial=third]\n"},
    {"sata", "sda1 / ext4 main [/dev/sda1 sata 0:0:2 pci 0:0:31.2 serial=QM00005]\n"},
    {"usb", "mmcblk0p1 / ext4 main [/dev/mmcblk0p1 sd 0:0:0 serial=0x25b1a8e0]\n"
            "sda /media/stick vfat main [/dev/sda usb 0:0:0 pci 0:0:29.7 serial=4C530001]\n"
            "xvda /media/ntfs fuseblk.ntfs-3g main [/dev/xvda xen 0:0:0]\n"},
    {"nvme", "nvme0n1p1 / ext4 main [/dev/nvme0n1p1 nvme 0:0:0 pci 0:0:4.0 serial=deadbeef]\n"
             "nvme1n1p1 /srv xfs main [/dev/nvme1n1p1 nvme 0:0:0 pci 0:0:6.0 serial=shared]\n"
             "nvme3n1 /far xfs main [/dev/nvme3n1 nvme 0:0:3 serial=far]\n"},
    {"lvm-on-luks", "dm-1 / ext4 main [/dev/vda3 virtio 0:0:0 pci 0:0:4.0]\n"
                    "vda1 /boot ext4 main [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"
                    "dm-6 /srv xfs main [/dev/vda3 virtio 0:0:0 pci 0:0:4.0]\n"},
    {"md",
     "md0p1 / ext4 main [/dev/vda1 virtio 0:0:0 pci 0:0:4.0] [/dev/vdb1 virtio 0:0:0 pci 0:0:5.0]\n"
     "md127 /srv ext4 main [/dev/vdc virtio 0:0:0 pci 0:0:6.0] [/dev/vda1 virtio 0:0:0 pci "
     "0:0:4.0] "
     "[/dev/vdb1 virtio 0:0:0 pci 0:0:5.0]\n"
     "md5 /circle ext4 main\n"},
    {"multipath", "dm-1 / xfs main [/dev/sda fibre 0:0:5 pci 0:0:8.0 serial=LUN5] [/dev/sdb fibre "
                  "0:0:5 pci 0:0:9.0 serial=LUN5]\n"},
    {"zfs", "vda1 /boot ext4 main [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"
            "zd0 /mnt/zvol ext4 main\n"},
    {"snaps", "vda1 / ext4 main [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"
              "loop0 /snap/core22/1033 squashfs main\n"
              "loop1 /snap/lxd/26200 squashfs main\n"
              "loop2 /snap/snapd/20290 squashfs main\n"},
    {"containers",
     "vda1 / ext4 [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"
     "vda1 /host ext4 main [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"
     "vda1 /etc/resolv.conf ext4 [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"
     "vda1 /var/lib/kubelet/pods/1/volumes/a ext4 [/dev/vda1 virtio 0:0:0 pci 0:0:4.0]\n"},
    {"s390", "vda1 / ext4 main [/dev/vda1 virtio 0:0:0 ccw 0.0.0003/0001]\n"
             "dasda1 /dasd ext4 main [/dev/dasda1 unknown 0:0:0 ccw 0.1.0005/0150]\n"},
};

/* A line per mount: device, mount point, type, "main", the disks in brackets. */
static void add_mount(GString *text, const OsMounted *mount)
{
    g_string_append_printf(text, "%s %s %s%s", mount->device, mount->mountpoint, mount->type,
                           mount->main ? " main" : "");
    for (guint i = 0; i < mount->disks->len; i++) {
        g_string_append(text, " [");
        disk_text_address(text, g_ptr_array_index(mount->disks, i));
        g_string_append_c(text, ']');
    }
    g_string_append_c(text, '\n');
}

static GPtrArray *list(void)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *mounts = os_mount_list(&error);
    g_assert_no_error(error);
    return mounts;
}

static void test_system(gconstpointer data)
{
    const System *system = data;
    char *root = root_tree_unpack(system->name);
    g_autoptr(GPtrArray) mounts = list();
    g_autoptr(GString) text = g_string_new(NULL);

    root_tree_remove(root);
    for (guint i = 0; i < mounts->len; i++) {
        add_mount(text, g_ptr_array_index(mounts, i));
    }
    g_assert_cmpstr(text->str, ==, system->mounts);
}

static void test_no_table(void)
{
    char *root = root_tree_unpack_text("");
    g_autoptr(GError) error = NULL;

    g_assert_null(os_mount_list(&error));
    root_tree_remove(root);
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Any directory of this machine stands in for a mount. */
static OsMounted mount_of(const char *path)
{
    struct stat st;
    g_assert_cmpint(stat(path, &st), ==, 0);
    return (OsMounted){.mountpoint = (char *)path, .number = st.st_dev};
}

static void test_usage(void)
{
    OsMounted mount = mount_of("/");
    OsMountUsage usage;
    struct statvfs st;
    guint took;

    if (!os_mount_usage(&mount, 60000, &took, &usage)) {
        g_test_skip("the root filesystem has a device number that is not its own");
        return;
    }
    g_assert_cmpint(statvfs("/", &st), ==, 0);
    g_assert_cmpuint(usage.total_privileged, ==, (guint64)st.f_blocks * st.f_frsize);
    g_assert_cmpuint(usage.used, <=, usage.total_privileged);
    g_assert_cmpuint(usage.total, >=, usage.used);
    g_assert_cmpuint(usage.total, <=, usage.total_privileged);
}

/* Another number than the mount table said: something lies over it. */
static void test_elsewhere(void)
{
    OsMounted mount = mount_of("/proc");
    OsMountUsage usage = {1, 2, 3};
    g_autoptr(GError) error = NULL;
    OsTrim trim;
    guint took;

    mount.number = 0x1234567;
    g_assert_false(os_mount_usage(&mount, 60000, &took, &usage));
    g_assert_cmpuint(usage.used, ==, 1);
    g_assert_false(os_mount_trim(&mount, 0, 60000, &trim, &error));
    g_assert_cmpstr(error->message, ==, "failed to trim: Stale file handle");
}

static void test_gone(void)
{
    OsMounted mount = {.mountpoint = (char *)"/nonexistent/mount"};
    OsMountUsage usage;
    g_autoptr(GError) error = NULL;
    OsTrim trim;
    guint took;

    g_assert_false(os_mount_usage(&mount, 60000, &took, &usage));
    g_assert_false(os_mount_trim(&mount, 0, 60000, &trim, &error));
    g_assert_cmpstr(error->message, ==, "failed to trim: No such file or directory");
}

/* /proc knows nothing of blocks. */
static void test_unsupported(void)
{
    OsMounted mount = mount_of("/proc");
    g_autoptr(GError) error = NULL;
    OsTrim trim = {TRUE, 1, 2};

    g_assert_false(os_mount_trim(&mount, 0, 60000, &trim, &error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    g_assert_cmpuint(trim.trimmed, ==, 1);
}

/* A FIFO whose open would wait for a writer. */
static void test_fifo(void)
{
    char *root = root_tree_unpack_text("");
    g_autofree char *path = g_build_filename(root, "fifo", NULL);
    OsMounted mount;
    g_autoptr(GError) error = NULL;
    OsTrim trim;

    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    mount = mount_of(path);
    g_assert_false(os_mount_trim(&mount, 0, 60000, &trim, &error));
    g_assert_cmpstr(error->message, ==, "failed to trim: Not a directory");
    root_tree_remove(root);
}

/* A FUSE filesystem whose server never says a word; -1 if this machine does not let us. */
static OsFd mount_dead(const char *where)
{
    g_auto(OsFd) fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    g_autofree char *options =
        g_strdup_printf("fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);

    if (fd == -1 || unshare(CLONE_NEWNS) == -1 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
        mount("dead", where, "fuse", 0, options) == -1)
        return -1;
    return os_fd_steal(&fd);
}

/* The number of the filesystem cannot be asked: that would wait too. */
static guint64 number_of(const char *where)
{
    g_autofree char *table = NULL;
    g_autofree char *mark = g_strdup_printf(" / %s ", where);
    char *end, *start;
    guint major, minor;

    g_assert_true(g_file_get_contents("/proc/self/mountinfo", &table, NULL, NULL));
    end = strstr(table, mark);
    g_assert_nonnull(end);
    *end = '\0';
    start = strrchr(table, ' ');
    g_assert_cmpint(sscanf(start, "%u:%u", &major, &minor), ==, 2);
    return (guint64)major << 8 | minor;
}

static void test_dead(void)
{
    char *root = root_tree_unpack_text("");
    OsFd server = mount_dead(root);
    OsMountUsage usage;
    guint took, again;

    if (server == -1) {
        g_test_skip("FUSE cannot be mounted here");
    } else {
        const OsMounted mount = {.mountpoint = root, .number = number_of(root)};
        g_assert_false(os_mount_usage(&mount, 50, &took, &usage));
        g_assert_cmpuint(took, >=, 50);
        g_assert_false(os_mount_usage(&mount, 60000, &again, &usage));
        g_assert_cmpuint(again, <, 60000);
        os_fd_close(server);
        g_assert_cmpint(umount2(root, MNT_DETACH), ==, 0);
    }
    root_tree_remove(root);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(systems); i++) {
        g_autofree char *name = g_strconcat("/mount/all-of-the-system/", systems[i].name, NULL);
        g_test_add_data_func(name, &systems[i], test_system);
    }
    g_test_add_func("/mount/without-a-table-an-error", test_no_table);
    g_test_add_func("/mount/usage/is-that-of-statvfs", test_usage);
    g_test_add_func("/mount/not-what-lies-over-it", test_elsewhere);
    g_test_add_func("/mount/gone-meanwhile", test_gone);
    g_test_add_func("/mount/trim/what-cannot-says-so", test_unsupported);
    g_test_add_func("/mount/trim/a-fifo-does-not-hang-it", test_fifo);
    g_test_add_func("/mount/usage/a-dead-server-costs-its-time-once", test_dead);
    return g_test_run();
}
