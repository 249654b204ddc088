/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "os-cpu.h"

/* The processors in a text that is written like /proc/stat, where a second has @hz ticks; lines
 * about other things are left out.  The caller owns the array of OsCpuTimes. */
GArray *os_cpu_times_parse(const char *text, guint64 hz);
