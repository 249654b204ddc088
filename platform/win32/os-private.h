/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <windows.h>

/*
 * What nobody but the system, the administrators and the account we run as may touch.  These three
 * are "ours" here, everybody else is "others".
 */

/* A protected access list that gives ours everything and others nothing, also to what is made
 * inside a directory that has it.  Free with LocalFree(), as OsDescriptor does. */
typedef PSECURITY_DESCRIPTOR OsDescriptor;

static inline void os_descriptor_free(PSECURITY_DESCRIPTOR descriptor)
{
    LocalFree(descriptor);
}
G_DEFINE_AUTO_CLEANUP_FREE_FUNC(OsDescriptor, os_descriptor_free, NULL)

PSECURITY_DESCRIPTOR os_private_descriptor(GError **error);

/* Makes the directory @path and its missing parents with such a list.  TRUE, too, if there is one:
 * that one stays as it is. */
gboolean os_private_make_directory(const char *path, GError **error);

/* Whether the directory @path is ours; a link to elsewhere never is. */
gboolean os_private_check_owner(const char *path, GError **error);

/* The same, and that nothing directly in it is others'.  If others may write there, the access list
 * above takes that from them: what a user was free to make in a directory for all programs. */
gboolean os_private_secure_directory(const char *path, GError **error);
