/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Files of this machine; "-" is standard input or output.  Errors are FAILURE_LOCAL and name the
 * file.
 */

/* All of a file of at most @limit bytes. */
GBytes *local_file_contents(const char *path, gsize limit, GError **error);

typedef struct LocalSource LocalSource;

LocalSource *local_source_open(const char *path, GError **error);
void local_source_free(LocalSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalSource, local_source_free)

/* Bytes in it, -1 if that is not known. */
gint64 local_source_size(const LocalSource *source);

/* Fills @data; *got is less than @size at the end only. */
gboolean local_source_read(LocalSource *source, void *data, gsize size, gsize *got, GError **error);

/*
 * A file that is written beside its place and put there when it is complete: what was there before
 * stays until then, and for good if something fails.  It gets the permissions of a file that it
 * replaces.  A directory, a device or a pipe is not replaced: an error.
 */
typedef struct LocalTarget LocalTarget;

/* Where a copy of @remote, a path of any system, goes: @path, or the last name of @remote in it if
 * that is a directory.  Both are the user's own words; the guest has no say. */
char *local_target_place(const char *path, const char *remote, GError **error);

LocalTarget *local_target_open(const char *path, gboolean raw, GError **error);
gboolean local_target_write(LocalTarget *target, const void *data, gsize size, GError **error);
gboolean local_target_finish(LocalTarget *target, GError **error);

/* Without local_target_finish() before: nothing has happened. */
void local_target_free(LocalTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LocalTarget, local_target_free)

/* TRUE if that is standard output. */
gboolean local_file_is_standard(const char *path);
