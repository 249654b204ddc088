/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * probe DIR...: tells of each directory whether a write to its filesystem gets through: "DIR
 * writable", "DIR frozen", or "DIR " and what is wrong.  A child tries it.  One that stands where
 * the kernel keeps the writers of a frozen filesystem (/proc/PID/wchan) is left there: nothing can
 * end it before the thaw.
 */
#define PATIENCE 10 /* seconds */

static void try_write(const char *directory)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/.probe-%d", directory, getpid());
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        _exit(errno);
    _exit(write(fd, "x", 1) == 1 && close(fd) == 0 && unlink(path) == 0 ? 0 : errno);
}

static int stands_frozen(pid_t child)
{
    char path[64], where[128] = "";

    snprintf(path, sizeof path, "/proc/%d/wchan", child);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, where, sizeof where - 1) <= 0)
        where[0] = '\0';
    if (fd >= 0)
        close(fd);
    return strstr(where, "percpu_rwsem_wait") || strstr(where, "percpu_down_read") ||
           strstr(where, "start_write") || strstr(where, "want_write");
}

static const char *verdict(pid_t child)
{
    time_t end = time(NULL) + PATIENCE;
    int status;

    while (waitpid(child, &status, WNOHANG) == 0) {
        if (stands_frozen(child))
            return "frozen";
        if (time(NULL) > end)
            return "neither: the write does not return";
        usleep(2000);
    }
    int problem = WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
    return problem ? strerror(problem) : "writable";
}

int main(int argc, char **argv)
{
    pid_t children[argc];

    for (int i = 1; i < argc; i++)
        if ((children[i] = fork()) == 0)
            try_write(argv[i]);
    for (int i = 1; i < argc; i++)
        printf("%s %s\n", argv[i], verdict(children[i]));
    return 0;
}
