/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * fuse-server DEVICE DIR: mounts an empty filesystem and serves it until it is unmounted.  A DEVICE
 * that is a block device makes it a fuseblk one, as ntfs-3g's are: on storage, in the kernel's
 * eyes. Stopped by SIGSTOP it never answers, as a dead file server does.  Prints its process number
 * once all is mounted.
 */
static void answer(int fd, uint64_t unique, int error, const void *data, size_t size)
{
    struct fuse_out_header head = {
        .len = (uint32_t)(sizeof head + size), .error = -error, .unique = unique};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)data, size}};

    (void)!writev(fd, parts, 2);
}

static void answer_init(int fd, const struct fuse_in_header *head)
{
    struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096};

    answer(fd, head->unique, 0, &out, sizeof out);
}

static void answer_attributes(int fd, const struct fuse_in_header *head)
{
    struct fuse_attr_out out = {.attr = {.ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 2}};

    answer(fd, head->unique, 0, &out, sizeof out);
}

static void answer_space(int fd, const struct fuse_in_header *head)
{
    struct fuse_statfs_out out = {
        .st = {.blocks = 1000, .bfree = 600, .bavail = 500, .bsize = 512, .frsize = 512}};

    answer(fd, head->unique, 0, &out, sizeof out);
}

static void answer_open(int fd, const struct fuse_in_header *head)
{
    struct fuse_open_out out = {0};

    answer(fd, head->unique, 0, &out, sizeof out);
}

static void serve(int fd)
{
    static char request[FUSE_MIN_READ_BUFFER * 2];
    const struct fuse_in_header *head = (const void *)request;

    while (read(fd, request, sizeof request) > 0 || errno == EINTR || errno == ENOENT) {
        switch (head->opcode) {
        case FUSE_INIT:
            answer_init(fd, head);
            break;
        case FUSE_GETATTR:
            answer_attributes(fd, head);
            break;
        case FUSE_STATFS:
            answer_space(fd, head);
            break;
        case FUSE_OPENDIR:
            answer_open(fd, head);
            break;
        case FUSE_READDIR:
        case FUSE_RELEASEDIR:
        case FUSE_DESTROY:
            answer(fd, head->unique, 0, NULL, 0);
            break;
        case FUSE_FORGET:
        case FUSE_BATCH_FORGET:
            break;
        default:
            answer(fd, head->unique, ENOSYS, NULL, 0);
        }
    }
}

int main(int argc, char **argv)
{
    char options[128];
    struct stat device;

    if (argc != 3)
        return 2;
    int fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    int on_device = stat(argv[1], &device) == 0 && S_ISBLK(device.st_mode);
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
    if (fd < 0 || mount(argv[1], argv[2], on_device ? "fuseblk" : "fuse", 0, options) < 0) {
        perror(argv[2]);
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        setsid();
        freopen("/dev/null", "w", stdout);
        serve(fd);
        return 0;
    }
    printf("%d\n", child);
    return child < 0;
}
