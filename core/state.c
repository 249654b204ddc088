/* SPDX-License-Identifier: Apache-2.0 */
#include "state.h"

#include "error.h"
#include "os-system.h"

#include <glib/gstdio.h>
#include <string.h>

#define STATE_FILE  "qga.state"
#define MARKER_FILE "qga.state.isfrozen"
#define GROUP       "global"
#define KEY         "fd_counter"

#define STATE_FILE_MODE 0600

/* Below are the numbers of descriptors, which a host could mistake for handles. */
#define FIRST_HANDLE G_GINT64_CONSTANT(1000)

/* Taken at a time: one write of the file for so many handles. */
#define RESERVED_AHEAD G_GINT64_CONSTANT(1000)

/* No agent gets there by counting; what is above was not written by one. */
#define LAST_RESERVED (G_MAXINT64 / 2)

/* The marker says when the freeze ends, and since which start of the system that time counts.  One
 * left by qemu-ga is empty. */
#define MARKER_GROUP    "freeze"
#define MARKER_BOOT     "boot"
#define MARKER_DEADLINE "deadline"

struct VaState {
    char *file;
    char *marker;
    gboolean was_frozen;
    gboolean knows_deadline;
    gint64 deadline;
    gint64 next;     /* handle to give out */
    gint64 reserved; /* as the file has it: the first number that is not ours yet */
};

/* qemu-ga counts in 32 bits and leaves a negative number once that has overflowed. */
static gboolean read_counter(VaState *state, GKeyFile *key_file, GError **error)
{
    g_autofree char *text = g_key_file_get_value(key_file, GROUP, KEY, NULL);
    gint64 counter;

    if (!text)
        return TRUE;
    if (!g_ascii_string_to_signed(g_strstrip(text), 10, G_MININT64, LAST_RESERVED, &counter, error))
        return FALSE;
    state->next = state->reserved = MAX(counter, FIRST_HANDLE);
    return TRUE;
}

static gboolean read_file(VaState *state, GError **error)
{
    g_autoptr(GKeyFile) key_file = g_key_file_new();
    g_autoptr(GError) why = NULL;

    if (g_key_file_load_from_file(key_file, state->file, G_KEY_FILE_NONE, &why))
        return read_counter(state, key_file, error);
    if (g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&why));
    return FALSE;
}

/* A marker from before a restart of the system says nothing about this one. */
static void read_marker(VaState *state)
{
    g_autoptr(GKeyFile) marker = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *now = os_system_boot_id();

    state->was_frozen = g_file_test(state->marker, G_FILE_TEST_EXISTS);
    if (!g_key_file_load_from_file(marker, state->marker, G_KEY_FILE_NONE, NULL))
        return;
    g_autofree char *boot = g_key_file_get_string(marker, MARKER_GROUP, MARKER_BOOT, NULL);
    state->deadline = g_key_file_get_int64(marker, MARKER_GROUP, MARKER_DEADLINE, &error);
    state->knows_deadline = !error && g_strcmp0(boot, now) == 0;
    state->was_frozen = !boot || !now || strcmp(boot, now) == 0;
}

gboolean va_state_frozen_deadline(const VaState *state, gint64 *deadline)
{
    if (state->knows_deadline)
        *deadline = state->deadline;
    return state->knows_deadline;
}

gboolean va_state_mark_frozen(const VaState *state, gint64 deadline, GError **error)
{
    g_autoptr(GKeyFile) marker = g_key_file_new();
    g_autofree char *boot = os_system_boot_id();

    if (boot)
        g_key_file_set_string(marker, MARKER_GROUP, MARKER_BOOT, boot);
    g_key_file_set_int64(marker, MARKER_GROUP, MARKER_DEADLINE, deadline);
    g_autofree char *text = g_key_file_to_data(marker, NULL, NULL);
    if (g_file_set_contents_full(state->marker, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 STATE_FILE_MODE, error))
        return TRUE;
    g_prefix_error(error, "failed to note down that filesystems are frozen: ");
    return FALSE;
}

void va_state_clear_frozen(const VaState *state)
{
    g_unlink(state->marker);
}

void va_state_remove(const char *directory)
{
    static const char *const names[] = {STATE_FILE, MARKER_FILE};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(directory, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(directory);
}

VaState *va_state_load(const char *directory, GError **error)
{
    g_autoptr(VaState) state = g_new0(VaState, 1);

    state->file = g_build_filename(directory, STATE_FILE, NULL);
    state->marker = g_build_filename(directory, MARKER_FILE, NULL);
    state->next = state->reserved = FIRST_HANDLE;
    read_marker(state);
    if (!g_file_test(directory, G_FILE_TEST_IS_DIR)) {
        va_fail(error, "failed to load persistent state: there is no directory '%s'", directory);
        return NULL;
    }
    if (!read_file(state, error)) {
        g_prefix_error(error, "failed to load persistent state '%s': ", state->file);
        return NULL;
    }
    return g_steal_pointer(&state);
}

void va_state_free(VaState *state)
{
    if (!state)
        return;
    g_free(state->file);
    g_free(state->marker);
    g_free(state);
}

gboolean va_state_was_frozen(const VaState *state)
{
    return state->was_frozen;
}

/* Other groups and keys that stood there are not kept: no agent has ever written any. */
static gboolean reserve(VaState *state, GError **error)
{
    gint64 reserved = state->next + RESERVED_AHEAD;
    g_autofree char *text =
        g_strdup_printf("[" GROUP "]\n" KEY "=%" G_GINT64_FORMAT "\n", reserved);

    if (!g_file_set_contents_full(state->file, text, -1, G_FILE_SET_CONTENTS_CONSISTENT,
                                  STATE_FILE_MODE, error)) {
        g_prefix_error(error, "failed to commit persistent state to disk: ");
        return FALSE;
    }
    state->reserved = reserved;
    return TRUE;
}

gboolean va_state_next_handle(VaState *state, gint64 *handle, GError **error)
{
    if (state->next == state->reserved && !reserve(state, error))
        return FALSE;
    *handle = state->next++;
    return TRUE;
}
