/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

#include <winternl.h>

/* Files by the handle of their directory and one name, as openat(2) has it: Windows does it, but
 * only below its Win32 interface.  FALSE or NULL: the reason is GetLastError(). */

/* NtCreateFile() of @name in @parent; a reparse point itself is opened, not where it leads to.
 * Nobody is waited for: what a program holds with an oplock, which it would have to give up first,
 * is ERROR_OPLOCK_NOT_GRANTED. */
HANDLE os_ssh_at_open(HANDLE parent, const wchar_t *name, ACCESS_MASK access, ULONG share,
                      ULONG disposition, ULONG options, PSECURITY_DESCRIPTOR descriptor);

/* Whether @handle is of a directory, or of a regular file that has one name only. */
gboolean os_ssh_at_is_kind(HANDLE handle, gboolean directory);

/* Whether it is where it was opened, whatever may have happened to @parent. */
gboolean os_ssh_at_is_in(HANDLE handle, HANDLE parent, const wchar_t *name);

/* Gives @file, open with DELETE, the name @name in @directory.  *@old is what has that name now, or
 * NULL: then nothing may have it, or it fails with ERROR_BUSY.  It is closed if the filesystem does
 * not replace an open file; it must have been opened with FILE_SHARE_DELETE. */
gboolean os_ssh_at_rename(HANDLE file, HANDLE directory, const wchar_t *name, HANDLE *old);

/* Removes @file, open with DELETE, when it is closed; leaves GetLastError() as it is. */
void os_ssh_at_remove(HANDLE file);
