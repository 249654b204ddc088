/* SPDX-License-Identifier: Apache-2.0 */
#include "os-vss-error.h"

#include <vsserror.h>

/* vss.h's codes, explained in "Event and Error Handling Under VSS" and with each method. */
static const struct {
    HRESULT code;
    const char *text;
} texts[] = {
    {E_ABORT, "it was given up"},
    {VSS_E_BAD_STATE, "the call came at a wrong time"},
    {VSS_E_UNEXPECTED, "unexpected error, see the event log"},
    {VSS_E_PROVIDER_NOT_REGISTERED, "the snapshot provider of the agent is not registered"},
    {VSS_E_PROVIDER_VETO, "the snapshot provider refused"},
    {VSS_E_OBJECT_NOT_FOUND, "there is no such volume"},
    {VSS_E_VOLUME_NOT_SUPPORTED, "the volume is of a kind that cannot be held"},
    {VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER, "the snapshot provider does not support the volume"},
    {VSS_E_OBJECT_ALREADY_EXISTS, "it is there already"},
    {VSS_E_UNEXPECTED_PROVIDER_ERROR, "unexpected error in the snapshot provider"},
    {VSS_E_MAXIMUM_NUMBER_OF_VOLUMES_REACHED, "too many volumes"},
    {VSS_E_FLUSH_WRITES_TIMEOUT, "the volumes could not be written out in time"},
    {VSS_E_HOLD_WRITES_TIMEOUT, "writes could not be held long enough"},
    {VSS_E_UNEXPECTED_WRITER_ERROR, "unexpected error in an application that takes part"},
    {VSS_E_SNAPSHOT_SET_IN_PROGRESS, "another backup is under way"},
    {VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED, "too many snapshots"},
    {VSS_E_WRITER_INFRASTRUCTURE, "applications cannot be asked to take part"},
    {VSS_E_WRITER_NOT_RESPONDING, "it does not respond"},
    {VSS_E_UNSUPPORTED_CONTEXT, "this system does not support the kind of snapshot"},
    {VSS_E_VOLUME_IN_USE, "the volume is in use"},
    {VSS_E_INSUFFICIENT_STORAGE, "there is not enough space"},
    {VSS_E_REBOOT_REQUIRED, "the system must be restarted first"},
    {VSS_E_TRANSACTION_FREEZE_TIMEOUT, "transactions could not be held in time"},
    {VSS_E_TRANSACTION_THAW_TIMEOUT, "transactions could not be resumed in time"},
    {VSS_E_UNSELECTED_VOLUME, "its files are on volumes that are not frozen"},
    {VSS_E_NESTED_VOLUME_LIMIT, "the volume is nested too deeply"},
    {VSS_E_WRITERERROR_INCONSISTENTSNAPSHOT, "its files are only in part on what is frozen"},
    {VSS_E_WRITERERROR_OUTOFRESOURCES, "it ran out of resources"},
    {VSS_E_WRITERERROR_TIMEOUT, "it took too long between freeze and thaw"},
    {VSS_E_WRITERERROR_RETRYABLE, "it failed, but may succeed at another try"},
    {VSS_E_WRITERERROR_NONRETRYABLE, "it failed, and another try would fail, too"},
    {VSS_E_WRITERERROR_PARTIAL_FAILURE, "it failed in part"},
    {VSS_E_WRITER_STATUS_NOT_AVAILABLE, "it does not tell"},
};

const char *os_vss_text(HRESULT code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (texts[i].code == code)
            return texts[i].text;
    return NULL;
}

gboolean os_vss_error(GError **error, HRESULT code, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    if (!os_vss_text(code))
        return os_error_code(error, (int)code, "%s", what);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", what, os_vss_text(code));
    return FALSE;
}
