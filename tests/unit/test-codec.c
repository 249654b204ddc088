/* SPDX-License-Identifier: Apache-2.0 */
#include "error.h"
#include "every-kind.h"
#include "fake-stream.h"
#include "place.h"
#include "schema-types.h"
#include "wire.h"
#include <string.h>

#define A_POINT    "{\"x\": 1, \"y\": -2}"
#define LONG_BYTES 100000u

/* By way of the reader, as in life. */
static gpointer decode(const VaType *type, const char *json, GError **error)
{
    g_autoptr(VaWire) wire = va_wire_new();
    gsize left = strlen(json);
    VaDocument document;

    while (left > 0) {
        gsize size;
        char *space = va_wire_space(wire, &size);
        gsize part = MIN(size, left);

        memcpy(space, json, part);
        va_wire_received(wire, part);
        json += part;
        left -= part;
        if (va_wire_next(wire, &document, NULL) == VA_WIRE_DOCUMENT)
            return va_decode(type, &document, 0, error);
    }
    g_assert_not_reached();
}

static char *encode_member(const VaMember *what, gconstpointer value)
{
    g_autoptr(VaOutput) output = va_output_new();
    g_autoptr(FakeStream) fake = fake_stream_new();

    va_encode(what, value, output);
    g_assert_cmpint(va_output_send(output, fake_stream_end(fake), NULL), ==, OS_IO_DONE);
    return g_strdup(fake_stream_written(fake)->str);
}

static char *encode(const VaType *type, gconstpointer value)
{
    VaMember what = {.kind = type->kind, .type = type};

    return encode_member(&what, &value);
}

static void assert_decodes(const VaType *type, const char *json, const char *canonical)
{
    g_autoptr(GError) error = NULL;
    gpointer value = decode(type, json, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    g_assert_nonnull(value);
    text = encode(type, value);
    g_assert_cmpstr(text, ==, canonical);
    va_type_free(type, value);
}

static void assert_round_trip(const VaType *type, const char *json)
{
    assert_decodes(type, json, json);
}

static void assert_refuses(const VaType *type, const char *json, const char *message)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(decode(type, json, &error));
    g_assert_error(error, VA_ERROR, VA_ERROR_GENERIC);
    g_assert_cmpstr(error->message, ==, message);
}

static const char every_json[] =
    "{\"integer\": -9223372036854775808, \"big\": 18446744073709551615, \"small\": 65535, "
    "\"real\": 0.07, \"flag\": true, \"text\": \"\\u00E4\\u0000\\\"\", \"bytes\": \"AP8=\", "
    "\"colour\": \"green\", \"point\": {\"x\": 1, \"y\": 2, \"z\": 3}, "
    "\"shape\": {\"kind\": \"box\", \"width\": 7, \"height\": 8}, \"size\": \"blue\", "
    "\"texts\": [\"\", \"a\"], \"points\": [" A_POINT ", {\"x\": 0, \"y\": 0, \"z\": 0}], "
    "\"shapes\": [{\"title\": \"t\", \"kind\": \"circle\", \"radius\": 1.5, \"middle\": " A_POINT
    "}, {\"kind\": \"nothing\"}]}";

static void test_round_trip(void)
{
    assert_round_trip(&every_type, every_json);
    assert_round_trip(&maybe_type, every_json);
}

static void test_absent(void)
{
    const char *const present[] = {
        "{}",
        "{\"integer\": 0}",
        "{\"big\": 0}",
        "{\"small\": 0}",
        "{\"real\": 0}",
        "{\"flag\": false}",
        "{\"text\": \"\"}",
        "{\"bytes\": \"\"}",
        "{\"colour\": \"red\"}",
        "{\"point\": " A_POINT "}",
        "{\"shape\": {\"kind\": \"nothing\"}}",
        "{\"size\": 9223372036854775807}",
        "{\"size\": false}",
        "{\"size\": " A_POINT "}",
        "{\"texts\": []}",
        "{\"points\": []}",
        "{\"shapes\": []}",
        "{\"integer\": 1, \"shapes\": []}",
    };

    for (guint i = 0; i < G_N_ELEMENTS(present); i++)
        assert_round_trip(&maybe_type, present[i]);
}

static void test_order(void)
{
    assert_decodes(&point_type, "{'z':3 , 'y':2,'x':-0}", "{\"x\": 0, \"y\": 2, \"z\": 3}");
    assert_decodes(&shape_type, "{'radius':25e-1,'kind':'circle','title':'x'}",
                   "{\"title\": \"x\", \"kind\": \"circle\", \"radius\": 2.5}");
}

