/* SPDX-License-Identifier: Apache-2.0 */
#include "os-block.h"
#include "root-tree.h"

/* LUKS on a partition, a logical volume on it and on an md of two disks, a device with a slash, an
 * NVMe disk with two paths beside one without, loop devices. */
static const char tree[] =
    "/sys/dev/block/254:2 -> ../../devices/pci0/virtio1/block/vda/vda2\n"
    "/sys/class/block/vda -> ../../devices/pci0/virtio1/block/vda\n"
    "/sys/class/block/vda2 -> ../../devices/pci0/virtio1/block/vda/vda2\n"
    "/sys/devices/pci0/virtio1/block/vda/serial = disk-1\n"
    "/sys/devices/pci0/virtio1/block/vda/vda2/partition = 2\n"
    "/sys/class/block/vdb -> ../../devices/pci0/virtio2/block/vdb\n"
    "/sys/devices/pci0/virtio2/block/vdb/slaves/\n"
    "/sys/class/block/vdc -> ../../devices/pci0/virtio3/block/vdc\n"
    "/sys/devices/pci0/virtio3/block/vdc/slaves/\n"
    "/sys/class/block/vdj -> ../../devices/pci0/virtio4/block/vdj\n"
    "/sys/devices/pci0/virtio4/block/vdj/slaves/\n"
    "/sys/class/block/md0 -> ../../devices/virtual/block/md0\n"
    "/sys/devices/virtual/block/md0/slaves/vdc -> ../../../../pci0/virtio3/block/vdc\n"
    "/sys/devices/virtual/block/md0/slaves/vdb -> ../../../../pci0/virtio2/block/vdb\n"
    "/sys/class/block/dm-0 -> ../../devices/virtual/block/dm-0\n"
    "/sys/devices/virtual/block/dm-0/dm/name = luks-1\n"
    "/sys/devices/virtual/block/dm-0/slaves/vda2 -> ../../../../pci0/virtio1/block/vda/vda2\n"
    "/sys/class/block/dm-1 -> ../../devices/virtual/block/dm-1\n"
    "/sys/devices/virtual/block/dm-1/dm/name = vg-root\n"
    "/sys/devices/virtual/block/dm-1/slaves/dm-0 -> ../../dm-0\n"
    "/sys/devices/virtual/block/dm-1/slaves/md0 -> ../../md0\n"
    "/sys/class/block/cciss!c0d0 -> ../../devices/pci0/cciss0/c0d0/block/cciss!c0d0\n"
    "/sys/class/block/cciss!c0d0p1 -> "
    "../../devices/pci0/cciss0/c0d0/block/cciss!c0d0/cciss!c0d0p1\n"
    "/sys/devices/pci0/cciss0/c0d0/block/cciss!c0d0/cciss!c0d0p1/partition = 1\n"
    "/sys/class/block/nvme0n1 -> ../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1\n"
    "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/slaves/\n"
    "/sys/class/block/nvme0n1p1 -> "
    "../../devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1\n"
    "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1/nvme0n1p1/partition = 1\n"
    "/sys/class/block/nvme0c0n1 -> ../../devices/pci0/nvme/nvme0/nvme0c0n1\n"
    "/sys/devices/pci0/nvme/nvme0/nvme0c0n1/hidden = 1\n"
    "/sys/class/block/nvme0c1n1 -> ../../devices/pci1/nvme/nvme1/nvme0c1n1\n"
    "/sys/devices/pci1/nvme/nvme1/nvme0c1n1/hidden = 1\n"
    "/sys/class/block/nvme0c1n11 -> ../../devices/pci1/nvme/nvme1/nvme0c1n11\n"
    "/sys/devices/pci1/nvme/nvme1/nvme0c1n11/hidden = 1\n"
    "/sys/class/block/nvme1n1 -> ../../devices/pci2/nvme/nvme2/nvme1n1\n"
    "/sys/devices/pci2/nvme/nvme2/nvme1n1/hidden = 0\n"
    "/sys/class/block/loop3 -> ../../devices/virtual/block/loop3\n"
    "/sys/devices/virtual/block/loop3/loop/backing_file = /srv/a (b)\n"
    "/sys/class/block/loop4 -> ../../devices/virtual/block/loop4\n"
    "/sys/devices/virtual/block/loop4/loop/backing_file = /srv/gone (deleted)\n"
    "/sys/class/block/loop5 -> ../../devices/virtual/block/loop5\n"
    "/sys/devices/virtual/block/loop5/size = 0\n"
    "/sys/fs/btrfs/features/\n"
    "/sys/fs/btrfs/11111111-1111/devices/md0 -> ../../../../devices/virtual/block/md0\n"
    "/sys/fs/btrfs/22222222-2222/devices/vdj -> ../../../../devices/pci0/virtio4/block/vdj\n"
    "/sys/fs/btrfs/22222222-2222/devices/dm-1 -> ../../../../devices/virtual/block/dm-1\n"
    "/dev/vda2 = node\n"
    "/dev/vdj = node\n"
    "/dev/cciss/c0d0 = node\n"
    "/dev/dm-1 = node\n"
    "/dev/mapper/vg-root -> ../dm-1\n"
    "/dev/mapper/luks-1 = node\n"
    "/dev/disk/by-label/data -> ../../vdj\n"
    "/etc/passwd = vda2\n"
    "/dev/out -> ../etc/passwd\n";

typedef struct {
    char *root;
} Tree;

static void tree_set_up(Tree *fixture, gconstpointer data)
{
    fixture->root = root_tree_unpack_text(tree);
}

static void tree_tear_down(Tree *fixture, gconstpointer data)
{
    root_tree_remove(fixture->root);
}

