/* SPDX-License-Identifier: Apache-2.0 */
#include "os-arguments.h"

char **os_arguments(int *argc, char **argv)
{
    return argv;
}
