/* SPDX-License-Identifier: Apache-2.0 */
#include "os-error.h"
#include "os-fd.h"
#include "os-power-ways.h"
#include "os-read.h"
#include "os-root.h"

#include <fcntl.h>
#include <string.h>

/* The files of Documentation/admin-guide/pm/sleep-states.rst in the kernel's sources. */

#define TEXT_MAX 4096u /* bytes: a page, the most that a file of sysfs has */
#define BLANKS   " \n"

/* One of @words, the first that is offered, is written to @file. */
typedef struct {
    const char *file;
    const char *words[2];
    gboolean may_be_missing;
} Step;

#define STEPS_MAX 3

/* Without "deep", "mem" would mean s2idle: the host notices nothing of that, and cannot end it.
 * Linux before 4.10 has no mem_sleep, and then "mem" is always deep. */
static const Step steps[][STEPS_MAX] = {
    [OS_POWER_SLEEP_DISK] = {{"/sys/power/disk", {"platform", "shutdown"}},
                             {"/sys/power/state", {"disk"}}},
    [OS_POWER_SLEEP_RAM] = {{"/sys/power/mem_sleep", {"deep"}, TRUE},
                            {"/sys/power/state", {"mem"}}},
    [OS_POWER_SLEEP_HYBRID] = {{"/sys/power/mem_sleep", {"deep"}, TRUE},
                               {"/sys/power/disk", {"suspend"}},
                               {"/sys/power/state", {"disk"}}},
};

/* @text is words with blanks between; the one in force may stand in brackets. */
static gboolean has_word(const char *text, const char *word)
{
    for (gsize length; *(text += strspn(text, BLANKS)); text += length) {
        gsize bracket = *text == '[';
        length = strcspn(text, BLANKS);
        if (strlen(word) == length - 2 * bracket &&
            strncmp(text + bracket, word, length - 2 * bracket) == 0)
            return TRUE;
    }
    return FALSE;
}

/* NULL if none of the words is offered; "" if there is nothing to choose. */
static const char *choose(const Step *step)
{
    g_autofree char *path = os_root(step->file);
    g_autofree char *text = os_read(path, TEXT_MAX, NULL, NULL);

    if (!text)
        return step->may_be_missing ? "" : NULL;
    for (guint i = 0; i < G_N_ELEMENTS(step->words) && step->words[i]; i++)
        if (has_word(text, step->words[i]))
            return step->words[i];
    return NULL;
}

gboolean os_power_kernel_offers(OsPowerState state)
{
    for (guint i = 0; i < STEPS_MAX && steps[state][i].file; i++)
        if (!choose(&steps[state][i]))
            return FALSE;
    return TRUE;
}

/* MAJOR:MINOR of a device, set by resume= on the kernel's command line or by the initramfs. */
gboolean os_power_can_resume(OsPowerState state)
{
    g_autofree char *path = os_root("/sys/power/resume");
    g_autofree char *device = NULL;

    if (state == OS_POWER_SLEEP_RAM)
        return TRUE;
    device = os_read(path, TEXT_MAX, NULL, NULL);
    return device && !g_str_equal(g_strstrip(device), "0:0");
}

/* Writing the state returns after the sleep. */
static gboolean write_word(const char *file, const char *word, GError **error)
{
    g_autofree char *path = os_root(file);
    g_auto(OsFd) fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd == -1 || write(fd, word, strlen(word)) == -1)
        return os_error(error, "failed to write '%s' to '%s'", word, file);
    return TRUE;
}

static gboolean take(const Step *step, GError **error)
{
    const char *word = choose(step);

    if (!word)
        return os_error_code(error, ENODEV, "failed to choose from '%s'", step->file);
    return !*word || write_word(step->file, word, error);
}

OsPowerOutcome os_power_by_kernel(OsPowerState state, GError **error)
{
    if (!os_power_is_sleep(state) || !os_power_can_resume(state))
        return OS_POWER_ABSENT;
    for (guint i = 0; i < STEPS_MAX && steps[state][i].file; i++)
        if (!take(&steps[state][i], error))
            return OS_POWER_REFUSED;
    return OS_POWER_DONE;
}
