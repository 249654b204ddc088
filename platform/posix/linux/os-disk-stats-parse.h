/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-disk-stats.h"

/* The devices in a text that is written like /proc/diskstats; lines that are not are left out.  The
 * caller owns the array of OsDiskStats. */
GPtrArray *os_disk_stats_parse(const char *text);
