/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

static void check_end(Request *request, const char *expected)
{
    g_autoptr(Request) owned = request;
    request_end(owned);
    g_assert_cmpstr(owned->text->str, ==, expected);
}

static void test_arguments_are_optional(void)
{
    check_end(request_new("guest-ping"), "{\"execute\": \"guest-ping\"}\n");
}

static void test_every_kind_of_argument(void)
{
    const char *const list[] = {"-c", "echo \"hi\"", NULL};
    const char *const none[] = {NULL};
    Request *request = request_new("guest-exec");
    request_add_string(request, "path", "/bin/\303\274\n");
    request_add_strings(request, "arg", list);
    request_add_strings(request, "env", none);
    request_add_integer(request, "handle", G_MININT64);
    request_add_boolean(request, "capture-output", TRUE);
    request_add_bytes(request, "input-data", "\0\1\2\3", 4);
    request_add_bytes(request, "empty", NULL, 0);
    check_end(request, "{\"execute\": \"guest-exec\", \"arguments\": {"
                       "\"path\": \"/bin/\\u00FC\\n\", \"arg\": [\"-c\", \"echo \\\"hi\\\"\"], "
                       "\"env\": [], \"handle\": -9223372036854775808, "
                       "\"capture-output\": true, \"input-data\": \"AAECAw==\", "
                       "\"empty\": \"\"}}\n");
}

static void test_a_value_cannot_become_an_argument(void)
{
    Request *request = request_new("guest-file-open");
    request_add_string(request, "path", "x\", \"mode\": \"w");
    check_end(request, "{\"execute\": \"guest-file-open\", \"arguments\": {"
                       "\"path\": \"x\\\", \\\"mode\\\": \\\"w\"}}\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/request/arguments-are-optional", test_arguments_are_optional);
    g_test_add_func("/request/every-kind-of-argument", test_every_kind_of_argument);
    g_test_add_func("/request/a-value-cannot-become-an-argument",
                    test_a_value_cannot_become_an_argument);
    return g_test_run();
}
