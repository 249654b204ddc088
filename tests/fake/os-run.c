/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-run.h"

#include <gio/gio.h>
#include <string.h>

static struct {
    GHashTable *outcomes; /* command -> FakeRun */
    GBytes *input;
    char **envp;
    guint time_limit;
    FakeRunSeen seen;
    gpointer data;
} fake;

static void outcome_free(gpointer data)
{
    FakeRun *outcome = data;

    g_free((char *)outcome->output);
    g_free((char *)outcome->failure);
    g_free(outcome);
}

void fake_run_set(const char *command, const FakeRun *outcome)
{
    if (!fake.outcomes)
        fake.outcomes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, outcome_free);
    g_hash_table_remove(fake.outcomes, command);
    if (!outcome)
        return;
    FakeRun *copy = g_memdup2(outcome, sizeof *outcome);
    copy->output = g_strdup(outcome->output);
    copy->failure = g_strdup(outcome->failure);
    g_hash_table_insert(fake.outcomes, g_strdup(command), copy);
}

GBytes *fake_run_input(void)
{
    return fake.input;
}

guint fake_run_time_limit(void)
{
    return fake.time_limit;
}

const char *const *fake_run_envp(void)
{
    return (const char *const *)fake.envp;
}

void fake_run_watch(FakeRunSeen seen, gpointer data)
{
    fake.seen = seen;
    fake.data = data;
}

void fake_run_reset(void)
{
    g_clear_pointer(&fake.outcomes, g_hash_table_unref);
    g_clear_pointer(&fake.input, g_bytes_unref);
    g_clear_pointer(&fake.envp, g_strfreev);
    fake.time_limit = 0;
    fake_run_watch(NULL, NULL);
}

static void note(const OsRun *run)
{
    g_clear_pointer(&fake.input, g_bytes_unref);
    g_clear_pointer(&fake.envp, g_strfreev);
    if (run->input)
        fake.input = g_bytes_new(run->input, run->input_size);
    fake.envp = g_strdupv((char **)run->envp);
    fake.time_limit = run->time_limit;
}

static gboolean called(const OsRun *run, const char *command, GError **error)
{
    g_autofree char *input =
        run->input ? g_strdup_printf(" <%" G_GSIZE_FORMAT " bytes>", run->input_size) : NULL;
    g_autofree char *line = g_strconcat("os_run ", command, input, NULL);

    note(run);
    return fake_info_called(line, error);
}

static const FakeRun *outcome_of(const OsRun *run, const char *command)
{
    static const FakeRun success = {0};
    const FakeRun *outcome = NULL;

    if (fake.outcomes)
        outcome = g_hash_table_lookup(fake.outcomes, command);
    if (fake.outcomes && !outcome)
        outcome = g_hash_table_lookup(fake.outcomes, run->argv[0]);
    return outcome ? outcome : &success;
}

static char *last_of(const char *output, gsize last)
{
    gsize size = output ? strlen(output) : 0;
    return g_strdup(size ? output + size - MIN(size, last) : "");
}

gboolean os_run(const OsRun *run, OsRunResult *result, GError **error)
{
    g_autofree char *command = g_strjoinv(" ", (char **)run->argv);
    if (!called(run, command, error))
        return FALSE;
    if (fake.seen)
        fake.seen(run, fake.data);

    const FakeRun *outcome = outcome_of(run, command);
    if (outcome->failure) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "failed to execute '%s': %s",
                    run->argv[0], outcome->failure);
        return FALSE;
    }
    *result = (OsRunResult){
        .timed_out = outcome->timed_out,
        .end = {outcome->signaled, outcome->status},
        .output = last_of(outcome->output, run->output_last),
    };
    return TRUE;
}
