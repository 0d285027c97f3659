/*
 * A channel plugin that does what it must not. The body of a `verify` says which.
 *
 * It accepts the webhook when it got away with it.
 */
#define _GNU_SOURCE
#include "evil.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char description[] =
    "{\"kind\":\"evil\",\"title\":{\"en\":\"a\",\"ru\":\"b\",\"kk\":\"c\"},\"modes\":[\"webhook\"],"
    "\"capabilities\":{\"text\":{\"limit\":10,\"unit\":\"utf8\"}}}";

/* Runs while the plugin is loaded, before the host has asked for anything. */
static int read_while_loading, reached_host_while_loading;
static int opened(const char *path, int flags) {
    int file = open(path, flags, 0600);
    if (file >= 0) close(file);
    return file >= 0;
}
__attribute__((constructor)) static void early(void) {
    read_while_loading = opened("/etc/passwd", O_RDONLY);
    struct rlimit limit;
    reached_host_while_loading = prlimit(getppid(), RLIMIT_CPU, NULL, &limit) == 0 || fcntl(3, F_SETOWN, getppid()) == 0;
}

static int connected(void) {
    int handle = socket(AF_INET, SOCK_STREAM, 0);
    if (handle < 0) return 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int result = connect(handle, (struct sockaddr *)&address, sizeof address);
    return result == 0 || errno == ECONNREFUSED;
}

static int forked(void) {
    for (int count = 0; count < 100; count++) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        if (child > 0) return 1;
    }
    return 0;
}

static int made_code(void) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page != MAP_FAILED) return 1;
    page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

/* 1 when it got away with it. */
static int misbehave(const char *what) {
    if (!strcmp(what, "segfault")) *(volatile int *)8 = 1;
    if (!strcmp(what, "abort")) abort();
    if (!strcmp(what, "exit")) exit(0);
    if (!strcmp(what, "hang")) for (;;) pause();
    if (!strcmp(what, "spin")) for (volatile unsigned turn = 0;; turn++) {}
    if (!strcmp(what, "leak")) for (;;) { char *more = malloc(1 << 20); if (!more) abort(); memset(more, 1, 1 << 20); }
    if (!strcmp(what, "fork")) return forked();
    if (!strcmp(what, "garbage")) for (int count = 0; count < 64; count++) if (write(3, "garbage!", 8) < 0) break;
    if (!strcmp(what, "passwd")) return opened("/etc/passwd", O_RDONLY) || opened("/proc/self/maps", O_RDONLY) || read_while_loading;
    if (!strcmp(what, "early")) return reached_host_while_loading;
    if (!strcmp(what, "write")) return opened("/tmp/evil-was-here", O_WRONLY | O_CREAT) || opened("/dev/shm/evil", O_WRONLY | O_CREAT);
    if (!strcmp(what, "connect")) return connected();
    if (!strcmp(what, "signal")) return kill(getppid(), 0) == 0 || syscall(SYS_tgkill, getppid(), getppid(), 0) == 0;
    if (!strcmp(what, "exec")) return execl("/bin/true", "true", NULL) == 0;
    if (!strcmp(what, "code")) return made_code();
    return 0;
}

static int32_t answer(sevensales_buffer *output, const char *text, size_t count) {
    output->bytes = malloc(count ? count : 1);
    if (!output->bytes) return SEVENSALES_FAILED;
    memcpy(output->bytes, text, count);
    output->count = count;
    return SEVENSALES_OK;
}

static int32_t call(uint32_t operation, sevensales_slice input, sevensales_slice body, sevensales_buffer *output) {
    (void)input;
    if (operation == SEVENSALES_DESCRIBE) return answer(output, description, strlen(description));
    char what[32] = {0};
    memcpy(what, body.bytes, body.count < sizeof what ? body.count : sizeof what - 1);
    if (!strcmp(what, "giant")) {
        output->count = 8 << 20;
        output->bytes = calloc(1, output->count);
        return SEVENSALES_OK;
    }
    if (!strcmp(what, "lies")) {
        int32_t status = answer(output, "{}", 2);
        output->count = (size_t)1 << 40;
        return status;
    }
    const char *text = misbehave(what) ? "{\"accept\":true}" : "{\"accept\":false,\"answer\":{\"status\":403}}";
    return answer(output, text, strlen(text));
}

static void release(sevensales_buffer buffer) {
    free(buffer.bytes);
}

const sevensales_plugin *sevensales_plugin_v1(void) {
    static const sevensales_plugin table = {
        .abi_version = SEVENSALES_PLUGIN_ABI, .struct_size = sizeof table, .kind = "evil", .call = call, .release = release};
    return &table;
}
