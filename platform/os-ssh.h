/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * The text of a user's authorized_keys: read and replaced as a whole, nothing else.  Everything
 * below the home directory is the user's and may be a trap: the work is done with the user's
 * rights (Windows: step by step from the profile, and nothing that belongs to others), no link is
 * followed, only a regular file is read, and it all has a time limit.
 * Blocks, so it runs on a lane; any thread will do.
 */

#define OS_SSH_TEXT_MAX ((gsize)1024 * 1024) /* bytes of the file */

typedef struct OsSshUser OsSshUser;

/* The user called @name.  G_IO_ERROR_NOT_FOUND: there is none; otherwise the message is the OS text
 * alone: the caller words what was tried. */
OsSshUser *os_ssh_user_find(const char *name, GError **error);
void os_ssh_user_free(OsSshUser *user);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OsSshUser, os_ssh_user_free)

/* All bytes of the file, with a NUL after them that *length does not count; the caller frees it.
 * Error: "failed to read 'PATH': ..."; a missing file, directory or home is G_IO_ERROR_NOT_FOUND.
 */
char *os_ssh_read(OsSshUser *user, gsize *length, GError **error);

/* Puts a file with these bytes (at most OS_SSH_TEXT_MAX) in its place, so that a reader sees the
 * old one or the new one.  Missing ones are made for the user alone: the file, the directory, but
 * not the home.  If os_ssh_read() has looked and the file is not what it saw any more, nothing
 * happens: G_IO_ERROR_BUSY, to be read again.  Error: "failed to write 'PATH': ...", "failed to
 * create directory 'PATH': ...". */
gboolean os_ssh_replace(OsSshUser *user, const char *text, gsize length, GError **error);
