/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-mount-open.h"
#include "os-patience.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

typedef struct {
    char *mountpoint;
    guint64 number;
    struct fstrim_range range;
    int code; /* errno, or 0 */
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->mountpoint);
    g_free(question);
}

/* Only a directory is opened: a bind mount may have put a device or a FIFO there. */
static void ask(gpointer data)
{
    Question *question = data;
    g_auto(OsFd) fd =
        os_mount_open(question->mountpoint, question->number, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    gboolean done = fd != -1 && ioctl(fd, FITRIM, &question->range) == 0;
    question->code = done ? 0 : errno;
}

/* ENOTTY: the filesystem knows nothing of it; EOPNOTSUPP: its disk does not. */
static gboolean result_of(const Question *question, OsTrim *trim, GError **error)
{
    if (question->code == ENOTTY || question->code == EOPNOTSUPP)
        return os_error_code(error, EOPNOTSUPP, "failed to trim");
    if (question->code != 0)
        return os_error_code(error, question->code, "failed to trim");
    *trim = (OsTrim){TRUE, question->range.len, question->range.minlen};
    return TRUE;
}

gboolean os_mount_trim(const OsMounted *mount, guint64 minimum, guint milliseconds, OsTrim *trim,
                       GError **error)
{
    g_autofree char *subject = g_strdup_printf("trim %" G_GUINT64_FORMAT, mount->number);
    Question *question = g_new0(Question, 1);
    gboolean done;

    question->mountpoint = g_strdup(mount->mountpoint);
    question->number = mount->number;
    question->range = (struct fstrim_range){.len = G_MAXUINT64, .minlen = minimum};
    if (!os_patience_about(subject, ask, question, question_free, milliseconds)) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                            "failed to trim: it takes too long, and goes on");
        return FALSE;
    }
    done = result_of(question, trim, error);
    question_free(question);
    return done;
}
