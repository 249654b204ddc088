/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Programs of the administrator that the agent runs with its own rights: only what nobody else can
 * change.  That is a regular file (a symbolic link is followed and the target judged) that belongs
 * to the administrator, or to the user the agent runs as, and is not writable by group or others;
 * and so is every directory on the way to it, those of symbolic links included.  A sticky directory
 * that all may write to, like /tmp, is no exception.
 *
 * Windows: a file .exe, .cmd or .bat on a disk of this machine, reached by no link or junction; it
 * and the directories on the way belong to the system, the administrators or the agent's user, and
 * their access lists let nobody else change or replace what is there.
 */

/* FALSE and *error if @path must not be run: "hook '/x' is writable by others", "hook '/x' belongs
 * to user 1000", "directory '/d' of hook '/d/x' is writable by others", "... is not executable",
 * "... is not a regular file", "... is not an absolute path"; "failed to look at hook '/x': OS
 * text", which is G_IO_ERROR_NOT_FOUND if there is nothing. */
gboolean os_hook_check(const char *path, GError **error);

/* Paths (char *) of the programs in @directory, sorted by name in the C locale.  A missing or empty
 * @directory is an empty list.  Left out are names that begin with a dot or end like a leftover of
 * an editor or a package manager (~ .bak .orig .swp .sample .rpmsave .rpmnew .rpmorig .dpkg-old
 * .dpkg-new .dpkg-tmp .dpkg-dist .ucf-dist .ucf-old .ucf-new .pacnew .pacsave), directories, and
 * files nobody may execute: that is how a hook is switched off.  The first that os_hook_check()
 * refuses is the error: a freeze must not go on without it. */
GPtrArray *os_hooks_list(const char *directory, GError **error);
