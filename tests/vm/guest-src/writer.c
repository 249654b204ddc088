/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * writer FILE PROGRESS: an application that writes a few bytes to FILE every millisecond. PROGRESS,
 * on another filesystem, always holds two numbers: how many writes have been done, and the longest
 * time between the ends of two in a row, in microseconds.  SIGUSR1 forgets the longest time.
 */
#define PAUSE 1000               /* microseconds */
#define WRAP  (1024u * 1024 / 8) /* writes after which the file is begun again */

static volatile sig_atomic_t forget;

static void on_signal(int number)
{
    (void)number;
    forget = 1;
}

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static int create(const char *path)
{
    int fd = open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);

    if (fd < 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    char text[64];

    if (argc != 3)
        return 2;
    signal(SIGUSR1, on_signal);
    int file = create(argv[1]), progress = create(argv[2]);
    uint64_t last = now(), longest = 0;
    for (uint64_t count = 0;; count++) {
        if (pwrite(file, &count, sizeof count, (off_t)(count % WRAP * sizeof count)) < 0)
            return 1;
        uint64_t end = now();
        if (forget)
            forget = 0, longest = 0;
        else if (end - last > longest)
            longest = end - last;
        last = end;
        int length = snprintf(text, sizeof text, "%20llu %20llu\n", (unsigned long long)count,
                              (unsigned long long)longest);
        if (pwrite(progress, text, (size_t)length, 0) < 0)
            return 1;
        usleep(PAUSE);
    }
}
