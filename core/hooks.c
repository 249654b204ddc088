/* SPDX-License-Identifier: Apache-2.0 */
#include "hooks.h"

#include <gio/gio.h>

#include "error.h"
#include "os-hooks.h"
#include "os-run.h"

/* Of what a hook says, so many of the last bytes are kept for the error. */
#define OUTPUT_LAST 4096u

#define PHASE_VARIABLE "VIRTAGENT_PHASE"

struct VaHooks {
    GPtrArray *paths;      /* char *, in the order of freezing */
    gboolean first_is_old; /* written for qemu-ga, it knows no abort */
    guint n_begun;         /* of them, from the first on: to be released */
    guint time_limit;      /* milliseconds */
    char **envp;
    GPtrArray *results;
};

static void result_free(gpointer data)
{
    VaHookResult *result = data;
    g_free(result->path);
    g_free(result->problem);
    g_free(result);
}

/* The hook is not to talk to our service manager in our name. */
static char **make_environment(void)
{
    static const char *const ours[] = {"NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
                                       "LISTEN_PID",    "LISTEN_FDS",   "LISTEN_FDNAMES",
                                       "QGA_CONF"};
    char **envp = g_get_environ();

    for (guint i = 0; i < G_N_ELEMENTS(ours); i++)
        envp = g_environ_unsetenv(envp, ours[i]);
    return envp;
}

/* qemu-ga's packages name a hook in the configuration that need not be there. */
static gboolean add_program(VaHooks *hooks, const char *program, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (os_hook_check(program, &local)) {
        g_ptr_array_add(hooks->paths, g_strdup(program));
        hooks->first_is_old = TRUE;
        return TRUE;
    }
    if (g_error_matches(local, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)) {
        g_warning("%s; going on without it", local->message);
        return TRUE;
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean add_directory(VaHooks *hooks, const char *directory, GError **error)
{
    GPtrArray *listed = os_hooks_list(directory, error);

    if (listed)
        g_ptr_array_extend_and_steal(hooks->paths, listed);
    return listed != NULL;
}

VaHooks *va_hooks_new(const VaHookSettings *settings, GError **error)
{
    g_autoptr(VaHooks) hooks = g_new0(VaHooks, 1);

    hooks->paths = g_ptr_array_new_with_free_func(g_free);
    hooks->results = g_ptr_array_new_with_free_func(result_free);
    hooks->envp = make_environment();
    hooks->time_limit = MIN(settings->time_limit, G_MAXUINT / 1000) * 1000;
    if (settings->program && !add_program(hooks, settings->program, error))
        return NULL;

    if (settings->directory && !add_directory(hooks, settings->directory, error))
        return NULL;
    hooks->n_begun = hooks->paths->len; /* by a predecessor, until we begin them */
    return g_steal_pointer(&hooks);
}

void va_hooks_free(VaHooks *hooks)
{
    if (!hooks)
        return;
    g_ptr_array_unref(hooks->paths);
    g_ptr_array_unref(hooks->results);
    g_strfreev(hooks->envp);
    g_free(hooks);
}

const char *va_hook_phase_name(VaHookPhase phase)
{
    static const char *const names[] = {"freeze", "thaw", "abort"};
    return names[phase];
}

/* What went wrong, in words; NULL: nothing. */
static char *run_program(const VaHooks *hooks, guint i, VaHookPhase phase)
{
    gboolean is_old = i == 0 && hooks->first_is_old;
    VaHookPhase told = is_old && phase == VA_HOOK_ABORT ? VA_HOOK_THAW : phase;
    const char *const argv[] = {g_ptr_array_index(hooks->paths, i), va_hook_phase_name(told), NULL};
    g_auto(GStrv) envp =
        g_environ_setenv(g_strdupv(hooks->envp), PHASE_VARIABLE, va_hook_phase_name(phase), TRUE);
    const OsRun run = {
        .argv = argv,
        .envp = (const char *const *)envp,
        .time_limit = hooks->time_limit,
        .output_last = OUTPUT_LAST,
    };
    g_auto(OsRunResult) result = {0};
    g_autoptr(GError) error = NULL;

    if (!os_run(&run, &result, &error))
        return g_strdup(error->message);
    return os_run_succeeded(&result) ? NULL : os_run_describe(&run, &result);
}

static gboolean run_hook(VaHooks *hooks, guint i, VaHookPhase phase, GError **error)
{
    gint64 begin = g_get_monotonic_time();
    char *problem = run_program(hooks, i, phase);
    VaHookResult *result = g_new0(VaHookResult, 1);

    result->path = g_utf8_make_valid(g_ptr_array_index(hooks->paths, i), -1);
    result->phase = phase;
    result->milliseconds = (guint)((g_get_monotonic_time() - begin) / 1000);
    result->problem = problem;
    g_ptr_array_add(hooks->results, result);
    if (problem)
        va_fail(error, "child process has failed to execute fsfreeze hook: '%s': %s", result->path,
                problem);
    return problem == NULL;
}

gboolean va_hooks_freeze(VaHooks *hooks, GError **error)
{
    for (hooks->n_begun = 0; hooks->n_begun < hooks->paths->len;) {
        if (!run_hook(hooks, hooks->n_begun++, VA_HOOK_FREEZE, error)) {
            va_hooks_release(hooks, VA_HOOK_ABORT, NULL);
            return FALSE;
        }
    }
    return TRUE;
}

gboolean va_hooks_release(VaHooks *hooks, VaHookPhase phase, GError **error)
{
    gboolean done = TRUE;

    while (hooks->n_begun > 0) {
        hooks->n_begun--;
        if (!run_hook(hooks, hooks->n_begun, phase, done ? error : NULL))
            done = FALSE;
    }
    return done;
}

const GPtrArray *va_hooks_results(const VaHooks *hooks)
{
    return hooks->results;
}