/* Compares the names, one after the other, with blanks between them. */
static void assert_names(GPtrArray *names, const char *expected)
{
    g_autofree char *joined = NULL;

    g_ptr_array_add(names, NULL);
    joined = g_strjoinv(" ", (char **)names->pdata);
    g_assert_cmpstr(joined, ==, expected);
    g_ptr_array_unref(names);
}

static void test_names(Tree *fixture, gconstpointer data)
{
    g_autofree char *name = os_block_name(254, 2);
    g_autofree char *path = os_block_path("cciss!c0d0");

    g_assert_cmpstr(name, ==, "vda2");
    g_assert_null(os_block_name(0, 2));
    g_assert_cmpstr(path, ==, "/dev/cciss/c0d0");
    assert_names(os_block_list(),
                 "cciss!c0d0 cciss!c0d0p1 dm-0 dm-1 loop3 loop4 loop5 md0 nvme0c0n1 nvme0c1n1 "
                 "nvme0c1n11 nvme0n1 nvme0n1p1 nvme1n1 vda vda2 vdb vdc vdj");
}

static void assert_found(const char *path, const char *expected)
{
    g_autofree char *name = os_block_find(path);
    g_assert_cmpstr(name, ==, expected);
}

static void test_find(Tree *fixture, gconstpointer data)
{
    assert_found("/dev/vda2", "vda2");
    assert_found("/dev/cciss/c0d0", "cciss!c0d0");
    assert_found("/dev/mapper/vg-root", "dm-1");
    assert_found("/dev/mapper/luks-1", "dm-0");
    assert_found("/dev/disk/by-label/data", "vdj");
    assert_found("/dev/mapper/nobody", NULL);
    assert_found("/dev/..", NULL);
    assert_found("/dev/", NULL);
    assert_found("/dev/out", NULL);
    assert_found("/etc/passwd", NULL);
    assert_found("vda2", NULL);
    assert_found("server:/export", NULL);
}

static void test_attributes(Tree *fixture, gconstpointer data)
{
    g_autofree char *serial = os_block_attribute("vda", "serial");

    g_assert_cmpstr(serial, ==, "disk-1");
    g_assert_null(os_block_attribute("vda", "nothing"));
    g_assert_null(os_block_attribute("nobody", "serial"));
}

static void test_members(Tree *fixture, gconstpointer data)
{
    assert_names(os_block_members("vda2"), "vda");
    assert_names(os_block_members("cciss!c0d0p1"), "cciss!c0d0");
    assert_names(os_block_members("dm-0"), "vda2");
    assert_names(os_block_members("dm-1"), "dm-0 md0");
    assert_names(os_block_members("md0"), "vdb vdc");
    assert_names(os_block_members("vda"), "");
    assert_names(os_block_members("loop3"), "");
    assert_names(os_block_members("nobody"), "");
}

static void test_nvme(Tree *fixture, gconstpointer data)
{
    assert_names(os_block_members("nvme0n1"), "nvme0c0n1 nvme0c1n1");
    assert_names(os_block_members("nvme0n1p1"), "nvme0n1");
    assert_names(os_block_members("nvme0c0n1"), "");
    assert_names(os_block_members("nvme1n1"), "");
    assert_names(os_block_members("nvme"), "");
}

static void test_backing_file(Tree *fixture, gconstpointer data)
{
    g_autofree char *file = os_block_backing_file("loop3");

    g_assert_cmpstr(file, ==, "/srv/a (b)");
    g_assert_null(os_block_backing_file("loop4"));
    g_assert_null(os_block_backing_file("loop5"));
    g_assert_null(os_block_backing_file("vda"));
}

static void test_mounts(Tree *fixture, gconstpointer data)
{
    assert_names(os_block_of_mount(254, 2, "ext4", "/dev/root"), "vda2");
    assert_names(os_block_of_mount(0, 40, "btrfs", "/dev/mapper/vg-root"), "dm-1 vdj");
    assert_names(os_block_of_mount(0, 40, "btrfs", "/dev/disk/by-label/data"), "dm-1 vdj");
    assert_names(os_block_of_mount(0, 41, "btrfs", "/dev/cciss/c0d0"), "cciss!c0d0");
    assert_names(os_block_of_mount(0, 42, "btrfs", "/dev/nothing"), "");
    assert_names(os_block_of_mount(0, 43, "bcachefs", "/dev/vda2:/dev/vdj"), "vda2 vdj");
    assert_names(os_block_of_mount(0, 44, "tmpfs", "/dev/vda2"), "");
    assert_names(os_block_of_mount(0, 45, "nfs", "server:/export"), "");
}

static void test_no_sys(void)
{
    char *root = root_tree_unpack_text("");

    assert_names(os_block_list(), "");
    assert_names(os_block_members("vda1"), "");
    assert_names(os_block_of_mount(254, 2, "ext4", "/dev/vda2"), "");
    g_assert_null(os_block_name(254, 2));
    root_tree_remove(root);
}

#define ADD(name, function)                                                                        \
    g_test_add("/block/" name, Tree, NULL, tree_set_up, function, tree_tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("devices-have-names-and-device-files", test_names);
    ADD("a-path-below-dev-leads-to-its-device", test_find);
    ADD("attributes-come-without-their-newline", test_attributes);
    ADD("members-are-what-a-device-is-directly-made-of", test_members);
    ADD("the-paths-of-an-nvme-head-are-its-members", test_nvme);
    ADD("a-loop-device-has-a-file-unless-it-was-deleted", test_backing_file);
    ADD("a-mount-is-on-the-devices-of-its-filesystem", test_mounts);
    g_test_add_func("/block/without-sys-there-is-nothing", test_no_sys);
    return g_test_run();
}
