/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount-usage.h"
#include "os-utf16.h"

#include "os-patience.h"

#include <windows.h>

typedef struct {
    wchar_t *volume;
    gboolean told;
    ULARGE_INTEGER available, total, unused;
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->volume);
    g_free(question);
}

static void ask(gpointer data)
{
    Question *question = data;

    SetThreadErrorMode(SEM_FAILCRITICALERRORS | SEM_NOOPENFILEERRORBOX, NULL);
    question->told = question->volume && GetDiskFreeSpaceExW(question->volume, &question->available,
                                                             &question->total, &question->unused);
}

OsMountUsage os_mount_usage_of(guint64 available, guint64 total, guint64 unused)
{
    guint64 used = total - MIN(unused, total);
    return (OsMountUsage){used, used + MIN(available, total - used), total};
}

gboolean os_mount_usage(const OsMounted *mount, guint milliseconds, guint *took,
                        OsMountUsage *usage)
{
    g_autofree char *subject = g_strconcat("usage ", mount->device, NULL);
    gint64 start = g_get_monotonic_time();
    Question *question = g_new0(Question, 1);
    gboolean answered, told;

    question->volume = os_utf16(mount->device, NULL);
    answered = os_patience_about(subject, ask, question, question_free, milliseconds);
    *took = (guint)((g_get_monotonic_time() - start) / G_TIME_SPAN_MILLISECOND);
    if (!answered)
        return FALSE;
    told = question->told;
    if (told)
        *usage = os_mount_usage_of(question->available.QuadPart, question->total.QuadPart,
                                   question->unused.QuadPart);
    question_free(question);
    return told;
}
