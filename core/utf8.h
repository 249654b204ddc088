/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/*
 * UTF-8 as the wire has it: what RFC 3629 allows, without Unicode's 66 noncharacters, and with
 * U+0000 as the two bytes C0 80, so that every string can end in NUL.
 */
#define VA_UTF8_INVALID G_MAXUINT32

#define VA_UTF8_SIZE_MAX 4 /* bytes of a character */

/* The character that @text, of @length > 0 bytes, begins with, and its size in bytes; or
 * VA_UTF8_INVALID with a size of 1. */
guint32 va_utf8_get(const char *text, gsize length, guint *size);

/* Writes @character to @out, which has VA_UTF8_SIZE_MAX bytes, and returns its size; 0 for what is
 * no character: surrogates, noncharacters, anything above U+10FFFF. */
guint va_utf8_put(guint32 character, char *out);

gboolean va_utf8_is_valid(const char *text, gsize length);
