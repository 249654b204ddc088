/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* Where /proc, /sys, /etc, /run and /dev are looked for: everything in this back end that reads a
 * fixed path asks here.  The shipped agent always gets @path back; a test that links os-root.c can
 * point it at a captured tree with os_root_set(). */
char *os_root(const char *path);

/* Tests only: the shipped agent has no caller and no switch for it. */
void os_root_set(const char *directory);