static void test_values(void)
{
    Every *every = decode(&every_type, every_json, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new_static("\x00\xff", 2);
    const Point *point = every->points->pdata[1];
    const Shape *shape = every->shapes->pdata[0];

    g_assert_cmpint(every->integer, ==, G_MININT64);
    g_assert_cmpuint(every->big, ==, G_MAXUINT64);
    g_assert_cmpuint(every->small_, ==, 65535);
    g_assert_cmpfloat(every->real, ==, 0.07);
    g_assert_true(every->flag);
    g_assert_cmpstr(every->text, ==, "\xc3\xa4\xc0\x80\"");
    g_assert_true(g_bytes_equal(every->bytes, bytes));
    g_assert_cmpint(every->colour, ==, COLOUR_GREEN);
    g_assert_false(every->has_integer);
    g_assert_false(((const Point *)every->points->pdata[0])->has_z);
    g_assert_true(point->has_z);
    g_assert_cmpint(every->size->choice, ==, SIZE_NAME);
    g_assert_cmpint(every->size->name, ==, COLOUR_BLUE);
    g_assert_null(shape->box);
    g_assert_cmpint(shape->circle->middle->y, ==, -2);
    va_type_free(&every_type, every);
}

static void test_no_arguments(void)
{
    VaDocument none = {0};
    g_autoptr(GError) error = NULL;
    Every *every = va_decode(&maybe_type, &none, 0, &error);

    g_assert_no_error(error);
    g_assert_null(every->points);
    va_type_free(&maybe_type, every);
    g_assert_null(va_decode(&point_type, &none, 0, &error));
    g_assert_cmpstr(error->message, ==, "Parameter 'x' is missing");
}

typedef struct {
    const char *json;
    const char *message;
} Refusal;

#define WRONG(name, expected) "Invalid parameter type for '" name "', expected: " expected

static const Refusal refusals[] = {
    {"{'integer':1.0}", WRONG("integer", "integer")},
    {"{'integer':1e2}", WRONG("integer", "integer")},
    {"{'integer':9223372036854775808}", WRONG("integer", "integer")},
    {"{'integer':-9223372036854775809}", WRONG("integer", "integer")},
    {"{'integer':'1'}", WRONG("integer", "integer")},
    {"{'integer':null}", WRONG("integer", "integer")},
    {"{'big':-1}", "Parameter 'big' expects uint64"},
    {"{'big':18446744073709551616}", "Parameter 'big' expects uint64"},
    {"{'big':1.5}", "Parameter 'big' expects uint64"},
    {"{'small':65536}", "Parameter 'small' expects uint16"},
    {"{'small':-1}", "Parameter 'small' expects uint16"},
    {"{'real':'1'}", WRONG("real", "number")},
    {"{'flag':1}", WRONG("flag", "boolean")},
    {"{'flag':null}", WRONG("flag", "boolean")},
    {"{'text':1}", WRONG("text", "string")},
    {"{'text':null}", WRONG("text", "string")},
    {"{'bytes':[]}", WRONG("bytes", "string")},
    {"{'bytes':'YWI'}", "Base64 data contains invalid characters"},
    {"{'bytes':'a b='}", "Base64 data contains invalid characters"},
    {"{'colour':3}", WRONG("colour", "string")},
    {"{'colour':'pink'}", "Parameter 'colour' does not accept value 'pink'"},
    {"{'colour':'Red'}", "Parameter 'colour' does not accept value 'Red'"},
    {"{'point':[]}", WRONG("point", "object")},
    {"{'point':{'x':1}}", "Parameter 'point.y' is missing"},
    {"{'point':{'x':1,'y':1,'w':1}}", "Parameter 'point.w' is unexpected"},
    {"{'shape':{}}", "Parameter 'shape.kind' is missing"},
    {"{'shape':{'kind':'box'}}", "Parameter 'shape.width' is missing"},
    {"{'shape':{'kind':'ball'}}", "Parameter 'shape.kind' does not accept value 'ball'"},
    {"{'shape':{'kind':'nothing','width':1}}", "Parameter 'shape.width' is unexpected"},
    {"{'shape':{'kind':'circle','radius':1,'middle':{'x':'','y':1}}}",
     WRONG("shape.middle.x", "integer")},
    {"{'size':null}", WRONG("size", "Size")},
    {"{'size':[]}", WRONG("size", "Size")},
    {"{'size':1.5}", WRONG("size", "integer")},
    {"{'size':'tall'}", "Parameter 'size' does not accept value 'tall'"},
    {"{'size':{'x':1}}", "Parameter 'size.y' is missing"},
    {"{'texts':'a'}", WRONG("texts", "array")},
    {"{'texts':['a',1]}", WRONG("texts[1]", "string")},
    {"{'points':[" A_POINT ",[]]}", WRONG("points[1]", "object")},
    {"{'points':[" A_POINT "," A_POINT ",{'x':1,'y':true}]}", WRONG("points[2].y", "integer")},
    {"{'points':[{'x':1,'y':2,'a':1}]}", "Parameter 'points[0].a' is unexpected"},
    {"{'shapes':[{'kind':'box','width':1,'height':70000}]}",
     "Parameter 'shapes[0].height' expects uint16"},
    {"{'b':1,'a':2}", "Parameter 'b' is unexpected"},
    {"{'text':'t','':[[{}]],'integer':1}", "Parameter '' is unexpected"},
    {"{'a':{'b':1},'text':1}", WRONG("text", "string")},
};

static void test_refusals(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(refusals); i++)
        assert_refuses(&maybe_type, refusals[i].json, refusals[i].message);
    assert_refuses(&every_type, "{'text':'t'}", "Parameter 'integer' is missing");
    assert_refuses(&every_type, "{'foo':1}", "Parameter 'integer' is missing");
}

