/* SPDX-License-Identifier: Apache-2.0 */
#include "os-disk-smart.h"
#include "os-fd.h"
#include "os-patience.h"
#include "os-root.h"

#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

/* NVM Express Base Specification, Get Log Page command and SMART / Health Information log. */
#define GET_LOG_PAGE   0x02
#define LOG_SMART      0x02
#define ALL_NAMESPACES 0xffffffffu

static guint64 little_endian(const guint8 *bytes)
{
    guint64 value;
    memcpy(&value, bytes, sizeof value);
    return GUINT64_FROM_LE(value);
}

static void read_counter(const guint8 *bytes, guint64 counter[2])
{
    counter[0] = little_endian(bytes);
    counter[1] = little_endian(bytes + 8);
}

void os_disk_smart_parse(const guint8 page[OS_DISK_SMART_SIZE], OsNvmeSmart *smart)
{
    smart->critical_warning = page[0];
    smart->temperature = (guint16)(page[1] | page[2] << 8);
    smart->available_spare = page[3];
    smart->available_spare_threshold = page[4];
    smart->percentage_used = page[5];
    read_counter(page + 32, smart->data_units_read);
    read_counter(page + 48, smart->data_units_written);
    read_counter(page + 64, smart->host_read_commands);
    read_counter(page + 80, smart->host_write_commands);
    read_counter(page + 96, smart->controller_busy_time);
    read_counter(page + 112, smart->power_cycles);
    read_counter(page + 128, smart->power_on_hours);
    read_counter(page + 144, smart->unsafe_shutdowns);
    read_counter(page + 160, smart->media_errors);
    read_counter(page + 176, smart->number_of_error_log_entries);
}

typedef struct {
    char *path;
    guint milliseconds;
    gboolean told;
    guint8 page[OS_DISK_SMART_SIZE];
} Question;

static void question_free(gpointer data)
{
    Question *question = data;
    g_free(question->path);
    g_free(question);
}

/* The length is in words of four bytes, less one. */
static gboolean get_log_page(int fd, Question *question)
{
    struct nvme_admin_cmd command = {
        .opcode = GET_LOG_PAGE,
        .nsid = ALL_NAMESPACES,
        .addr = (guint64)(gsize)question->page,
        .data_len = OS_DISK_SMART_SIZE,
        .cdw10 = LOG_SMART | (OS_DISK_SMART_SIZE / 4 - 1) << 16,
        .timeout_ms = question->milliseconds,
    };
    return ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command) == 0;
}

/* Only a block device is opened for reading: the name is looked at first, without opening it. */
static void ask_disk(gpointer data)
{
    Question *question = data;
    struct stat st;
    g_auto(OsFd) fd = -1;

    if (lstat(question->path, &st) == -1 || !S_ISBLK(st.st_mode))
        return;
    fd = open(question->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    question->told =
        fd != -1 && fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) && get_log_page(fd, question);
}

gboolean os_disk_smart(const OsDisk *disk, guint milliseconds, OsNvmeSmart *smart)
{
    g_autofree char *subject = g_strconcat("smart ", disk->name, NULL);
    Question *question = g_new0(Question, 1);
    gboolean told;

    question->path = os_root(disk->name);
    question->milliseconds = milliseconds;
    if (!os_patience_about(subject, ask_disk, question, question_free, milliseconds))
        return FALSE;
    told = question->told;
    if (told)
        os_disk_smart_parse(question->page, smart);
    question_free(question);
    return told;
}
