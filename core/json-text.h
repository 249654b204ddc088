/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* JSON as text, by the house rules of the wire: ASCII only, \uXXXX in upper-case hex (pairs of
 * surrogates above the BMP), short escapes for \b \f \n \r \t \" \\, DEL escaped. */

/* Appends @length bytes of @text, quoted.  What is not UTF-8 becomes \uFFFD; C0 80 is \u0000. */
void va_json_put_string(GString *out, const char *text, gsize length);

/* JSON has no infinities and no NaN.  (isfinite() is a macro that narrows to float in some C
 * libraries, and is warned about.) */
static inline gboolean va_json_is_finite(double number)
{
    return number >= -G_MAXDOUBLE && number <= G_MAXDOUBLE;
}

/* Appends the shortest decimal that reads back to @number exactly ("0.07", "1e+300"); what is not
 * finite becomes 0. */
void va_json_put_double(GString *out, double number);
