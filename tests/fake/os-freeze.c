/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-freeze.h"

#include <gio/gio.h>
#include <string.h>

static struct {
    GMutex mutex;
    GCond changed;
    GString *calls;
    FakeFilesystem *filesystems;
    gboolean sure;
    gboolean let_go;
    const gint64 *unwritten;
    guint n_unwritten;
    guint standing;
    guint longest; /* of a joint freeze; 0: one at a time */
    gboolean broken;
    gboolean writers;
    OsFreezeOptions options; /* of the last freeze */
} state;

void fake_freeze_reset(FakeFilesystem *filesystems)
{
    g_mutex_lock(&state.mutex);
    if (state.calls)
        g_string_free(state.calls, TRUE);
    state.calls = g_string_new(NULL);
    state.filesystems = filesystems;
    state.sure = TRUE;
    state.let_go = FALSE;
    state.n_unwritten = 0;
    state.longest = 0;
    state.broken = state.writers = FALSE;
    g_mutex_unlock(&state.mutex);
}

void fake_freeze_set_sure(gboolean sure)
{
    state.sure = sure;
}

char *fake_freeze_calls(void)
{
    g_mutex_lock(&state.mutex);
    char *calls = g_strdup(state.calls->str);
    g_string_truncate(state.calls, 0);
    g_mutex_unlock(&state.mutex);
    return calls;
}

void fake_freeze_await_standing(void)
{
    g_mutex_lock(&state.mutex);
    while (!state.standing)
        g_cond_wait(&state.changed, &state.mutex);
    g_mutex_unlock(&state.mutex);
}

void fake_freeze_await_none_inside(void)
{
    g_mutex_lock(&state.mutex);
    while (state.standing)
        g_cond_wait(&state.changed, &state.mutex);
    g_mutex_unlock(&state.mutex);
}

void fake_freeze_await_closed(const FakeFilesystem *filesystem)
{
    g_mutex_lock(&state.mutex);
    while (filesystem->open)
        g_cond_wait(&state.changed, &state.mutex);
    g_mutex_unlock(&state.mutex);
}

void fake_freeze_let_go(void)
{
    g_mutex_lock(&state.mutex);
    state.let_go = TRUE;
    g_cond_broadcast(&state.changed);
    g_mutex_unlock(&state.mutex);
}

void fake_freeze_set_failure(FakeFilesystem *filesystem, const char *failure)
{
    g_mutex_lock(&state.mutex);
    filesystem->failure = failure;
    g_mutex_unlock(&state.mutex);
}

gboolean fake_freeze_is_frozen(const FakeFilesystem *filesystem)
{
    g_mutex_lock(&state.mutex);
    gboolean frozen = filesystem->frozen;
    g_mutex_unlock(&state.mutex);
    return frozen;
}

void fake_freeze_set_frozen(FakeFilesystem *filesystem, gboolean frozen)
{
    g_mutex_lock(&state.mutex);
    filesystem->frozen = frozen;
    g_mutex_unlock(&state.mutex);
}

static FakeFilesystem *fake_of(const OsFilesystem *filesystem)
{
    FakeFilesystem *fake = state.filesystems;
    while (strcmp(fake->mountpoint, filesystem->mountpoint) != 0)
        fake++;
    return fake;
}

static void stand(void)
{
    state.standing++;
    g_cond_broadcast(&state.changed);
    g_cond_wait(&state.changed, &state.mutex);
    state.standing--;
    g_cond_broadcast(&state.changed);
}

/* Notes the call; with the mutex when it returns.  FALSE and *error if it shall fail. */
static gboolean enter(FakeFilesystem *fake, const char *call, GError **error)
{
    g_mutex_lock(&state.mutex);
    g_string_append_printf(state.calls, "%s %s\n", call, fake->mountpoint);
    while (g_strcmp0(fake->stands, call) == 0 && !state.let_go)
        stand();
    if (g_strcmp0(fake->failure, call) != 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "failed to %s '%s': scripted", call,
                fake->mountpoint);
    return FALSE;
}

void fake_freeze_set_unwritten(const gint64 *bytes, guint count)
{
    state.unwritten = bytes;
    state.n_unwritten = count;
}

gboolean os_freeze_start_write_out(void)
{
    g_mutex_lock(&state.mutex);
    g_string_append(state.calls, "write out\n");
    g_mutex_unlock(&state.mutex);
    return TRUE;
}

gint64 os_freeze_unwritten(void)
{
    g_mutex_lock(&state.mutex);
    g_string_append(state.calls, "unwritten\n");
    gint64 bytes = state.n_unwritten ? *state.unwritten : 0;
    if (state.n_unwritten > 1) {
        state.unwritten++;
        state.n_unwritten--;
    }
    g_mutex_unlock(&state.mutex);
    return bytes;
}

static gboolean plain_call(const OsFilesystem *filesystem, const char *call, GError **error)
{
    gboolean done = enter(fake_of(filesystem), call, error);
    g_mutex_unlock(&state.mutex);
    return done;
}

void os_frozen_free(OsFrozen *handle)
{
}

GPtrArray *os_freeze_list(GError **error)
{
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)os_filesystem_free);

    g_mutex_lock(&state.mutex);
    g_string_append(state.calls, "list\n");
    for (FakeFilesystem *fake = state.filesystems; fake && fake->mountpoint; fake++) {
        OsFilesystem *one = g_new0(OsFilesystem, 1);
        one->mountpoint = g_strdup(fake->mountpoint);
        one->device = g_strdup(fake->device);
        one->type = g_strdup(fake->type);
        one->obstacle = g_strdup(fake->obstacle);
        g_ptr_array_add(list, one);
    }
    g_mutex_unlock(&state.mutex);
    return list;
}

