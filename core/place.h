/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "document.h"

/*
 * A value in the arguments of a command, the way that leads to it, and the errors that name it, as
 * in 'vcpus[0].online'.  Places lie on the stack, one per level of nesting, so that they cost
 * nothing until an error needs the words.
 */
typedef struct VaPlace VaPlace;
struct VaPlace {
    const VaPlace *up; /* what it is part of; NULL: it is all the arguments */
    const char *name;  /* of a member; NULL: an element of a list */
    guint32 index;     /* of an element */
    const VaDocument *document;
    VaJson value;
};

/* Host text quoted in an error is cut after this many bytes, at the end of a character. */
#define VA_QUOTE_MAX 128u

/* Errors of the domain VA_ERROR, always FALSE: of a wrong type, outside the range of a type, not
 * among the values of an enum. */
gboolean va_place_fail_type(const VaPlace *place, const char *expected, GError **error);
gboolean va_place_fail_range(const VaPlace *place, const char *expected, GError **error);
gboolean va_place_fail_value(const VaPlace *place, const char *value, GError **error);
/* @object has not, or should not have, a member of that name; @what: "missing" or "unexpected". */
gboolean va_place_fail_member(const VaPlace *object, const char *member, const char *what,
                              GError **error);
