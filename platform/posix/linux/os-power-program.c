/* SPDX-License-Identifier: Apache-2.0 */
#include "os-power-ways.h"
#include "os-root.h"
#include "os-run.h"

#include <gio/gio.h>

/* Milliseconds.  The programs for an end hand it on to init and return.  Those of pm-utils return
 * after the sleep, which does not count: the clock stands still meanwhile. */
#define END_LIMIT   (60u * 1000)
#define SLEEP_LIMIT (600u * 1000)

#define OUTPUT_LAST   512u /* bytes of what a program says that an error may quote */
#define ARGUMENTS_MAX 4

#define MESSAGE "the host asks for it"

/* By OsPowerState; no name: not for that. */
typedef struct {
    const char *name;
    const char *arguments[ARGUMENTS_MAX];
} Program;

static const Program of_systemctl[] = {
    [OS_POWER_HALT] = {"systemctl", {"halt"}},
    [OS_POWER_OFF] = {"systemctl", {"poweroff"}},
    [OS_POWER_REBOOT] = {"systemctl", {"reboot"}},
    [OS_POWER_SLEEP_DISK] = {"systemctl", {"hibernate"}},
    [OS_POWER_SLEEP_RAM] = {"systemctl", {"suspend"}},
    [OS_POWER_SLEEP_HYBRID] = {"systemctl", {"hybrid-sleep"}},
};

static const Program of_pm_utils[] = {
    [OS_POWER_SLEEP_DISK] = {"pm-hibernate"},
    [OS_POWER_SLEEP_RAM] = {"pm-suspend"},
    [OS_POWER_SLEEP_HYBRID] = {"pm-suspend-hybrid"},
};

static const Program of_init[] = {
    [OS_POWER_HALT] = {"halt"},
    [OS_POWER_OFF] = {"poweroff"},
    [OS_POWER_REBOOT] = {"reboot"},
    [OS_POWER_SLEEP_HYBRID] = {NULL},
};

static const Program of_shutdown[] = {
    [OS_POWER_HALT] = {"shutdown", {"-h", "-H", "+0", MESSAGE}},
    [OS_POWER_OFF] = {"shutdown", {"-h", "-P", "+0", MESSAGE}},
    [OS_POWER_REBOOT] = {"shutdown", {"-r", "+0", MESSAGE}},
    [OS_POWER_SLEEP_HYBRID] = {NULL},
};

/* Where systems keep the programs of root; the last is NixOS.  $PATH is not asked: it belongs to
 * whoever has started the agent.  NULL if there is none. */
static char *find(const char *name)
{
    static const char *const directories[] = {
        "/sbin", "/usr/sbin", "/bin", "/usr/bin", "/run/current-system/sw/bin",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(directories); i++) {
        g_autofree char *directory = os_root(directories[i]);
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            return g_steal_pointer(&path);
    }
    return NULL;
}

static OsPowerOutcome run(const char *path, const Program *program, OsPowerState state,
                          GError **error)
{
    const char *argv[ARGUMENTS_MAX + 2] = {path};
    const OsRun run = {
        .argv = argv,
        .time_limit = os_power_is_sleep(state) ? SLEEP_LIMIT : END_LIMIT,
        .output_last = OUTPUT_LAST,
    };
    g_auto(OsRunResult) result = {0};
    g_autofree char *said = NULL;

    for (guint i = 0; i < ARGUMENTS_MAX; i++)
        argv[i + 1] = program->arguments[i];
    if (!os_run(&run, &result, error))
        return OS_POWER_REFUSED;
    if (os_run_succeeded(&result))
        return OS_POWER_DONE;
    said = os_run_describe(&run, &result);
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, said);
    return result.timed_out ? os_power_unsure(state) : OS_POWER_REFUSED;
}

static OsPowerOutcome run_if_there(const Program *programs, OsPowerState state, GError **error)
{
    const Program *program = &programs[state];
    g_autofree char *path = program->name ? find(program->name) : NULL;

    return path ? run(path, program, state, error) : OS_POWER_ABSENT;
}

/* The test of sd_booted(3): systemctl may be installed where something else is init. */
OsPowerOutcome os_power_by_systemctl(OsPowerState state, GError **error)
{
    g_autofree char *sign = os_root("/run/systemd/system");

    if (!g_file_test(sign, G_FILE_TEST_IS_DIR))
        return OS_POWER_ABSENT;
    return run_if_there(of_systemctl, state, error);
}

OsPowerOutcome os_power_by_pm_utils(OsPowerState state, GError **error)
{
    if (!os_power_is_sleep(state) || !os_power_can_resume(state))
        return OS_POWER_ABSENT;
    return run_if_there(of_pm_utils, state, error);
}

OsPowerOutcome os_power_by_init(OsPowerState state, GError **error)
{
    return run_if_there(of_init, state, error);
}

OsPowerOutcome os_power_by_shutdown(OsPowerState state, GError **error)
{
    return run_if_there(of_shutdown, state, error);
}
