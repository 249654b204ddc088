/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-disk.h"
#include "fake-info.h"
#include "output.h"
#include "schema-commands.h"

#include <string.h>

#define WORD(text) ((char *)(text))

/* Gives a reply back as dispatch does. */
static void give_back(const char *command, gpointer reply)
{
    va_value_clear(va_command_find(command)->out, &reply);
}

static char *text_of(const char *command, gpointer reply)
{
    g_autoptr(VaOutput) output = va_output_new();
    va_encode(va_command_find(command)->out, &reply, output);
    return g_strdup(va_output_text(output)->str);
}

static void set_up(gpointer *unused, gconstpointer data)
{
    fake_info_reset();
    fake_disks_reset();
}

static GPtrArray *disks(void)
{
    GPtrArray *reply = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(cmd_get_disks(&reply, &error));
    g_assert_no_error(error);
    return reply;
}

static GPtrArray *fsinfo(void)
{
    GPtrArray *reply = NULL;
    g_autoptr(GError) error = NULL;
    g_assert_true(cmd_get_fsinfo(&reply, &error));
    g_assert_no_error(error);
    return reply;
}

static const OsDiskAddress full_address = {
    .bus_type = OS_BUS_SCSI,
    .bus = 1,
    .target = 2,
    .unit = 3,
    .pci = {4, 5, 6, 7},
    .ccw = &(OsCcwAddress){8, 9, 10, 11},
    .serial = WORD("serial"),
    .device = WORD("/dev/sda"),
};

static void assert_full_address(const GuestDiskAddress *address)
{
    g_assert_cmpint(address->bus_type, ==, GUEST_DISK_BUS_TYPE_SCSI);
    g_assert_cmpint(address->bus, ==, 1);
    g_assert_cmpint(address->target, ==, 2);
    g_assert_cmpint(address->unit, ==, 3);
    g_assert_cmpint(address->pci_controller->domain, ==, 4);
    g_assert_cmpint(address->pci_controller->bus, ==, 5);
    g_assert_cmpint(address->pci_controller->slot, ==, 6);
    g_assert_cmpint(address->pci_controller->function, ==, 7);
    g_assert_cmpint(address->ccw_address->cssid, ==, 8);
    g_assert_cmpint(address->ccw_address->ssid, ==, 9);
    g_assert_cmpint(address->ccw_address->subchno, ==, 10);
    g_assert_cmpint(address->ccw_address->devno, ==, 11);
    g_assert_cmpstr(address->serial, ==, "serial");
    g_assert_cmpstr(address->dev, ==, "/dev/sda");
}

static void test_disk(gpointer *unused, gconstpointer data)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    const OsDisk list[] = {
        {.name = WORD("/dev/sda"), .address = (OsDiskAddress *)&full_address},
        {.name = WORD("/dev/sda1"), .partition = TRUE, .dependencies = members},
        {.name = WORD("/dev/dm-0"), .alias = WORD("vg-root"), .dependencies = members},
    };
    GPtrArray *reply;
    const GuestDiskInfo *disk;

    g_ptr_array_add(members, WORD("/dev/sda"));
    fake_disks()->disks = list;
    fake_disks()->n_disks = G_N_ELEMENTS(list);
    reply = disks();
    g_assert_cmpuint(reply->len, ==, 3);
    disk = g_ptr_array_index(reply, 0);
    g_assert_cmpstr(disk->name, ==, "/dev/sda");
    g_assert_false(disk->partition);
    g_assert_cmpuint(disk->dependencies->len, ==, 0);
    assert_full_address(disk->address);
    g_assert_null(disk->alias);
    g_assert_null(disk->smart);
    disk = g_ptr_array_index(reply, 1);
    g_assert_true(disk->partition);
    g_assert_null(disk->address);
    g_assert_cmpuint(disk->dependencies->len, ==, 1);
    g_assert_cmpstr(g_ptr_array_index(disk->dependencies, 0), ==, "/dev/sda");
    disk = g_ptr_array_index(reply, 2);
    g_assert_cmpstr(disk->alias, ==, "vg-root");
    give_back("guest-get-disks", reply);
}

