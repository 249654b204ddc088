/* SPDX-License-Identifier: Apache-2.0 */
#include "os-memory-block.h"
#include "os-root.h"
#include "root-tree.h"

#include <errno.h>
#include <gio/gio.h>

#define BLOCKS "/sys/devices/system/memory"

typedef struct {
    char *root;
} Place;

static void set_up(Place *place, gconstpointer data)
{
    place->root = root_tree_unpack("memory-hotplug");
}

static void tear_down(Place *place, gconstpointer data)
{
    root_tree_remove(place->root);
}

static void test_list(Place *place, gconstpointer data)
{
    static const OsMemoryBlock expected[] = {
        {0, TRUE, OS_MEMORY_BLOCK_FIXED},       {1, TRUE, OS_MEMORY_BLOCK_REMOVABLE},
        {32, TRUE, OS_MEMORY_BLOCK_REMOVABLE},  {33, FALSE, OS_MEMORY_BLOCK_REMOVABLE},
        {34, TRUE, OS_MEMORY_BLOCK_REMOVABLE},  {100, TRUE, OS_MEMORY_BLOCK_UNKNOWN},
        {102, TRUE, OS_MEMORY_BLOCK_REMOVABLE}, {G_MAXUINT64, FALSE, OS_MEMORY_BLOCK_REMOVABLE},
    };
    g_autoptr(GArray) blocks = os_memory_block_list(NULL);

    g_assert_cmpuint(blocks->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < blocks->len; i++) {
        const OsMemoryBlock *block = &g_array_index(blocks, OsMemoryBlock, i);
        g_assert_cmpuint(block->index, ==, expected[i].index);
        g_assert_cmpint(block->online, ==, expected[i].online);
        g_assert_cmpint(block->kind, ==, expected[i].kind);
    }
}

static void test_no_blocks(Place *place, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) blocks = NULL;
    guint64 size = 7;

    os_root_set("/nonexistent");
    blocks = os_memory_block_list(&error);
    g_assert_no_error(error);
    g_assert_cmpuint(blocks->len, ==, 0);
    g_assert_false(os_memory_block_size(&size, &error));
    g_assert_cmpstr(error->message, ==,
                    "failed to read '/nonexistent" BLOCKS
                    "/block_size_bytes': No such file or directory");
    g_assert_cmpuint(size, ==, 7);
}

static void test_no_directory(Place *place, gconstpointer data)
{
    g_autofree char *odd = g_strconcat(place->root, "/odd", NULL);
    g_autoptr(GError) error = NULL;

    root_tree_add(place->root, "/odd" BLOCKS " = a file");
    os_root_set(odd);
    g_assert_null(os_memory_block_list(&error));
    g_assert_error(error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
}

static void assert_set(guint64 index, gboolean online, OsMemoryBlockOutcome outcome, int code)
{
    int got = 0;
    g_assert_cmpint(os_memory_block_set_online(index, online, &got), ==, outcome);
    g_assert_cmpint(got, ==, code);
}

static void assert_state(const char *path, const char *expected)
{
    g_autofree char *file = os_root(path);
    g_autofree char *content = NULL;
    g_assert_true(g_file_get_contents(file, &content, NULL, NULL));
    g_assert_cmpstr(content, ==, expected);
}

static void test_set(Place *place, gconstpointer data)
{
    assert_set(32, FALSE, OS_MEMORY_BLOCK_DONE, 0);
    assert_set(33, TRUE, OS_MEMORY_BLOCK_DONE, 0);
    assert_set(34, FALSE, OS_MEMORY_BLOCK_DONE, 0);
    assert_set(G_MAXUINT64, TRUE, OS_MEMORY_BLOCK_DONE, 0);
    assert_state(BLOCKS "/memory32/state", "offline");
    assert_state(BLOCKS "/memory33/state", "online");
    assert_state(BLOCKS "/memory34/state", "offline");
    assert_state(BLOCKS "/memory18446744073709551615/state", "online");
}

/* The newline that the tree has shows that nothing was written: the kernel would call it invalid.
 */
static void test_set_as_it_is(Place *place, gconstpointer data)
{
    assert_set(32, TRUE, OS_MEMORY_BLOCK_DONE, 0);
    assert_set(33, FALSE, OS_MEMORY_BLOCK_DONE, 0);
    assert_state(BLOCKS "/memory32/state", "online\n");
    assert_state(BLOCKS "/memory33/state", "offline\n");
}

static void test_set_fails(Place *place, gconstpointer data)
{
    assert_set(2, FALSE, OS_MEMORY_BLOCK_NOT_FOUND, ENOENT);
    assert_set(G_MAXUINT64 - 1, TRUE, OS_MEMORY_BLOCK_NOT_FOUND, ENOENT);
    assert_set(101, FALSE, OS_MEMORY_BLOCK_NOT_SUPPORTED, ENOENT);
    assert_set(102, FALSE, OS_MEMORY_BLOCK_REFUSED, ENOSPC);
    os_root_set("/nonexistent");
    assert_set(0, FALSE, OS_MEMORY_BLOCK_NOT_SUPPORTED, ENOENT);
}

static void assert_size(Place *place, const char *text, guint64 expected)
{
    g_autofree char *line = g_strconcat(BLOCKS "/block_size_bytes = ", text, NULL);
    guint64 size = 0;
    root_tree_add(place->root, line);
    g_assert_cmpint(os_memory_block_size(&size, NULL), ==, expected != 0);
    g_assert_cmpuint(size, ==, expected);
}

static void test_size(Place *place, gconstpointer data)
{
    guint64 size = 0;
    g_assert_true(os_memory_block_size(&size, NULL));
    g_assert_cmpuint(size, ==, 128 * 1024 * 1024);
    assert_size(place, "ffffffffffffffff", G_MAXUINT64);
    assert_size(place, "0", 0);
    assert_size(place, "10000000000000000", 0);
    assert_size(place, "-1", 0);
    assert_size(place, "0x8000000", 0);
    assert_size(place, "", 0);
}

static void test_this_machine(Place *place, gconstpointer data)
{
    g_autoptr(GArray) blocks = NULL;
    guint64 size = 0;

    os_root_set(NULL);
    blocks = os_memory_block_list(NULL);
    if (blocks->len == 0) {
        g_test_skip("this machine's kernel does not keep memory in blocks");
        return;
    }
    g_assert_true(os_memory_block_size(&size, NULL));
    g_assert_cmpuint(size & (size - 1), ==, 0);
    for (guint i = 1; i < blocks->len; i++)
        g_assert_cmpuint(g_array_index(blocks, OsMemoryBlock, i - 1).index, <,
                         g_array_index(blocks, OsMemoryBlock, i).index);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *claim;
        void (*test)(Place *, gconstpointer);
    } tests[] = {
        {"/memory-block/list/each-by-number", test_list},
        {"/memory-block/list/empty-without-a-directory-but-no-size", test_no_blocks},
        {"/memory-block/list/an-error-if-it-cannot-be-read", test_no_directory},
        {"/memory-block/set/out-of-use-and-back", test_set},
        {"/memory-block/set/what-is-so-already-is-left-alone", test_set_as_it_is},
        {"/memory-block/set/every-failure-has-its-outcome", test_set_fails},
        {"/memory-block/the-size-is-hexadecimal", test_size},
        {"/memory-block/this-machine-is-consistent", test_this_machine},
    };
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].claim, Place, NULL, set_up, tests[i].test, tear_down);
    return g_test_run();
}
