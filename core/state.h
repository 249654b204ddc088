/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * What survives a restart, in the state directory: `qga.state` (the next file handle) and
 * `qga.state.isfrozen` (a marker that exists while filesystems are frozen).  Names and format are
 * those of the QEMU guest agent, so that one can take over from the other.
 */
typedef struct VaState VaState;

/* Reads the state; a directory that is missing or a file that cannot be understood is an error
 * ("failed to load persistent state ..."), a missing file is a fresh start. */
VaState *va_state_load(const char *directory, GError **error);
void va_state_free(VaState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaState, va_state_free)

/* TRUE if the marker was there, and not from before a restart of the system: a predecessor died
 * while filesystems were frozen. */
gboolean va_state_was_frozen(const VaState *state);

/* When that freeze was to end by itself, as g_get_monotonic_time() says then; 0: never.  FALSE if
 * it is not known. */
gboolean va_state_frozen_deadline(const VaState *state, gint64 *deadline);

/* Puts the marker there; it is on the disk when this returns.  Any thread. */
gboolean va_state_mark_frozen(const VaState *state, gint64 deadline, GError **error);

/* Removes it.  Any thread. */
void va_state_clear_frozen(const VaState *state);

/* Removes the state, of whichever agent, and @directory if nothing else is in it. */
void va_state_remove(const char *directory);

/* A file handle number never given out before, from 1000 upwards, also by earlier instances. Blocks
 * of numbers are reserved ahead, so the file is rarely written.  Error: "failed to commit
 * persistent state to disk: ..." */
gboolean va_state_next_handle(VaState *state, gint64 *handle, GError **error);