static void test_bus_types(gpointer *unused, gconstpointer data)
{
    static const struct {
        OsBus bus;
        const char *word;
    } types[] = {
        {OS_BUS_UNKNOWN, "unknown"},   {OS_BUS_IDE, "ide"},
        {OS_BUS_FLOPPY, "fdc"},        {OS_BUS_SCSI, "scsi"},
        {OS_BUS_VIRTIO, "virtio"},     {OS_BUS_XEN, "xen"},
        {OS_BUS_USB, "usb"},           {OS_BUS_UML, "uml"},
        {OS_BUS_SATA, "sata"},         {OS_BUS_SD, "sd"},
        {OS_BUS_IEEE1394, "ieee1394"}, {OS_BUS_SSA, "ssa"},
        {OS_BUS_FIBRE, "fibre"},       {OS_BUS_RAID, "raid"},
        {OS_BUS_ISCSI, "iscsi"},       {OS_BUS_SAS, "sas"},
        {OS_BUS_MMC, "mmc"},           {OS_BUS_VIRTUAL, "virtual"},
        {OS_BUS_NVME, "nvme"},         {OS_BUS_FILE_BACKED_VIRTUAL, "file-backed-virtual"},
    };
    g_assert_cmpuint(G_N_ELEMENTS(types), ==, OS_BUS_N);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        OsDiskAddress address = {.bus_type = types[i].bus, .pci = {-1, -1, -1, -1}};
        OsDisk disk = {.name = WORD("d"), .address = &address};
        g_autofree char *expected = g_strdup_printf("\"bus-type\": \"%s\"", types[i].word);
        g_autofree char *text = NULL;
        GPtrArray *reply;

        fake_disks()->disks = &disk;
        fake_disks()->n_disks = 1;
        reply = disks();
        text = text_of("guest-get-disks", reply);
        g_assert_nonnull(strstr(text, expected));
        give_back("guest-get-disks", reply);
    }
}

static void test_smart(gpointer *unused, gconstpointer data)
{
    const OsNvmeSmart smart = {1,        300,      99,       10,       3,
                               {11, 12}, {21, 22}, {31, 32}, {41, 42}, {51, 52},
                               {61, 62}, {71, 72}, {81, 82}, {91, 92}, {101, G_MAXUINT64}};
    const OsDisk list[] = {
        {.name = WORD("/dev/nvme0n1"), .nvme = TRUE},
        {.name = WORD("/dev/vda")},
    };
    GPtrArray *reply;
    g_autofree char *text = NULL;

    fake_disks()->disks = list;
    fake_disks()->n_disks = G_N_ELEMENTS(list);
    fake_disks()->smart = &smart;
    reply = disks();
    text = text_of("guest-get-disks", reply);
    g_assert_cmpstr(
        text, ==,
        "[{\"name\": \"/dev/nvme0n1\", \"partition\": false, \"dependencies\": [], "
        "\"smart\": {\"type\": \"nvme\", \"critical-warning\": 1, \"temperature\": 300, "
        "\"available-spare\": 99, \"available-spare-threshold\": 10, \"percentage-used\": 3, "
        "\"data-units-read-lo\": 11, \"data-units-read-hi\": 12, "
        "\"data-units-written-lo\": 21, \"data-units-written-hi\": 22, "
        "\"host-read-commands-lo\": 31, \"host-read-commands-hi\": 32, "
        "\"host-write-commands-lo\": 41, \"host-write-commands-hi\": 42, "
        "\"controller-busy-time-lo\": 51, \"controller-busy-time-hi\": 52, "
        "\"power-cycles-lo\": 61, \"power-cycles-hi\": 62, "
        "\"power-on-hours-lo\": 71, \"power-on-hours-hi\": 72, "
        "\"unsafe-shutdowns-lo\": 81, \"unsafe-shutdowns-hi\": 82, "
        "\"media-errors-lo\": 91, \"media-errors-hi\": 92, "
        "\"number-of-error-log-entries-lo\": 101, "
        "\"number-of-error-log-entries-hi\": 18446744073709551615}}, "
        "{\"name\": \"/dev/vda\", \"partition\": false, \"dependencies\": []}]");
    give_back("guest-get-disks", reply);
}