/* Every member in turn is the one that fails: under a leak checker, what came before is freed. */
static void test_half_decoded(void)
{
    for (guint i = 0; i < every_type.n_members; i++) {
        g_autofree char *mark = g_strdup_printf("\"%s\": ", every_members[i].name);
        g_autoptr(GString) json = g_string_new(every_json);
        g_autoptr(GError) error = NULL;

        g_string_replace(json, mark, "\"spoilt\": ", 1);
        g_assert_null(decode(&every_type, json->str, &error));
        g_assert_cmpstr(error->message, !=, "");
    }
}

static void test_quotes(void)
{
    g_autofree char *ascii = g_strnfill(VA_QUOTE_MAX, 'a');
    g_autofree char *exact = g_strdup_printf("Parameter '%s' is unexpected", ascii);
    g_autofree char *fits = g_strdup_printf("{'%s':1}", ascii);
    g_autofree char *longer = g_strdup_printf("{'%s\xc3\xa4':1}", ascii);
    g_autofree char *split = g_strdup_printf("{'%s\xf0\x9f\x98\x80z':1}", ascii + 2);
    g_autofree char *before = g_strdup_printf("Parameter '%s' is unexpected", ascii + 2);
    g_autofree char *value = g_strdup_printf("{'colour':'%s\\u0000'}", ascii + 1);
    g_autofree char *refused =
        g_strdup_printf("Parameter 'colour' does not accept value '%s'", ascii + 1);

    assert_refuses(&maybe_type, fits, exact);
    assert_refuses(&maybe_type, longer, exact);
    assert_refuses(&maybe_type, split, before);
    assert_refuses(&maybe_type, value, refused);
}

static void test_long_bytes(void)
{
    g_autofree guint8 *data = g_malloc(LONG_BYTES);
    const gsize sizes[] = {1, 4094, 4095, 4096, 4097, LONG_BYTES};

    for (guint i = 0; i < LONG_BYTES; i++)
        data[i] = (guint8)(i * 31 + i / 256);
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *base64 = g_base64_encode(data, sizes[i]);
        g_autofree char *json = g_strdup_printf("{\"text\": \"t\", \"bytes\": \"%s\"}", base64);

        assert_round_trip(&maybe_type, json);
    }
}

/* What a command forgot to set must still be a reply that clients can read. */
static void test_forgotten(void)
{
    Every nothing = {0};
    Every *pointer = &nothing;
    VaMember what = {.kind = VA_KIND_STRUCT, .type = &every_type};
    g_autofree char *text = encode_member(&what, &pointer);

    g_assert_cmpstr(
        text, ==,
        "{\"integer\": 0, \"big\": 0, \"small\": 0, \"real\": 0, \"flag\": false, "
        "\"text\": \"\", \"bytes\": \"\", \"colour\": \"red\", \"point\": {}, "
        "\"shape\": {}, \"size\": null, \"texts\": [], \"points\": [], \"shapes\": []}");
}

/* A command may give its list a free function or not. */
static void test_lists_either_way(void)
{
    const VaMember what = {.kind = VA_KIND_STRUCT, .list = TRUE, .type = &guest_file_seek_type};
    GPtrArray *lists[] = {
        g_ptr_array_new(),
        g_ptr_array_new_with_free_func((GDestroyNotify)guest_file_seek_free),
    };

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *text = NULL;

        g_ptr_array_add(lists[i], guest_file_seek_new());
        text = encode_member(&what, &lists[i]);
        g_assert_cmpstr(text, ==, "[{\"position\": 0, \"eof\": false}]");
        va_value_clear(&what, &lists[i]);
        g_assert_null(lists[i]);
        va_value_clear(&what, &lists[i]);
    }
    va_type_free(&every_type, NULL);
}

