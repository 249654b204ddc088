/* SPDX-License-Identifier: Apache-2.0 */
#include "fake-info.h"
#include "schema-commands.h"

#include <errno.h>

/* Processors: one that stays, one in use, one out of use. */
typedef struct {
    OsCpu cpus[3];
    OsMemoryBlock blocks[4];
} Machine;

static void set_up(Machine *machine, gconstpointer data)
{
    *machine = (Machine){
        {{0, TRUE, FALSE}, {1, TRUE, TRUE}, {2, FALSE, TRUE}},
        {{0, TRUE, OS_MEMORY_BLOCK_FIXED},
         {32, TRUE, OS_MEMORY_BLOCK_REMOVABLE},
         {33, FALSE, OS_MEMORY_BLOCK_REMOVABLE},
         {G_MAXUINT64, TRUE, OS_MEMORY_BLOCK_UNKNOWN}},
    };
    fake_info_reset();
    fake_info()->cpus = machine->cpus;
    fake_info()->n_cpus = G_N_ELEMENTS(machine->cpus);
    fake_info()->blocks = machine->blocks;
    fake_info()->n_blocks = G_N_ELEMENTS(machine->blocks);
}

static void give_back(const char *command, gpointer reply)
{
    va_value_clear(va_command_find(command)->out, &reply);
}

static void test_processors(Machine *machine, gconstpointer data)
{
    GPtrArray *reply = NULL;

    g_assert_true(cmd_get_vcpus(&reply, NULL));
    g_assert_cmpuint(reply->len, ==, 3);
    for (guint i = 0; i < reply->len; i++) {
        const GuestLogicalProcessor *guest = g_ptr_array_index(reply, i);
        g_assert_cmpint(guest->logical_id, ==, i);
        g_assert_cmpint(guest->online, ==, i < 2);
        g_assert_true(guest->has_can_offline);
        g_assert_cmpint(guest->can_offline, ==, i > 0);
    }
    give_back("guest-get-vcpus", reply);
}

/* "online" of processor @ids[i] is the i-th of @online, which says + or -. */
static gboolean set_vcpus(const gint64 *ids, const char *online, gint64 *done, GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
    const GuestSetVcpusIn in = {list};

    for (guint i = 0; online[i]; i++) {
        const GuestLogicalProcessor processor = {.logical_id = ids[i], .online = online[i] == '+'};
        g_ptr_array_add(list, g_memdup2(&processor, sizeof processor));
    }
    return cmd_set_vcpus(&in, done, error);
}

static void assert_set(const gint64 *ids, const char *online, gint64 expected)
{
    g_autoptr(GError) error = NULL;
    gint64 done = -1;
    gboolean fine = set_vcpus(ids, online, &done, &error);
    g_assert_no_error(error);
    g_assert_true(fine);
    g_assert_cmpint(done, ==, expected);
}

static void assert_set_fails(const gint64 *ids, const char *online, const char *message)
{
    g_autoptr(GError) error = NULL;
    gint64 done = -1;
    g_assert_false(set_vcpus(ids, online, &done, &error));
    g_assert_cmpstr(error->message, ==, message);
    g_assert_cmpint(done, ==, -1);
}

static void test_set_processors(Machine *machine, gconstpointer data)
{
    const gint64 ids[] = {2, 1, 0, 1, 1};
    assert_set(ids, "", 0);
    assert_set(ids, "+-+-+", 5);
    g_assert_true(machine->cpus[1].online);
    g_assert_true(machine->cpus[2].online);
}

static void test_stop_at_the_first(Machine *machine, gconstpointer data)
{
    const gint64 fixed[] = {1, 0, 2}, missing[] = {2, 77, 1};
    assert_set(fixed, "--+", 1);
    g_assert_false(machine->cpus[1].online);
    g_assert_false(machine->cpus[2].online);
    assert_set(missing, "++-", 1);
    g_assert_true(machine->cpus[2].online);
}

static void test_first_fails(Machine *machine, gconstpointer data)
{
    const gint64 ids[] = {0, 1}, missing[] = {G_MININT64};
    assert_set_fails(ids, "--", "logical processor #0 can't be offlined");
    assert_set_fails(missing, "+", "processor -9223372036854775808 is missing");
    fake_info()->failure = "busy";
    assert_set_fails(&ids[1], "-", "busy");
    g_assert_true(machine->cpus[1].online);
}

static void test_too_many_processors(Machine *machine, gconstpointer data)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    GuestLogicalProcessor processor = {.logical_id = 1};
    const GuestSetVcpusIn in = {list};
    gint64 done = -1;

    for (guint i = 0; i <= 65536; i++)
        g_ptr_array_add(list, &processor);
    g_assert_false(cmd_set_vcpus(&in, &done, &error));
    g_assert_cmpstr(error->message, ==, "Parameter 'vcpus' has more than 65536 elements");
    g_assert_true(machine->cpus[1].online);
    g_ptr_array_set_size(list, 65536);
    g_assert_true(cmd_set_vcpus(&in, &done, NULL));
    g_assert_cmpint(done, ==, 65536);
}