static void test_silent_smart(gpointer *unused, gconstpointer data)
{
    const OsDisk list[] = {{.name = WORD("/dev/nvme0n1"), .nvme = TRUE}};
    GPtrArray *reply;

    fake_disks()->disks = list;
    fake_disks()->n_disks = 1;
    reply = disks();
    g_assert_null(((GuestDiskInfo *)g_ptr_array_index(reply, 0))->smart);
    give_back("guest-get-disks", reply);
}

static const OsMounted root = {WORD("vda1"), WORD("/"), WORD("ext4"), NULL, TRUE, 0};
static const OsMounted home = {WORD("vdb"), WORD("/home"), WORD("xfs"), NULL, TRUE, 0};
static const OsMounted bind = {WORD("vda1"), WORD("/srv"), WORD("ext4"), NULL, FALSE, 0};

static void mounts_are(const FakeMount *mounts, guint n)
{
    fake_disks()->mounts = mounts;
    fake_disks()->n_mounts = n;
}

static void test_filesystems(gpointer *unused, gconstpointer data)
{
    const FakeMount mounts[] = {
        {.mount = &root, .told = TRUE, .usage = {1, 2, G_MAXUINT64}},
        {.mount = &home},
        {.mount = &bind, .told = TRUE, .usage = {4, 5, 6}},
    };
    GPtrArray *reply;
    g_autofree char *text = NULL;

    mounts_are(mounts, G_N_ELEMENTS(mounts));
    reply = fsinfo();
    text = text_of("guest-get-fsinfo", reply);
    g_assert_cmpstr(text, ==,
                    "[{\"name\": \"vda1\", \"mountpoint\": \"/srv\", \"type\": \"ext4\", "
                    "\"used-bytes\": 4, \"total-bytes\": 5, \"total-bytes-privileged\": 6, "
                    "\"disk\": []}, "
                    "{\"name\": \"vdb\", \"mountpoint\": \"/home\", \"type\": \"xfs\", "
                    "\"disk\": []}, "
                    "{\"name\": \"vda1\", \"mountpoint\": \"/\", \"type\": \"ext4\", "
                    "\"used-bytes\": 1, \"total-bytes\": 2, "
                    "\"total-bytes-privileged\": 18446744073709551615, \"disk\": []}]");
    give_back("guest-get-fsinfo", reply);
}

static void test_disk_of_filesystem(gpointer *unused, gconstpointer data)
{
    const FakeMount mounts[] = {{.mount = &root}};
    GPtrArray *reply;
    const GuestFilesystemInfo *filesystem;

    mounts_are(mounts, 1);
    fake_disks()->address = &full_address;
    reply = fsinfo();
    filesystem = g_ptr_array_index(reply, 0);
    g_assert_cmpuint(filesystem->disk->len, ==, 1);
    assert_full_address(g_ptr_array_index(filesystem->disk, 0));
    give_back("guest-get-fsinfo", reply);
}

static void test_dead_filesystems(gpointer *unused, gconstpointer data)
{
    const FakeMount dead = {.mount = &home, .told = TRUE, .takes = G_MAXUINT};
    const FakeMount slow = {.mount = &bind, .told = TRUE, .takes = 900};
    const FakeMount mounts[] = {
        {.mount = &root, .told = TRUE, .takes = 1}, dead, dead, dead, slow, dead,
    };
    GPtrArray *reply;

    mounts_are(mounts, G_N_ELEMENTS(mounts));
    reply = fsinfo();
    g_assert_cmpstr(fake_info()->calls->str, ==,
                    "os_mount_list\nusage /home 1000\nusage /srv 1000\nusage /home 1000\n"
                    "usage /home 1000\nusage /home 100\nusage / 50\n");
    for (guint i = 0; i < reply->len; i++) {
        const GuestFilesystemInfo *filesystem = g_ptr_array_index(reply, i);
        g_assert_cmpint(filesystem->has_used_bytes, ==,
                        strcmp(filesystem->mountpoint, "/home") != 0);
    }
    give_back("guest-get-fsinfo", reply);
}

