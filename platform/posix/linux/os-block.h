/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Block devices as /sys knows them, by their names there ("vda1", "dm-0", "cciss!c0d0").  Nothing
 * here opens a device or touches storage.
 */

/* The name of device @major:@minor, from the link in /sys/dev/block; NULL if there is none. */
char *os_block_name(guint major, guint minor);

/* The device file of a name: "/dev/" and the name, ! being / there. */
char *os_block_path(const char *name);

/* The reverse, for a name that a person or the mount table has ("/dev/mapper/vg-root", a link of
 * udev): NULL if @path is not below /dev or no block device. */
char *os_block_find(const char *path);

/* Sorts an array of names as people would: sd9 before sd10. */
int os_block_compare(gconstpointer a, gconstpointer b);

/* Names (char *) of what is in a directory of /sys, sorted; empty if there is no such directory. */
GPtrArray *os_block_entries(const char *directory);

/* Names (char *) of all block devices, partitions included, sorted. */
GPtrArray *os_block_list(void);

/* What the file @attribute of the device holds, without the newline; "queue/rotational" will do.
 * NULL if there is none. */
char *os_block_attribute(const char *name, const char *attribute);

/* Names (char *) of the devices that @name is directly made of: the disk of a partition, the slaves
 * of device mapper and md, the paths of an NVMe multipath head; empty for what stands by itself. */
GPtrArray *os_block_members(const char *name);

/* The file behind a loop device as /sys/block/loopN/loop/backing_file has it; NULL: @name is none,
 * or the file was deleted. */
char *os_block_backing_file(const char *name);

/* Devices (names, char *) that the filesystem with the superblock @major:@minor of @type is on,
 * from @source if the kernel gives the superblock no device of its own (btrfs: all devices of the
 * filesystem, from /sys/fs/btrfs; bcachefs); empty if that cannot be found out. */
GPtrArray *os_block_of_mount(guint major, guint minor, const char *type, const char *source);