static void test_blocks(Machine *machine, gconstpointer data)
{
    static const gboolean known[] = {TRUE, TRUE, TRUE, FALSE}, can[] = {FALSE, TRUE, TRUE, FALSE};
    GPtrArray *reply = NULL;

    g_assert_true(cmd_get_memory_blocks(&reply, NULL));
    g_assert_cmpuint(reply->len, ==, 4);
    for (guint i = 0; i < reply->len; i++) {
        const GuestMemoryBlock *guest = g_ptr_array_index(reply, i);
        g_assert_cmpuint(guest->phys_index, ==, machine->blocks[i].index);
        g_assert_cmpint(guest->online, ==, i != 2);
        g_assert_cmpint(guest->has_can_offline, ==, known[i]);
        g_assert_cmpint(guest->can_offline, ==, can[i]);
    }
    give_back("guest-get-memory-blocks", reply);
}

static GPtrArray *set_blocks(GuestMemoryBlock *blocks, guint n)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    const GuestSetMemoryBlocksIn in = {list};
    GPtrArray *reply = NULL;

    for (guint i = 0; i < n; i++)
        g_ptr_array_add(list, &blocks[i]);
    cmd_set_memory_blocks(&in, &reply, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(reply->len, ==, n);
    return reply;
}

static void assert_response(const GPtrArray *reply, guint i, guint64 index,
                            GuestMemoryBlockResponseType response, int code)
{
    const GuestMemoryBlockResponse *guest = g_ptr_array_index(reply, i);
    g_assert_cmpuint(guest->phys_index, ==, index);
    g_assert_cmpint(guest->response, ==, response);
    g_assert_cmpint(guest->has_error_code, ==, code != 0);
    g_assert_cmpint(guest->error_code, ==, code);
}

static void test_each_block_is_tried(Machine *machine, gconstpointer data)
{
    GuestMemoryBlock wanted[] = {{99, FALSE}, {0, FALSE}, {32, FALSE}, {33, TRUE}, {33, TRUE}};
    GPtrArray *reply = set_blocks(wanted, G_N_ELEMENTS(wanted));

    assert_response(reply, 0, 99, GUEST_MEMORY_BLOCK_RESPONSE_TYPE_NOT_FOUND, ENOENT);
    assert_response(reply, 1, 0, GUEST_MEMORY_BLOCK_RESPONSE_TYPE_OPERATION_NOT_SUPPORTED,
                    EOPNOTSUPP);
    assert_response(reply, 2, 32, GUEST_MEMORY_BLOCK_RESPONSE_TYPE_SUCCESS, 0);
    assert_response(reply, 3, 33, GUEST_MEMORY_BLOCK_RESPONSE_TYPE_SUCCESS, 0);
    assert_response(reply, 4, 33, GUEST_MEMORY_BLOCK_RESPONSE_TYPE_SUCCESS, 0);
    g_assert_false(machine->blocks[1].online);
    g_assert_true(machine->blocks[2].online);
    give_back("guest-set-memory-blocks", reply);
}

static void test_a_refusal_has_its_number(Machine *machine, gconstpointer data)
{
    GuestMemoryBlock wanted[] = {{G_MAXUINT64, FALSE}};
    GPtrArray *reply;

    fake_info()->refusal = EBUSY;
    reply = set_blocks(wanted, 1);
    assert_response(reply, 0, G_MAXUINT64, GUEST_MEMORY_BLOCK_RESPONSE_TYPE_OPERATION_FAILED,
                    EBUSY);
    give_back("guest-set-memory-blocks", reply);
}

static void test_no_block_is_no_answer(Machine *machine, gconstpointer data)
{
    GPtrArray *reply = set_blocks(NULL, 0);
    give_back("guest-set-memory-blocks", reply);
}

static void test_block_size(Machine *machine, gconstpointer data)
{
    GuestMemoryBlockInfo *reply = NULL;
    fake_info()->block_size = G_MAXUINT64;
    g_assert_true(cmd_get_memory_block_info(&reply, NULL));
    g_assert_cmpuint(reply->size, ==, G_MAXUINT64);
    give_back("guest-get-memory-block-info", reply);
}

static void assert_broken(gboolean done, gconstpointer reply, GError **error)
{
    g_assert_false(done);
    g_assert_null(reply);
    g_assert_cmpstr((*error)->message, ==, "broken");
    g_clear_error(error);
    fake_info()->failure = "broken";
}

static void test_failures(Machine *machine, gconstpointer data)
{
    GuestMemoryBlockInfo *info = NULL;
    GPtrArray *list = NULL;
    GError *error = NULL;

    fake_info()->failure = "broken";
    assert_broken(cmd_get_vcpus(&list, &error), list, &error);
    assert_broken(cmd_get_memory_blocks(&list, &error), list, &error);
    assert_broken(cmd_get_memory_block_info(&info, &error), info, &error);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *claim;
        void (*test)(Machine *, gconstpointer);
    } tests[] = {
        {"/processors/each-with-what-can-be-done", test_processors},
        {"/processors/set/in-the-order-given", test_set_processors},
        {"/processors/set/stops-at-the-first-that-fails", test_stop_at_the_first},
        {"/processors/set/an-error-only-if-that-is-the-first", test_first_fails},
        {"/processors/set/a-list-has-an-end", test_too_many_processors},
        {"/memory/each-block-with-what-is-known", test_blocks},
        {"/memory/set/each-block-is-tried", test_each_block_is_tried},
        {"/memory/set/a-refusal-has-its-number", test_a_refusal_has_its_number},
        {"/memory/set/nothing-asked-nothing-answered", test_no_block_is_no_answer},
        {"/memory/the-size-of-a-block-may-be-any", test_block_size},
        {"/failures-write-nothing", test_failures},
    };
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].claim, Machine, NULL, set_up, tests[i].test, NULL);
    return g_test_run();
}