static GuestFilesystemTrimResponse *fstrim(gint64 minimum)
{
    const GuestFstrimIn in = {.has_minimum = minimum >= 0, .minimum = minimum};
    GuestFilesystemTrimResponse *reply = NULL;
    g_assert_true(cmd_fstrim(&in, &reply, NULL));
    return reply;
}

static void test_trim(gpointer *unused, gconstpointer data)
{
    const FakeMount mounts[] = {
        {.mount = &root, .told = TRUE, .trim = {TRUE, G_MAXUINT64, 4096}},
        {.mount = &home, .cannot_trim = TRUE},
        {.mount = &bind},
        {.mount = &home},
    };
    GuestFilesystemTrimResponse *reply;
    g_autofree char *text = NULL;

    mounts_are(mounts, G_N_ELEMENTS(mounts));
    reply = fstrim(-1);
    text = text_of("guest-fstrim", reply);
    g_assert_cmpstr(text, ==,
                    "{\"paths\": [{\"path\": \"/home\", \"error\": \"failed to trim: broken\"}, "
                    "{\"path\": \"/home\", \"error\": \"trim not supported\"}, "
                    "{\"path\": \"/\", \"trimmed\": 9223372036854775807, \"minimum\": 4096}]}");
    g_assert_cmpstr(fake_info()->calls->str, ==,
                    "os_mount_list\ntrim /home 0\ntrim /home 0\ntrim / 0\n");
    give_back("guest-fstrim", reply);
}

static void test_trim_minimum(gpointer *unused, gconstpointer data)
{
    const FakeMount mounts[] = {{.mount = &root, .told = TRUE}};
    const GuestFstrimIn negative = {.has_minimum = TRUE, .minimum = -1};
    GuestFilesystemTrimResponse *reply;
    g_autoptr(GError) error = NULL;

    mounts_are(mounts, 1);
    reply = fstrim(65536);
    g_assert_cmpstr(fake_info()->calls->str, ==, "os_mount_list\ntrim / 65536\n");
    give_back("guest-fstrim", reply);
    fake_info_reset();
    g_assert_false(cmd_fstrim(&negative, &reply, &error));
    g_assert_cmpstr(error->message, ==, "value '-1' is invalid for argument minimum");
    g_assert_cmpstr(fake_info()->calls->str, ==, "");
}

static void test_failures(gpointer *unused, gconstpointer data)
{
    gboolean (*const lists[])(GPtrArray **, GError **) = {cmd_get_disks, cmd_get_fsinfo};
    const GuestFstrimIn in = {.has_minimum = FALSE};
    GuestFilesystemTrimResponse *paths = NULL;
    g_autoptr(GError) error = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autoptr(GError) local = NULL;
        GPtrArray *reply = NULL;
        fake_info()->failure = "no table";
        g_assert_false(lists[i](&reply, &local));
        g_assert_cmpstr(local->message, ==, "no table");
        g_assert_null(reply);
    }
    fake_info()->failure = "no table";
    g_assert_false(cmd_fstrim(&in, &paths, &error));
    g_assert_null(paths);
}

#define ADD(name, function) g_test_add("/disk/" name, gpointer, NULL, set_up, function, NULL)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("disks/every-member-is-handed-over", test_disk);
    ADD("disks/every-bus-has-its-word", test_bus_types);
    ADD("disks/counters-of-128-bits-come-in-two", test_smart);
    ADD("disks/one-that-tells-nothing-of-its-health-is-listed", test_silent_smart);
    ADD("filesystems/the-last-mount-comes-first", test_filesystems);
    ADD("filesystems/know-their-disks", test_disk_of_filesystem);
    ADD("filesystems/dead-ones-cost-four-seconds-in-all", test_dead_filesystems);
    ADD("trim/each-filesystem-once-and-each-has-its-result", test_trim);
    ADD("trim/a-negative-minimum-touches-nothing", test_trim_minimum);
    ADD("a-failure-is-passed-on-and-nothing-written", test_failures);
    return g_test_run();
}
