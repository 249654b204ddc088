/* SPDX-License-Identifier: Apache-2.0 */

/* What we write, read by somebody else: json-glib, whose reader shares nothing with ours. */

#include "codec.h"
#include "json-text.h"
#include "schema-types.h"

#include <json-glib/json-glib.h>
#include <string.h>

static JsonNode *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonNode *node = json_from_string(text, &error);
    g_assert_no_error(error);
    return node;
}

static void test_strings(void)
{
    for (gunichar first = 1; first < 0x11000; first += first < 0x300 ? 1 : 97) {
        char text[16] = {0};
        gboolean is_character = (first & 0xFFFE) != 0xFFFE && (first < 0xFDD0 || first > 0xFDEF);
        if (!g_unichar_validate(first) || !is_character)
            continue;
        g_unichar_to_utf8(first, text);
        strcat(text, "\"\\/x");
        g_autoptr(GString) out = g_string_new(NULL);
        va_json_put_string(out, text, strlen(text));
        g_autoptr(JsonNode) node = parse(out->str);
        g_assert_cmpstr(json_node_get_string(node), ==, text);
    }
}

static void test_doubles(void)
{
    for (guint i = 0; i < 20000; i++) {
        double number = g_test_rand_double_range(-1e9, 1e9) / (1 + i % 97);
        g_autoptr(GString) out = g_string_new(NULL);
        va_json_put_double(out, number);
        g_autoptr(JsonNode) node = parse(out->str);
        g_assert_cmpfloat(json_node_get_double(node), ==, number);
    }
}

static GuestNetworkInterface *an_interface(void)
{
    GuestNetworkInterface *interface = guest_network_interface_new();
    GuestIpAddress *address = guest_ip_address_new();

    interface->name = g_strdup("br-\xc3\xa4\"\n");
    interface->ip_addresses = g_ptr_array_new();
    g_ptr_array_add(interface->ip_addresses, address);
    address->ip_address = g_strdup("fe80::1");
    address->ip_address_type = GUEST_IP_ADDRESS_TYPE_IPV6;
    address->prefix = 64;
    interface->statistics = guest_network_interface_stat_new();
    interface->statistics->rx_bytes = G_MAXINT64;
    return interface;
}

static void test_structures(void)
{
    static const VaMember what = {
        .kind = VA_KIND_STRUCT, .type = &guest_network_interface_type, .name = "interface"};
    g_autoptr(GuestNetworkInterface) interface = an_interface();
    g_autoptr(VaOutput) output = va_output_new();

    va_encode(&what, &interface, output);
    g_autoptr(JsonNode) node = parse(va_output_text(output)->str);
    JsonObject *object = json_node_get_object(node);
    JsonObject *address =
        json_array_get_object_element(json_object_get_array_member(object, "ip-addresses"), 0);
    JsonObject *statistics = json_object_get_object_member(object, "statistics");
    g_assert_cmpstr(json_object_get_string_member(object, "name"), ==, interface->name);
    g_assert_false(json_object_has_member(object, "hardware-address"));
    g_assert_cmpstr(json_object_get_string_member(address, "ip-address-type"), ==, "ipv6");
    g_assert_cmpint(json_object_get_int_member(address, "prefix"), ==, 64);
    g_assert_cmpint(json_object_get_int_member(statistics, "rx-bytes"), ==, G_MAXINT64);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/oracle/another-reader-reads-our-strings", test_strings);
    g_test_add_func("/oracle/another-reader-reads-our-numbers", test_doubles);
    g_test_add_func("/oracle/another-reader-reads-our-structures", test_structures);
    return g_test_run();
}
