/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The files of a system in one text, tests/roots/NAME.tree, unpacked where os_root() looks.  One
 * file a line; directories above come by themselves:
 *
 *   # a comment, as are empty lines
 *   /sys/block/vda -> ../devices/pci0000:00/0000:00:02.0/virtio1/block/vda     a symbolic link
 *   /sys/devices/virtual/block/dm-0/dm/name = vg-root      a file with one line
 *   /sys/devices/vpd_pg80 hex 0080000441424344             a file of these bytes
 *   /proc/self/mountinfo:                                  a file with the lines below, which
 *   |22 27 0:21 / /proc rw - proc proc rw                  begin with a bar
 *   /sys/devices/virtual/block/dm-0/slaves/                a directory
 *
 * tools/capture-root writes such a text from a running system.
 */

/* Where it is unpacked: the root from here on, until root_tree_remove(). */
char *root_tree_unpack(const char *name);

/* The same of a text.  More of it may be added to a tree; what is there is replaced. */
char *root_tree_unpack_text(const char *text);
void root_tree_add(const char *directory, const char *text);

/* Deletes it, and os_root() is / again. */
void root_tree_remove(char *directory);
