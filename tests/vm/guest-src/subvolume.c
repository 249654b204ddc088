/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <linux/btrfs.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* subvolume DIR NAME: makes a btrfs subvolume. */
int main(int argc, char **argv)
{
    struct btrfs_ioctl_vol_args args = {0};

    if (argc != 3)
        return 2;
    int fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    snprintf(args.name, sizeof args.name, "%s", argv[2]);
    if (fd < 0 || ioctl(fd, BTRFS_IOC_SUBVOL_CREATE, &args) < 0) {
        perror(argv[1]);
        return 1;
    }
    return 0;
}