OsFilesystem *os_freeze_find(const GPtrArray *filesystems, const char *path, GError **error)
{
    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = filesystems->pdata[i];
        if (strcmp(one->mountpoint, path) == 0)
            return one;
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "'%s' is not a mount point", path);
    return NULL;
}

gboolean os_freeze_open(OsFilesystem *filesystem, GError **error)
{
    FakeFilesystem *fake = fake_of(filesystem);
    gboolean done = enter(fake, "open", error);

    if (done && fake->gone) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "'%s' is gone", fake->mountpoint);
        done = FALSE;
    }
    fake->open |= done;
    g_mutex_unlock(&state.mutex);
    return done;
}

void os_freeze_close(OsFilesystem *filesystem)
{
    g_mutex_lock(&state.mutex);
    fake_of(filesystem)->open = FALSE;
    g_cond_broadcast(&state.changed);
    g_mutex_unlock(&state.mutex);
}

gboolean os_freeze_sync(const OsFilesystem *filesystem, GError **error)
{
    return plain_call(filesystem, "sync", error);
}

void fake_freeze_set_joint(guint longest)
{
    state.longest = longest;
    state.writers = longest > 0;
}

void fake_freeze_break(void)
{
    g_mutex_lock(&state.mutex);
    state.broken = TRUE;
    for (FakeFilesystem *fake = state.filesystems; fake->mountpoint; fake++)
        fake->frozen = FALSE;
    g_mutex_unlock(&state.mutex);
}

OsFreezeOptions fake_freeze_options(void)
{
    return state.options;
}

gboolean os_freeze_is_joint(void)
{
    return state.longest > 0;
}

guint os_freeze_longest(void)
{
    return state.longest;
}

static OsFreezeOutcome freeze_one(const OsFilesystem *filesystem, GError **error)
{
    FakeFilesystem *fake = fake_of(filesystem);
    OsFreezeOutcome outcome = OS_FREEZE_FAILED;

    if (enter(fake, "freeze", error)) {
        g_assert_true(fake->open);
        outcome = fake->frozen ? OS_FREEZE_ALREADY : OS_FREEZE_DONE;
        if (fake->outcome)
            outcome = fake->outcome;
        fake->frozen |= outcome == OS_FREEZE_DONE;
    }
    g_mutex_unlock(&state.mutex);
    return outcome;
}

static OsFreezeOutcome thaw_one(const OsFilesystem *filesystem, GError **error)
{
    FakeFilesystem *fake = fake_of(filesystem);
    OsFreezeOutcome outcome = OS_FREEZE_FAILED;

    if (enter(fake, "thaw", error)) {
        g_assert_true(fake->open);
        outcome = fake->frozen ? OS_FREEZE_DONE : OS_FREEZE_ALREADY;
        fake->frozen = FALSE;
    }
    if (state.broken) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "couldn't hold writes: scripted");
        outcome = OS_FREEZE_BROKEN;
    }
    g_mutex_unlock(&state.mutex);
    return outcome;
}

/* A joint one that fails has frozen none. */
OsFreezeOutcome os_freeze_freeze(const GPtrArray *filesystems, const OsFreezeOptions *options,
                                 GError **error)
{
    OsFreezeOutcome outcome = OS_FREEZE_DONE;

    g_assert_true(os_freeze_is_joint() || filesystems->len == 1);
    state.options = *options;
    for (guint i = 0; i < filesystems->len && outcome == OS_FREEZE_DONE; i++)
        outcome = freeze_one(filesystems->pdata[i], error);
    for (guint i = 0; i < filesystems->len && outcome == OS_FREEZE_FAILED; i++)
        fake_freeze_set_frozen(fake_of(filesystems->pdata[i]), FALSE);
    return outcome;
}

OsFreezeOutcome os_freeze_thaw(const GPtrArray *filesystems, GError **error)
{
    OsFreezeOutcome outcome = OS_FREEZE_DONE;

    g_assert_true(os_freeze_is_joint() || filesystems->len == 1);
    for (guint i = filesystems->len; i-- > 0 && outcome == OS_FREEZE_DONE;)
        outcome = thaw_one(filesystems->pdata[i], error);
    return outcome;
}

GPtrArray *os_freeze_writers(void)
{
    GPtrArray *writers = g_ptr_array_new_with_free_func((GDestroyNotify)os_freeze_writer_free);

    if (state.writers) {
        OsFreezeWriter *writer = g_new0(OsFreezeWriter, 1);
        writer->name = g_strdup("Scripted Writer");
        writer->id = g_strdup("{1}");
        writer->state = g_strdup("stable");
        g_ptr_array_add(writers, writer);
    }
    return writers;
}

static void suspect(GPtrArray *filesystems)
{
    for (guint i = 0; i < filesystems->len; i++) {
        OsFilesystem *one = filesystems->pdata[i];
        one->suspected = fake_freeze_is_frozen(fake_of(one));
    }
}

gboolean os_freeze_suspect(GPtrArray *filesystems, guint milliseconds)
{
    suspect(filesystems);
    return state.sure;
}

void os_freeze_look_again(GPtrArray *filesystems)
{
    suspect(filesystems);
}
