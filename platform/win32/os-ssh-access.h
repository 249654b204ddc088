/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/* Whose a file is, and who may do what with it. */

/* TRUE if what is behind @handle (open with READ_CONTROL) belongs to @owner, or to those who may do
 * everything anyway: the system, the administrators, the installer of Windows.  Otherwise
 * GetLastError(). */
gboolean os_ssh_is_owned(HANDLE handle, PSID owner);

/* Of something that belongs to @owner, with all rights for it, the system and the administrators,
 * and none for anybody else, whatever the directory above says; sshd insists on that.  @inherited:
 * so is what will be made in it.  Free with LocalFree(); NULL: GetLastError(). */
PSECURITY_DESCRIPTOR os_ssh_descriptor(PSID owner, gboolean inherited);

/* Lets the calling thread give away what it makes, until os_ssh_end_giving(); without the right to
 * do so (SeRestorePrivilege) what it makes for others fails. */
void os_ssh_begin_giving(void);
void os_ssh_end_giving(void);
