/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* KiB, of /proc/self/status. */
static guint64 status(const char *field)
{
    g_autofree char *text = NULL;
    const char *line;

    g_assert_true(g_file_get_contents("/proc/self/status", &text, NULL, NULL));
    line = strstr(text, field);
    g_assert_nonnull(line);
    return g_ascii_strtoull(line + strlen(field) + strspn(line + strlen(field), " \t"), NULL, 10);
}

static guint64 in_memory(void)
{
    return status("\nVmRSS:");
}

static gpointer touch_little(gpointer data)
{
    return GINT_TO_POINTER(getpid());
}

/* AddressSanitizer and its like do nothing when asked to lock memory. */
static gboolean locks(void)
{
    guint64 before = status("\nVmLck:");
    g_autofree guchar *block = g_malloc0(64 * 1024);
    gboolean locked = mlock(block, 64 * 1024) == 0 && status("\nVmLck:") > before;

    munlock(block, 64 * 1024);
    return locked;
}

/* A limit on locked memory may be in the way, but must not become one on all memory. */
static void assert_memory_is_left(void)
{
    guint64 before = in_memory();
    const gsize size = 64 * 1024 * 1024;
    void *untouched = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    GThread *thread = g_thread_new("one", touch_little, NULL);

    g_assert_true(untouched != MAP_FAILED);
    g_thread_join(thread);
    g_assert_cmpuint(in_memory(), <, before + 4 * 1024);
    munmap(untouched, size);
}

static void test_keep(void)
{
    guint64 before = in_memory(), kept;
    gboolean all;

    if (!locks()) {
        g_test_skip("memory cannot be locked here");
        return;
    }
    all = os_memory_keep(TRUE);
    kept = in_memory();
    g_test_message("%" G_GUINT64_FORMAT " KiB in memory, %" G_GUINT64_FORMAT " before", kept,
                   before);
    assert_memory_is_left();
    if (all) {
        g_assert_cmpuint(status("\nVmLck:"), >, 1000);
        g_assert_cmpuint(kept, >, before);
        g_assert_cmpuint(kept, <, before + 16 * 1024);
    }
    g_assert_true(os_memory_keep(FALSE));
    g_assert_cmpuint(status("\nVmLck:"), ==, 0);
    g_assert_true(os_memory_keep(FALSE));
    if (!all)
        g_test_skip("the limit on locked memory is too low");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/memory/code-is-brought-in-and-nothing-else-is-filled", test_keep);
    return g_test_run();
}
