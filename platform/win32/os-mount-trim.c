/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount-trim.h"
#include "os-system-program.h"
#include "os-volume.h"

#include "os-patience.h"

#include <gio/gio.h>
#include <string.h>

#define OUTPUT_LAST 512u /* bytes */

typedef struct {
    wchar_t *device;
    OsTrimSupport support;
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->device);
    g_free(question);
}

static void ask(gpointer data)
{
    Question *question = data;
    g_auto(OsHandle) volume = question->device ? os_storage_open(question->device) : NULL;
    DEVICE_TRIM_DESCRIPTOR trim;

    if (volume && os_storage_property(volume, StorageDeviceTrimProperty, &trim, sizeof trim, NULL))
        question->support = trim.TrimEnabled ? OS_TRIM_YES : OS_TRIM_NO;
}

static OsTrimSupport support_of(const char *volume)
{
    g_autofree char *subject = g_strconcat("trim ", volume, NULL);
    Question *question = g_new0(Question, 1);
    OsTrimSupport support;

    question->device = os_volume_device(volume);
    if (!os_patience_about(subject, ask, question, question_free, OS_STORAGE_PATIENCE))
        return OS_TRIM_UNKNOWN;
    support = question->support;
    question_free(question);
    return support;
}

static gboolean is_supported(const OsTrimCalls *calls, const OsMounted *mount)
{
    static const char *const types[] = {"NTFS", "ReFS", NULL};
    return g_strv_contains(types, mount->type) && calls->support(mount->device) != OS_TRIM_NO;
}

/* "C:" or "C:\folder", as MSDN, "defrag", wants it. */
static char *place_of(const OsMounted *mount)
{
    char *place = g_strdup(mount->mountpoint);
    gsize length = strlen(place);

    if (length > 0 && place[length - 1] == '\\')
        place[length - 1] = '\0';
    return place;
}

static gboolean refuse(GError **error)
{
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                        "failed to trim: the volume cannot");
    return FALSE;
}

static gboolean run_to_end(const OsTrimCalls *calls, const OsRun *run, GError **error)
{
    g_auto(OsRunResult) result = {0};
    g_autofree char *what = NULL;

    if (!calls->run(run, &result, error)) {
        g_prefix_error(error, "failed to trim: ");
        return FALSE;
    }
    if (os_run_succeeded(&result))
        return TRUE;
    what = os_run_describe(run, &result);
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "failed to trim: %s", what);
    return FALSE;
}

/* There is no interface for the whole of a volume but this program's; what it says is in the
 * system's language, so only its exit status counts, and how much it trimmed is not known. */
gboolean os_mount_trim_by(const OsTrimCalls *calls, const OsMounted *mount, guint milliseconds,
                          OsTrim *trim, GError **error)
{
    g_autofree char *program = os_system_program("defrag.exe", error);
    g_autofree char *place = place_of(mount);
    const char *const argv[] = {program, place, "/L", NULL};
    const OsRun run = {.argv = argv, .time_limit = milliseconds, .output_last = OUTPUT_LAST};

    if (!program)
        return FALSE;
    if (!is_supported(calls, mount))
        return refuse(error);
    if (!run_to_end(calls, &run, error))
        return FALSE;
    *trim = (OsTrim){0};
    return TRUE;
}

gboolean os_mount_trim(const OsMounted *mount, guint64 minimum, guint milliseconds, OsTrim *trim,
                       GError **error)
{
    static const OsTrimCalls calls = {support_of, os_run};
    return os_mount_trim_by(&calls, mount, milliseconds, trim, error);
}
