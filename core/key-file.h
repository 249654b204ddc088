/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "config.h"

/*
 * The configuration file, in the format of GLib's key files.  Read by code of our own, because with
 * GKeyFile a list given twice loses its first half (a blocked command would be open), and paths
 * that are not UTF-8 cannot be read.
 */
#define VA_KEY_FILE_MAX          (1024u * 1024) /* bytes of the file */
#define VA_KEY_FILE_WARNINGS_MAX 16u            /* kept of one file */

/* Reads @path into @config, and says so in @config->file.  If it does not exist: an error with
 * @required, else TRUE and nothing is changed.  Errors read "error loading configuration from path:
 * PATH, REASON". */
gboolean va_key_file_load(VaConfig *config, const char *path, gboolean required, GError **error);

/* The same for a file's contents; the error is the reason alone.  Unknown keys and groups become
 * warnings of @config. */
gboolean va_key_file_parse(VaConfig *config, const char *text, gsize size, GError **error);

/* The key file that reads back to @config. */
char *va_key_file_format(const VaConfig *config);
