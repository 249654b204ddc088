/* SPDX-License-Identifier: Apache-2.0 */
#include "os-login.h"
#include "os-power-ways.h"

/* Seconds for the question, the order, and each step of signing in: logind looks at swap space and
 * firmware for some answers.  It takes orders at once and carries them out later. */
#define TIMEOUT_S 25

/* Halt since systemd 235, HybridSleep since 197. */
static const char *const methods[] = {
    [OS_POWER_HALT] = "Halt",         [OS_POWER_OFF] = "PowerOff",
    [OS_POWER_REBOOT] = "Reboot",     [OS_POWER_SLEEP_DISK] = "Hibernate",
    [OS_POWER_SLEEP_RAM] = "Suspend", [OS_POWER_SLEEP_HYBRID] = "HybridSleep",
};

/* "yes"; "na": the system cannot; "no": it must not; "challenge": only who signs in; more since
 * systemd 257.  NULL and *error if there is no answer. */
static char *ask(const OsLogin *login, OsPowerState state, GError **error)
{
    g_autofree char *method = g_strconcat("Can", methods[state], NULL);
    g_autoptr(GVariant) reply =
        os_login_call(login, OS_LOGIN_PATH, OS_LOGIN_MANAGER, method, NULL, "(s)", error);
    char *answer = NULL;

    if (reply)
        g_variant_get(reply, "(s)", &answer);
    return answer;
}

/* @interactive is false: nobody is there who could be asked for a password. */
static gboolean order(const OsLogin *login, OsPowerState state, GError **error)
{
    g_autoptr(GVariant) reply =
        os_login_call(login, OS_LOGIN_PATH, OS_LOGIN_MANAGER, methods[state],
                      g_variant_new("(b)", FALSE), "()", error);
    return reply != NULL;
}

static OsPowerOutcome no_answer(GError *why, GError **error)
{
    g_autoptr(GError) owned = why;

    if (os_login_is_absent(why) || g_error_matches(why, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
        return OS_POWER_ABSENT;
    g_dbus_error_strip_remote_error(why);
    g_propagate_error(error, g_steal_pointer(&owned));
    return OS_POWER_REFUSED;
}

/* For sleep it has looked at the kernel, at where to resume from and at the administrator's wishes
 * (sleep.conf): nobody gets around that.  An end is to come about by all means. */
static OsPowerOutcome cannot(OsPowerState state, const char *answer, GError **error)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "Can%s says '%s'", methods[state],
                answer);
    return os_power_is_sleep(state) ? OS_POWER_FINAL : OS_POWER_REFUSED;
}

OsPowerOutcome os_power_by_login(OsPowerState state, GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(OsLogin) login = os_login_open(TIMEOUT_S, &why);
    g_autofree char *answer = login ? ask(login, state, &why) : NULL;
    gboolean told;

    if (!answer)
        return no_answer(g_steal_pointer(&why), error);
    if (g_str_equal(answer, "na") || g_str_equal(answer, "no"))
        return cannot(state, answer, error);
    if (order(login, state, &why))
        return OS_POWER_DONE;
    told = g_dbus_error_is_remote_error(why);
    g_dbus_error_strip_remote_error(why);
    g_propagate_error(error, g_steal_pointer(&why));
    return told ? OS_POWER_REFUSED : os_power_unsure(state);
}