static void test_scalars(void)
{
    const VaMember integer = {.kind = VA_KIND_INT};
    const gint64 numbers[] = {0, -1, 10, G_MAXINT64, G_MININT64, 1735689600123};

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_autofree char *text = encode_member(&integer, &numbers[i]);
        g_autofree char *expected = g_strdup_printf("%" G_GINT64_FORMAT, numbers[i]);

        g_assert_cmpstr(text, ==, expected);
    }
}

static void test_exec(void)
{
    g_autoptr(GuestExecIn) in = NULL;
    g_autoptr(GError) error = NULL;

    assert_round_trip(&guest_exec_in_type,
                      "{\"path\": \"/bin/cat\", \"arg\": [\"-\"], \"env\": [], "
                      "\"input-data\": \"aGk=\", \"capture-output\": \"separated\"}");
    assert_refuses(&guest_exec_in_type, "{'path':'x','arg':['a',2]}", WRONG("arg[1]", "string"));
    assert_refuses(&guest_exec_in_type, "{'path':'x','capture-output':'both'}",
                   "Parameter 'capture-output' does not accept value 'both'");
    assert_refuses(&guest_exec_in_type, "{'path':'x','capture-output':1}",
                   WRONG("capture-output", "GuestExecCaptureOutput"));
    in = decode(&guest_exec_in_type, "{'capture-output':true,'path':'x'}", &error);
    g_assert_no_error(error);
    g_assert_true(in->capture_output->flag);
    g_assert_null(in->arg);
}

static void test_commands(void)
{
    assert_refuses(&guest_sync_in_type, "{}", "Parameter 'id' is missing");
    assert_refuses(&guest_sync_in_type, "{'id':'1'}", WRONG("id", "integer"));
    assert_refuses(&guest_sync_in_type, "{'id':1,'foo':42}", "Parameter 'foo' is unexpected");
    assert_refuses(&guest_file_open_in_type, "{'path':'x','mode':null}", WRONG("mode", "string"));
    assert_refuses(&guest_file_seek_in_type, "{'handle':1,'offset':0,'whence':true}",
                   WRONG("whence", "GuestFileWhence"));
    assert_refuses(&guest_file_seek_in_type, "{'handle':1,'offset':0,'whence':'0'}",
                   "Parameter 'whence' does not accept value '0'");
    assert_round_trip(&guest_file_seek_in_type,
                      "{\"handle\": 1000, \"offset\": -5, \"whence\": \"end\"}");
    assert_round_trip(&guest_file_seek_in_type, "{\"handle\": 1000, \"offset\": 5, \"whence\": 1}");
}

static void test_replies(void)
{
    g_autoptr(GuestFileRead) empty = guest_file_read_new();
    g_autofree char *text = encode(&guest_file_read_type, empty);

    g_assert_cmpstr(text, ==, "{\"count\": 0, \"buf-b64\": \"\", \"eof\": false}");
    assert_round_trip(&guest_exec_status_type,
                      "{\"exited\": true, \"exitcode\": 0, \"out-data\": \"aGk=\"}");
    assert_round_trip(&guest_agent_info_type,
                      "{\"version\": \"11.0.0\", \"supported_commands\": [{\"name\": "
                      "\"guest-ping\", \"enabled\": true, \"success-response\": true}]}");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/codec/every-kind-survives-a-round-trip", test_round_trip);
    g_test_add_func("/codec/absent-members-stay-absent-and-zeros-stay", test_absent);
    g_test_add_func("/codec/members-are-written-in-schema-order", test_order);
    g_test_add_func("/codec/values-arrive-in-the-struct", test_values);
    g_test_add_func("/codec/no-arguments-are-no-members", test_no_arguments);
    g_test_add_func("/codec/errors-name-the-place-and-the-fault", test_refusals);
    g_test_add_func("/codec/a-half-decoded-struct-is-freed", test_half_decoded);
    g_test_add_func("/codec/quoted-text-is-cut-between-characters", test_quotes);
    g_test_add_func("/codec/bytes-of-any-size-survive", test_long_bytes);
    g_test_add_func("/codec/a-reply-with-forgotten-members-is-still-json", test_forgotten);
    g_test_add_func("/codec/lists-are-freed-with-and-without-a-free-function",
                    test_lists_either_way);
    g_test_add_func("/codec/integers-are-exact", test_scalars);
    g_test_add_func("/codec/guest-exec-takes-what-its-schema-says", test_exec);
    g_test_add_func("/codec/real-commands-refuse-in-the-known-words", test_commands);
    g_test_add_func("/codec/real-replies-look-as-clients-expect", test_replies);
    return g_test_run();
}
