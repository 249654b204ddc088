/* SPDX-License-Identifier: Apache-2.0 */
#include "codec.h"

gboolean va_member_is_pointer(const VaMember *member)
{
    return member->list || (member->kind >= VA_KIND_STR && member->kind != VA_KIND_ENUM);
}

const VaMember *va_type_variant(const VaType *type, gconstpointer base)
{
    const VaMember *by = &type->members[type->discriminator];
    guint selected = *(const guint *)(gconstpointer)((const char *)base + by->offset);

    if (selected >= type->n_values || !type->variants[selected].name)
        return NULL;
    return &type->variants[selected];
}

static void clear_members(const VaMember *members, guint n_members, char *base)
{
    for (guint i = 0; i < n_members; i++)
        va_value_clear(&members[i], base + members[i].offset);
}

static void clear_variant(const VaType *type, char *base)
{
    const VaMember *variant = va_type_variant(type, base);

    if (variant)
        va_value_clear(variant, base + variant->offset);
}

static void clear_choice(const VaType *type, char *base)
{
    guint choice = *(guint *)(gpointer)base;

    if (choice < type->n_members)
        va_value_clear(&type->members[choice], base + type->members[choice].offset);
}

void va_type_free(const VaType *type, gpointer value)
{
    if (!value)
        return;
    if (type->kind == VA_KIND_ALTERNATE)
        clear_choice(type, value);
    if (type->kind == VA_KIND_UNION)
        clear_variant(type, value);
    if (type->kind == VA_KIND_STRUCT || type->kind == VA_KIND_UNION)
        clear_members(type->members, type->n_members, value);
    g_free(value);
}

static void clear_list(const VaMember *what, GPtrArray **list)
{
    VaMember element = *what;

    if (!*list)
        return;
    element.list = FALSE;
    g_ptr_array_set_free_func(*list, NULL);
    for (guint i = 0; i < (*list)->len; i++)
        va_value_clear(&element, &(*list)->pdata[i]);
    g_clear_pointer(list, g_ptr_array_unref);
}

void va_value_clear(const VaMember *what, gpointer value)
{
    gpointer *pointer = value;

    if (what->list)
        clear_list(what, value);
    else if (what->kind == VA_KIND_STR)
        g_clear_pointer(pointer, g_free);
    else if (what->kind == VA_KIND_BYTES)
        g_clear_pointer((GBytes **)value, g_bytes_unref);
    else if (what->kind >= VA_KIND_STRUCT)
        va_type_free(what->type, g_steal_pointer(pointer));
}
