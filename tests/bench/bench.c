/* SPDX-License-Identifier: Apache-2.0 */

/*
 * One measurement against one agent on a unix socket: bench SOCKET MEASURE SECONDS
 * Prints operations per second (bytes per second for the transfers).  Knows nothing of virtagent's
 * own code, so that both agents are asked in exactly the same way.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MIB           (1024u * 1024)
#define PIPELINE      1000
#define SCRATCH_BYTES (64 * MIB)

typedef struct {
    int fd;
    char *reply; /* the last line, NUL-terminated */
} Peer;

static void die(const char *what)
{
    fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void put(Peer *peer, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t n = send(peer->fd, data, size, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            die("send");
        if (n > 0) {
            data += n;
            size -= (size_t)n;
        }
    }
}

/* Receives until @lines line feeds have come; the replies are left in peer->reply. */
static size_t get_lines(Peer *peer, unsigned lines)
{
    size_t have = 0;
    while (lines > 0) {
        ssize_t n = recv(peer->fd, peer->reply + have, SCRATCH_BYTES - have - 1, 0);
        if (n <= 0)
            die("recv");
        const char *from = peer->reply + have, *end = from + n, *feed;
        have += (size_t)n;
        while (lines > 0 && (feed = memchr(from, '\n', (size_t)(end - from)))) {
            from = feed + 1;
            lines--;
        }
    }
    peer->reply[have] = '\0';
    return have;
}

static const char *ask(Peer *peer, const char *request)
{
    put(peer, request, strlen(request));
    get_lines(peer, 1);
    if (strstr(peer->reply, "\"error\"")) {
        fprintf(stderr, "bench: %.60s... -> %.200s\n", request, peer->reply);
        exit(1);
    }
    return peer->reply;
}

static long ask_number(Peer *peer, const char *request, const char *before)
{
    const char *at = strstr(ask(peer, request), before);
    if (!at)
        die(before);
    return strtol(at + strlen(before), NULL, 10);
}

static long open_file(Peer *peer, const char *path, const char *mode)
{
    char request[512];
    snprintf(request, sizeof request,
             "{\"execute\":\"guest-file-open\",\"arguments\":{\"path\":\"%s\",\"mode\":\"%s\"}}\n",
             path, mode);
    return ask_number(peer, request, "\"return\": ");
}

static void on_file(Peer *peer, const char *command, long handle, const char *more)
{
    char request[256];
    snprintf(request, sizeof request, "{\"execute\":\"%s\",\"arguments\":{\"handle\":%ld%s}}\n",
             command, handle, more);
    ask(peer, request);
}

/* Each of these does one operation and returns what it counts for. */

static double ask_once(Peer *peer, void *request)
{
    ask(peer, request);
    return 1;
}

static double pipeline(Peer *peer, void *requests)
{
    put(peer, requests, strlen(requests));
    get_lines(peer, PIPELINE);
    return PIPELINE;
}

typedef struct {
    long handle;
    size_t size;
    char *request;
} Transfer;

static double read_file(Peer *peer, void *data)
{
    Transfer *transfer = data;
    on_file(peer, "guest-file-seek", transfer->handle, ",\"offset\":0,\"whence\":0");
    ask(peer, transfer->request);
    return (double)transfer->size;
}

static double write_file(Peer *peer, void *data)
{
    Transfer *transfer = data;
    on_file(peer, "guest-file-seek", transfer->handle, ",\"offset\":0,\"whence\":0");
    ask(peer, transfer->request);
    return (double)transfer->size;
}

static double run_program(Peer *peer, void *nothing)
{
    char request[128];
    long pid = ask_number(peer,
                          "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/"
                          "true\",\"capture-output\":true}}\n",
                          "\"pid\": ");
    snprintf(request, sizeof request,
             "{\"execute\":\"guest-exec-status\",\"arguments\":{\"pid\":%ld}}\n", pid);
    while (!strstr(ask(peer, request), "\"exited\": true"))
        continue;
    return 1;
}

static char *repeated(const char *line, unsigned times)
{
    char *text = malloc(strlen(line) * times + 1), *end = text;
    while (times-- > 0)
        end = stpcpy(end, line);
    return text;
}

static char *make_file(size_t size)
{
    static char path[] = "/tmp/va-bench-XXXXXX";
    int fd = mkstemp(path);
    char *data = malloc(size);
    memset(data, 'x', size);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        die(path);
    close(fd);
    free(data);
    return path;
}

static Transfer prepare_read(Peer *peer, const char *path, size_t size)
{
    Transfer transfer = {.handle = open_file(peer, path, "r"), .size = size};
    if (asprintf(&transfer.request,
                 "{\"execute\":\"guest-file-read\",\"arguments\":{\"handle\":%ld,\"count\":%zu}}\n",
                 transfer.handle, size) < 0)
        die("memory");
    return transfer;
}

static Transfer prepare_write(Peer *peer, const char *path, size_t size)
{
    size_t length = (size + 2) / 3 * 4;
    Transfer transfer = {.handle = open_file(peer, path, "r+"), .size = size};
    char *payload = malloc(length + 1);

    memset(payload, 'A', length + 1);
    payload[length] = '\0';
    memcpy(payload + length - 2, size % 3 == 1 ? "==" : size % 3 == 2 ? "A=" : "AA", 2);
    if (asprintf(&transfer.request,
                 "{\"execute\":\"guest-file-write\",\"arguments\":{\"handle\":%ld,\"buf-b64\":\"%"
                 "s\"}}\n",
                 transfer.handle, payload) < 0)
        die("memory");
    free(payload);
    return transfer;
}

static double rate(Peer *peer, double (*operation)(Peer *, void *), void *data, double seconds)
{
    double count = 0, start, end;

    operation(peer, data);
    start = now();
    do {
        count += operation(peer, data);
        end = now();
    } while (end - start < seconds);
    return count / (end - start);
}

static double transfer_rate(Peer *peer, const char *measure, double seconds)
{
    size_t size = (size_t)strtoul(strchr(measure, '-') + 1, NULL, 10) * MIB;
    int reads = strncmp(measure, "read", 4) == 0;
    char *path = make_file(size);
    Transfer transfer = (reads ? prepare_read : prepare_write)(peer, path, size);
    double result = rate(peer, reads ? read_file : write_file, &transfer, seconds);

    on_file(peer, "guest-file-close", transfer.handle, "");
    free(transfer.request);
    unlink(path);
    return result;
}

static double measure(Peer *peer, const char *name, double seconds)
{
    char request[128];

    if (strcmp(name, "pipeline") == 0)
        return rate(peer, pipeline, repeated("{\"execute\":\"guest-ping\"}\n", PIPELINE), seconds);
    if (strcmp(name, "exec") == 0)
        return rate(peer, run_program, NULL, seconds);
    if (strchr(name, '-') && strspn(name, "readwrite") == strcspn(name, "-"))
        return transfer_rate(peer, name, seconds);
    snprintf(request, sizeof request, "{\"execute\":\"guest-%s\"}\n", name);
    return rate(peer, ask_once, request, seconds);
}

int main(int argc, char **argv)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    Peer peer = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};

    if (argc != 4) {
        fprintf(stderr, "usage: bench SOCKET ping|pipeline|exec|read-N|write-N|COMMAND SECONDS\n");
        return 2;
    }
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    if (connect(peer.fd, (struct sockaddr *)&address, sizeof address) < 0)
        die(argv[1]);
    peer.reply = malloc(SCRATCH_BYTES);
    printf("%.1f\n", measure(&peer, argv[2], atof(argv[3])));
    return 0;
}
