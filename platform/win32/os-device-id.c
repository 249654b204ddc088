/* SPDX-License-Identifier: Apache-2.0 */
#include "os-device-id.h"

#define DIGITS 4 /* of each number */

/* Ids are compared without case (MSDN, "Hardware IDs"). */
static gboolean take_text(const wchar_t **text, const char *expected)
{
    const wchar_t *at = *text;
    for (; *expected; expected++, at++)
        if (*at > 0x7f || g_ascii_toupper((char)*at) != *expected)
            return FALSE;
    *text = at;
    return TRUE;
}

static gboolean take_number(const wchar_t **text, guint16 *number)
{
    guint value = 0;
    for (int i = 0; i < DIGITS; i++) {
        wchar_t unit = (*text)[i];
        int digit = unit <= 0x7f ? g_ascii_xdigit_value((char)unit) : -1;
        if (digit < 0)
            return FALSE;
        value = value << 4 | (guint)digit;
    }
    *text += DIGITS;
    *number = (guint16)value;
    return TRUE;
}

gboolean os_device_parse_id(const wchar_t *id, guint16 *vendor, guint16 *device)
{
    guint16 maker, kind;

    if (!take_text(&id, "PCI\\VEN_") || !take_number(&id, &maker) || !take_text(&id, "&DEV_") ||
        !take_number(&id, &kind) || (*id != L'\0' && *id != L'&'))
        return FALSE;
    *vendor = maker;
    *device = kind;
    return TRUE;
}
