/* SPDX-License-Identifier: Apache-2.0 */
#include "os-service-private.h"

#include "os-error.h"

/* A failed start or a lost channel is tried again soon, and then every minute for ever; a service
 * that ran for an hour is as new. */
#define SOON       5000u  /* milliseconds */
#define LATER      60000u /* milliseconds */
#define FORGET     3600u  /* seconds */
#define N_RESTARTS 3u

/* What ChangeServiceConfig2W() takes, by level. */
typedef struct {
    DWORD level;
    void *value;
    const char *what;
} Detail;

static void apply(SC_HANDLE service, const Detail *detail)
{
    g_autoptr(GError) error = NULL;

    if (!ChangeServiceConfig2W(service, detail->level, detail->value)) {
        os_error(&error, "failed to set the service's %s", detail->what);
        g_warning("%s", error->message);
    }
}

void os_service_describe(SC_HANDLE service)
{
    wchar_t text[] = L"Does inside this virtual machine what its host asks for.";
    SC_ACTION restarts[N_RESTARTS] = {
        {SC_ACTION_RESTART, SOON}, {SC_ACTION_RESTART, SOON}, {SC_ACTION_RESTART, LATER}};
    SERVICE_DESCRIPTIONW description = {text};
    SERVICE_DELAYED_AUTO_START_INFO delay = {.fDelayedAutostart = FALSE};
    SERVICE_SID_INFO sid = {SERVICE_SID_TYPE_UNRESTRICTED};
    SERVICE_FAILURE_ACTIONSW failure = {
        .dwResetPeriod = FORGET, .cActions = N_RESTARTS, .lpsaActions = restarts};
    /* Also when it says itself that it failed, not only when the process dies. */
    SERVICE_FAILURE_ACTIONS_FLAG failures = {.fFailureActionsOnNonCrashFailures = TRUE};
    const Detail details[] = {
        {SERVICE_CONFIG_DESCRIPTION, &description, "description"},
        {SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delay, "time of start"},
        {SERVICE_CONFIG_SERVICE_SID_INFO, &sid, "account of its own"},
        {SERVICE_CONFIG_FAILURE_ACTIONS, &failure, "restart after a failure"},
        {SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &failures, "restart after an error"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(details); i++)
        apply(service, &details[i]);
}
