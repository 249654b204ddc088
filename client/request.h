/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

/* A request being written: one line of JSON, arguments in the order they are given. */
typedef struct {
    char *command; /* for messages */
    GString *text;
    gboolean has_arguments;
} Request;

Request *request_new(const char *command);
/* @text goes out as it is; NULL: it went out with an earlier one. */
Request *request_new_raw(const char *command, const char *text);
void request_free(Request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Request, request_free)

void request_add_string(Request *request, const char *name, const char *value);
void request_add_strings(Request *request, const char *name, const char *const *values);
void request_add_integer(Request *request, const char *name, gint64 value);
void request_add_boolean(Request *request, const char *name, gboolean value);
void request_add_bytes(Request *request, const char *name, const void *data, gsize size);

/* Completes the line. */
void request_end(Request *request);
