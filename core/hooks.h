/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * Freeze hooks: programs of the administrator that bring an application to a consistent state
 * before its filesystem is frozen, and let it go on afterwards.
 *
 * Each is run with its phase as the only argument: `freeze`, then `thaw` once the filesystems are
 * thawed, or `abort` if the freeze did not come about.  The order of thaw and abort is the reverse
 * of that of freeze.  The program of --fsfreeze-hook comes before those of the directory; being
 * written for qemu-ga, which knows two phases, it is given `thaw` where others get `abort`.  A hook
 * that fails or exceeds its time stops the freeze; thaw and abort go on whatever happens.
 *
 * A hook has the agent's environment, without what the agent's service manager put there for the
 * agent alone (NOTIFY_SOCKET and its like), and with VIRTAGENT_PHASE: the phase, `abort` also for
 * the one that is told `thaw`.
 *
 * All of it blocks: for lanes.  One VaHooks is used by one thread at a time.
 */
typedef struct VaHooks VaHooks;

typedef enum { VA_HOOK_FREEZE, VA_HOOK_THAW, VA_HOOK_ABORT } VaHookPhase;

typedef struct {
    const char *directory; /* of the hooks; need not exist; NULL: none */
    const char *program;   /* of --fsfreeze-hook; NULL: none; if it is missing, that is a warning */
    guint time_limit;      /* of each hook, in seconds; 0: none */
} VaHookSettings;

typedef struct {
    char *path;
    VaHookPhase phase;
    guint milliseconds;
    char *problem; /* NULL: it succeeded */
} VaHookResult;

/* The hooks as they are now; none of them has run.  Fails if one must not be run (os-hooks.h). */
VaHooks *va_hooks_new(const VaHookSettings *settings, GError **error);
void va_hooks_free(VaHooks *hooks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VaHooks, va_hooks_free)

/* Runs all with `freeze`.  If one fails, it and those before it have been run with `abort` when
 * this returns.  Error: "child process has failed to execute fsfreeze hook: '/path': exit status 1:
 * its last lines". */
gboolean va_hooks_freeze(VaHooks *hooks, GError **error);

/* Runs those that va_hooks_freeze() has run, all if it never was called (a predecessor did), with
 * @phase, THAW or ABORT.  None twice: a second call does nothing, nor does one after a failed
 * freeze.  FALSE if one failed; *error is that of the first. */
gboolean va_hooks_release(VaHooks *hooks, VaHookPhase phase, GError **error);

/* Of VaHookResult *, in the order they were run; the callee's. */
const GPtrArray *va_hooks_results(const VaHooks *hooks);

const char *va_hook_phase_name(VaHookPhase phase);
