/* SPDX-License-Identifier: Apache-2.0 */
#include "os-mount-open.h"
#include "os-patience.h"

#include <fcntl.h>
#include <sys/statvfs.h>

typedef struct {
    char *mountpoint;
    guint64 number;
    gboolean told;
    struct statvfs told_st;
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->mountpoint);
    g_free(question);
}

/* O_PATH: nothing is opened in the sense of a device or FIFO that a bind mount may have put there;
 * fstatvfs() takes such a descriptor since Linux 3.12. */
static void ask(gpointer data)
{
    Question *question = data;
    g_auto(OsFd) fd = os_mount_open(question->mountpoint, question->number, O_PATH);
    question->told = fd != -1 && fstatvfs(fd, &question->told_st) == 0;
}

/* The largest number stands for what is larger: the figures are the filesystem's own, and FUSE
 * servers are anybody's programs. */
static guint64 bytes(guint64 blocks, guint64 size)
{
    guint64 product;
    return g_uint64_checked_mul(&product, blocks, size) ? product : G_MAXUINT64;
}

static OsMountUsage usage_of(const struct statvfs *st)
{
    guint64 size = st->f_frsize ? st->f_frsize : st->f_bsize;
    guint64 used = st->f_blocks - MIN(st->f_bfree, st->f_blocks);
    guint64 total;

    if (!g_uint64_checked_add(&total, used, st->f_bavail))
        total = G_MAXUINT64;
    return (OsMountUsage){bytes(used, size), bytes(total, size), bytes(st->f_blocks, size)};
}

gboolean os_mount_usage(const OsMounted *mount, guint milliseconds, guint *took,
                        OsMountUsage *usage)
{
    g_autofree char *subject = g_strdup_printf("usage %" G_GUINT64_FORMAT, mount->number);
    gint64 start = g_get_monotonic_time();
    Question *question = g_new0(Question, 1);
    gboolean answered, told;

    question->mountpoint = g_strdup(mount->mountpoint);
    question->number = mount->number;
    answered = os_patience_about(subject, ask, question, question_free, milliseconds);
    *took = (guint)((g_get_monotonic_time() - start) / G_TIME_SPAN_MILLISECOND);
    if (!answered)
        return FALSE;
    told = question->told;
    if (told)
        *usage = usage_of(&question->told_st);
    question_free(question);
    return told;
}
