/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz.h"
#include "key-file.h"

#include <stdlib.h>
#include <string.h>

/* What could be read, dumps to a file that reads back to the same dump, without a warning. */
static void check_dump(const VaConfig *config)
{
    g_autofree char *first = va_key_file_format(config);
    g_autoptr(VaConfig) again = va_config_new();
    if (!va_key_file_parse(again, first, strlen(first), NULL) || again->warnings->len > 0)
        abort();
    g_autofree char *second = va_key_file_format(again);
    if (strcmp(first, second) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
    g_autoptr(VaConfig) config = va_config_new();
    g_autoptr(GError) error = NULL;
    gboolean read = va_key_file_parse(config, (const char *)data, size, &error);
    if (read == (error != NULL) || config->warnings->len > VA_KEY_FILE_WARNINGS_MAX)
        abort();
    if (read)
        check_dump(config);
    return 0;
}
