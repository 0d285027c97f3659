// The benchmark's HTTP/1.1 load generator: one epoll thread, so that it takes as little as possible of the two cores it shares with
// the server it measures. Speaks to 127.0.0.1 only. Built by Scripts/bench: cc -O2 -std=c11 load.c -o load
//
//   load run    requests from a template, closed loop (as fast as answers come) or open loop (--rate: latencies count from the
//               moment a request was due, so a stalled server is not flattered by the requests that were never sent)
//   load botapi a Telegram Bot API that accepts everything, until it is told to stop
//   load turns  both at once: the time from a delivered update to the sendMessage with its chat id
//   load events one update at a time: the time from its delivery to the `message.added` event at an SSE client
//
// Each prints one JSON object on standard output. A template is a whole HTTP request; its Content-Length is added, and these are
// replaced in each request: {seq} {chat} {date} {uuid} {path} {secret}.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_CONNECTIONS = 1000, MAX_HOOKS = 1000, MAX_PIECES = 64, BUFFER = 1 << 17, REQUEST = 1 << 16 };
static const long MAX_REQUESTS = 20 * 1000 * 1000;
static const double MAX_SECONDS = 3600;

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "load: %s %s\n", what, detail ? detail : "");
    exit(2);
}

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

// ---- options ----

static struct {
    const char *mode, *template, *hooks, *stream;
    int port, bot_port, connections, flight;
    long requests, first, chats, chat_base;
    double seconds, rate, grace;
} option = {.connections = 1, .flight = 1, .first = 1, .chats = 1, .chat_base = 1000000000, .seconds = 0, .grace = 10};

static void read_options(int count, char **words) {
    if (count < 2) fail("usage: load run|botapi|turns|events --option value …", NULL);
    option.mode = words[1];
    for (int i = 2; i + 1 < count; i += 2) {
        const char *name = words[i], *value = words[i + 1];
        if (!strcmp(name, "--template")) option.template = value;
        else if (!strcmp(name, "--hooks")) option.hooks = value;
        else if (!strcmp(name, "--stream")) option.stream = value;
        else if (!strcmp(name, "--port")) option.port = atoi(value);
        else if (!strcmp(name, "--bot-port")) option.bot_port = atoi(value);
        else if (!strcmp(name, "--connections")) option.connections = atoi(value);
        else if (!strcmp(name, "--flight")) option.flight = atoi(value);
        else if (!strcmp(name, "--requests")) option.requests = atol(value);
        else if (!strcmp(name, "--seconds")) option.seconds = atof(value);
        else if (!strcmp(name, "--rate")) option.rate = atof(value);
        else if (!strcmp(name, "--grace")) option.grace = atof(value);
        else if (!strcmp(name, "--first")) option.first = atol(value);
        else if (!strcmp(name, "--chats")) option.chats = atol(value);
        else if (!strcmp(name, "--chat-base")) option.chat_base = atol(value);
        else fail("unknown option", name);
    }
    if (option.connections < 1 || option.connections > MAX_CONNECTIONS) fail("--connections", "1…1000");
    if (option.requests < 0 || option.requests > MAX_REQUESTS) fail("--requests", "0…20,000,000");
    if (option.seconds < 0 || option.seconds > MAX_SECONDS) fail("--seconds", "0…3600");
    if (option.requests == 0) option.requests = MAX_REQUESTS;
    if (option.seconds == 0) option.seconds = MAX_SECONDS;
    if (option.chats < 1) option.chats = 1;
}

static char *read_file(const char *path) {
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) fail("cannot read", path ? path : "(a file that was not named)");
    char *text = calloc(1, REQUEST);
    if (!text || fread(text, 1, REQUEST - 1, file) == REQUEST - 1) fail("too long:", path);
    fclose(file);
    return text;
}

// ---- templates ----

enum field { LITERAL, SEQ, CHAT, DATE, UUID, PATH, SECRET };
typedef struct { enum field field; const char *text; size_t length; } Piece;
typedef struct { Piece pieces[MAX_PIECES]; int count; } Template;
typedef struct { char *path, *secret; } Hook;

static Template head, body;
static Hook hooks[MAX_HOOKS];
static int hook_count;

static Template parse_template(const char *text) {
    static const char *names[] = {"", "{seq}", "{chat}", "{date}", "{uuid}", "{path}", "{secret}"};
    Template result = {.count = 0};
    const char *from = text, *at = text;
    while (*at) {
        int found = 0;
        for (int i = 1; i < 7 && !found; i++) if (!strncmp(at, names[i], strlen(names[i]))) found = i;
        if (!found) { at++; continue; }
        if (result.count + 2 >= MAX_PIECES) fail("too many fields in the template", NULL);
        result.pieces[result.count++] = (Piece){LITERAL, from, (size_t)(at - from)};
        result.pieces[result.count++] = (Piece){(enum field)found, NULL, 0};
        at += strlen(names[found]);
        from = at;
    }
    result.pieces[result.count++] = (Piece){LITERAL, from, strlen(from)};
    return result;
}

static void read_template(void) {
    char *text = read_file(option.template), *gap = strstr(text, "\r\n\r\n");
    if (!gap) fail("no empty line after the headers in", option.template);
    body = parse_template(gap + 4);
    gap[2] = 0;
    head = parse_template(text);
}

/// One channel a line: its path, a tab, its secret.
static void read_hooks(void) {
    if (!option.hooks) return;
    char *text = read_file(option.hooks), *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line && hook_count < MAX_HOOKS; line = strtok_r(NULL, "\n", &rest)) {
        char *tab = strchr(line, '\t');
        if (!tab) fail("no tab in a line of", option.hooks);
        *tab = 0;
        hooks[hook_count++] = (Hook){line, tab + 1};
    }
}

static uint64_t random_state = 88172645463325252ull;
static uint64_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static char *put(char *to, const char *text, size_t length) { memcpy(to, text, length); return to + length; }
static char *put_number(char *to, long value) {
    char digits[24];
    int count = 0;
    do { digits[count++] = (char)('0' + value % 10); value /= 10; } while (value);
    while (count) *to++ = digits[--count];
    return to;
}
static char *put_uuid(char *to) {
    uint64_t high = (random_bits() & ~0xF000ull) | 0x4000, low = (random_bits() >> 2) | (1ull << 63);
    return to + sprintf(to, "%08llx-%04llx-%04llx-%04llx-%012llx", (unsigned long long)(high >> 32),
        (unsigned long long)(high >> 16 & 0xFFFF), (unsigned long long)(high & 0xFFFF), (unsigned long long)(low >> 48),
        (unsigned long long)(low & 0xFFFFFFFFFFFFull));
}

static long chat_of(long seq) { return option.chat_base + seq % option.chats; }

static char *render(const Template *template, long seq, char *to) {
    const Hook *hook = hook_count ? &hooks[seq % hook_count] : NULL;
    for (int i = 0; i < template->count; i++) {
        const Piece *piece = &template->pieces[i];
        switch (piece->field) {
        case LITERAL: to = put(to, piece->text, piece->length); break;
        case SEQ: to = put_number(to, seq); break;
        case CHAT: to = put_number(to, chat_of(seq)); break;
        case DATE: to = put_number(to, (long)time(NULL)); break;
        case UUID: to = put_uuid(to); break;
        case PATH: if (hook) to = put(to, hook->path, strlen(hook->path)); break;
        case SECRET: if (hook) to = put(to, hook->secret, strlen(hook->secret)); break;
        }
    }
    return to;
}

static size_t render_request(long seq, char *to) {
    static char content[REQUEST];
    char *start = to, *end = render(&body, seq, content);
    size_t length = (size_t)(end - content);
    to = render(&head, seq, to);
    if (length) to += sprintf(to, "Content-Length: %zu\r\n", length);
    to = put(to, "\r\n", 2);
    return (size_t)(put(to, content, length) - start);
}

// ---- what was measured ----

static struct {
    uint32_t *us;
    size_t count, capacity;
    long errors, non2xx, by_status[600];
    char note[200];
} measured;

static void sample(int64_t us) {
    if (measured.count == measured.capacity) {
        measured.capacity = measured.capacity ? measured.capacity * 2 : 1 << 16;
        measured.us = realloc(measured.us, measured.capacity * sizeof *measured.us);
        if (!measured.us) fail("no memory", NULL);
    }
    measured.us[measured.count++] = us < 0 ? 0 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

static void note(const char *what) {
    if (measured.note[0]) return;
    size_t length = 0;
    for (; what[length] && length < sizeof measured.note - 1; length++) {
        unsigned char c = (unsigned char)what[length];
        measured.note[length] = c < 32 || c == '"' || c == '\\' || c > 126 ? ' ' : (char)c;
    }
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/// Nearest rank: the smallest sample that `share` of all do not exceed.
static double percentile(double share) {
    if (!measured.count) return 0;
    size_t rank = (size_t)(share * (double)measured.count + 0.999999);
    return measured.us[rank < 1 ? 0 : rank > measured.count ? measured.count - 1 : rank - 1] / 1000.0;
}

static void report(int64_t began, int64_t ended, long sent, long extra) {
    if (measured.count) qsort(measured.us, measured.count, sizeof *measured.us, by_size);
    double seconds = (double)(ended - began) / 1e6;
    printf("{\"requests\":%zu,\"sent\":%ld,\"errors\":%ld,\"non2xx\":%ld,\"seconds\":%.3f,\"rate\":%.1f,\"p50_ms\":%.3f,\"p95_ms\":%.3f,"
           "\"p99_ms\":%.3f,\"max_ms\":%.3f,\"extra\":%ld,\"began_us\":%lld,\"ended_us\":%lld,\"note\":\"%s\",\"statuses\":{",
        measured.count, sent, measured.errors, measured.non2xx, seconds, seconds > 0 ? (double)measured.count / seconds : 0,
        percentile(0.5), percentile(0.95), percentile(0.99), percentile(1), extra, (long long)began, (long long)ended, measured.note);
    bool first = true;
    for (int status = 0; status < 600; status++) {
        if (!measured.by_status[status]) continue;
        printf("%s\"%d\":%ld", first ? "" : ",", status, measured.by_status[status]);
        first = false;
    }
    printf("}}\n");
    fflush(stdout);
}

// ---- connections ----

enum kind { LISTENER, SERVED, CLIENT, STREAM, TIMER };
typedef struct {
    enum kind kind;
    int fd;
    bool busy;
    long seq;
    int64_t started;
    size_t length, parsed;
    char *in;
} Connection;

static int epoll_fd;
static volatile sig_atomic_t stopping;
static void stop(int signal) { (void)signal; stopping = 1; }

static void watch(Connection *connection) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event)) fail("epoll_ctl", strerror(errno));
}

static struct sockaddr_in loopback(int port) {
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static void open_connection(Connection *connection) {
    struct sockaddr_in address = loopback(option.port);
    int one = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address)) fail("cannot connect:", strerror(errno));
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(connection->fd, F_SETFL, O_NONBLOCK);
    if (!connection->in) connection->in = malloc(BUFFER);
    connection->length = connection->parsed = 0;
    connection->busy = false;
    watch(connection);
}

static bool send_all(int fd, const char *bytes, size_t length) {
    while (length) {
        ssize_t done = send(fd, bytes, length, MSG_NOSIGNAL);
        if (done > 0) { bytes += done; length -= (size_t)done; continue; }
        if (done < 0 && errno == EINTR) continue;
        if (done < 0 && errno == EAGAIN) { usleep(100); continue; }
        return false;
    }
    return true;
}

/// False at the end of the stream or when the buffer is full.
static bool receive(Connection *connection) {
    if (connection->length >= BUFFER - 1) return false;
    ssize_t got = recv(connection->fd, connection->in + connection->length, BUFFER - 1 - connection->length, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    connection->length += (size_t)got;
    connection->in[connection->length] = 0;
    return got > 0;
}

static const char *header(const char *message, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = message; (line = memchr(line, '\n', (size_t)(end - line))) && ++line < end;) {
        if (!strncasecmp(line, name, length) && line[length] == ':') {
            line += length + 1;
            while (*line == ' ') line++;
            return line;
        }
    }
    return NULL;
}

/// The whole length of the message at the start of the buffer, 0 while it is incomplete.
static size_t message_length(const char *message, size_t length, bool is_response, int *status, size_t *head_length) {
    const char *gap = memmem(message, length, "\r\n\r\n", 4);
    if (!gap) return 0;
    *head_length = (size_t)(gap + 4 - message);
    if (is_response) {
        *status = length > 12 ? atoi(message + 9) : 0;
        if (*status == 204 || *status == 304) return *head_length;
    }
    const char *size = header(message, gap + 2, "content-length");
    if (size) {
        size_t whole = *head_length + (size_t)strtoul(size, NULL, 10);
        return whole <= length ? whole : 0;
    }
    const char *coding = header(message, gap + 2, "transfer-encoding");
    if (!coding || strncasecmp(coding, "chunked", 7)) return *head_length;
    const char *last = memmem(gap, length - (size_t)(gap - message), "\r\n0\r\n\r\n", 7);
    return last ? (size_t)(last + 7 - message) : 0;
}

static void consume(Connection *connection, size_t length) {
    connection->length -= length;
    memmove(connection->in, connection->in + length, connection->length);
}

// ---- the fake Bot API ----

static Connection listener = {.kind = LISTENER};
static long bot_calls, bot_messages;
static void (*on_message)(long chat);

static void open_listener(void) {
    struct sockaddr_in address = loopback(option.bot_port);
    int one = 1;
    listener.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener.fd, (struct sockaddr *)&address, sizeof address) || listen(listener.fd, 1024)) fail("cannot listen:", strerror(errno));
    watch(&listener);
}

static void accept_one(void) {
    int one = 1, fd = accept4(listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    Connection *connection = calloc(1, sizeof *connection);
    connection->kind = SERVED;
    connection->fd = fd;
    connection->in = malloc(BUFFER);
    watch(connection);
}

/// The digits after `chat_id`, whichever way the parameters are encoded.
static long chat_in(const char *text, size_t length) {
    const char *at = memmem(text, length, "chat_id", 7), *end = text + length;
    if (!at) return -1;
    for (at += 7; at < end && (*at < '0' || *at > '9'); at++) {}
    return at < end ? atol(at) : -1;
}

static void answer_bot_call(Connection *connection) {
    size_t head_length = 0, length;
    int status;
    while ((length = message_length(connection->in, connection->length, false, &status, &head_length))) {
        bot_calls++;
        const char *line_end = memchr(connection->in, '\n', length);
        size_t line = line_end ? (size_t)(line_end - connection->in) : length;
        long chat = chat_in(connection->in + head_length, length - head_length);
        char content[512], reply[700];
        if (memmem(connection->in, line, "/sendMessage", 12)) {
            bot_messages++;
            if (on_message) on_message(chat);
            sprintf(content, "{\"ok\":true,\"result\":{\"message_id\":%ld,\"from\":{\"id\":6100000001,\"is_bot\":true,\"first_name\":\"Bench\"},"
                "\"chat\":{\"id\":%ld,\"type\":\"private\"},\"date\":%ld,\"text\":\"ok\"}}", 1000000000 + bot_messages, chat, (long)time(NULL));
        } else if (memmem(connection->in, line, "/getMe", 6)) {
            sprintf(content, "{\"ok\":true,\"result\":{\"id\":6100000001,\"is_bot\":true,\"first_name\":\"Bench\",\"username\":\"bench_bot\"}}");
        } else if (memmem(connection->in, line, "/getWebhookInfo", 15)) {
            sprintf(content, "{\"ok\":true,\"result\":{\"url\":\"\",\"has_custom_certificate\":false,\"pending_update_count\":0}}");
        } else if (memmem(connection->in, line, "/getUpdates", 11)) {
            sprintf(content, "{\"ok\":true,\"result\":[]}");
        } else {
            sprintf(content, "{\"ok\":true,\"result\":true}");
        }
        int size = sprintf(reply, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", strlen(content), content);
        send_all(connection->fd, reply, (size_t)size);
        consume(connection, length);
    }
}

static void serve(Connection *connection) {
    if (connection->kind == LISTENER) { accept_one(); return; }
    bool alive = receive(connection);
    if (connection->length) answer_bot_call(connection);
    if (!alive) { close(connection->fd); free(connection->in); free(connection); }
}

static int run_bot_api(void) {
    int64_t began = now_us();
    open_listener();
    struct epoll_event events[256];
    while (!stopping) {
        int count = epoll_wait(epoll_fd, events, 256, 500);
        for (int i = 0; i < count; i++) serve(events[i].data.ptr);
    }
    report(began, now_us(), bot_calls, bot_messages);
    return 0;
}

// ---- sending requests ----

static Connection clients[MAX_CONNECTIONS];
static int idle_clients[MAX_CONNECTIONS], idle_count;
static long sent, answered;
static char request[REQUEST * 2];

static void send_request(Connection *connection, int64_t due) {
    connection->seq = option.first + sent++;
    connection->started = due;
    connection->busy = true;
    size_t length = render_request(connection->seq, request);
    if (!send_all(connection->fd, request, length)) {
        // The server closed an idle connection between two requests: a client may try once more.
        close(connection->fd);
        open_connection(connection);
        connection->busy = true;
        connection->started = due;
        if (!send_all(connection->fd, request, length)) note("the connection breaks on sending");
    }
}

static void release(Connection *connection) {
    connection->busy = false;
    idle_clients[idle_count++] = (int)(connection - clients);
}

/// True when an answer came in whole; its status is counted.
static bool read_answer(Connection *connection, int *status) {
    bool alive = receive(connection);
    size_t head_length = 0, length = message_length(connection->in, connection->length, true, status, &head_length);
    if (length && connection->busy) {
        answered++;
        if (*status > 0 && *status < 600) measured.by_status[*status]++;
        if (*status < 200 || *status > 299) {
            measured.non2xx++;
            connection->in[length] = 0;
            note(connection->in + head_length);
        }
        consume(connection, length);
        return true;
    }
    if (!alive) {
        bool was_busy = connection->busy;
        close(connection->fd);
        open_connection(connection);
        if (was_busy) {
            answered++;
            measured.errors++;
            note("the server closed the connection without an answer");
            release(connection);
        }
    }
    return false;
}

static Connection timer = {.kind = TIMER};
static void open_timer(void) {
    timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    watch(&timer);
}
static void set_timer(int64_t at) {
    struct itimerspec when = {.it_value = {.tv_sec = at / 1000000, .tv_nsec = at % 1000000 * 1000}};
    timerfd_settime(timer.fd, TFD_TIMER_ABSTIME, &when, NULL);
}
static void read_timer(void) { uint64_t count; if (read(timer.fd, &count, sizeof count) < 0) return; }

static void open_clients(void) {
    for (int i = 0; i < option.connections; i++) {
        clients[i].kind = CLIENT;
        open_connection(&clients[i]);
        release(&clients[i]);
    }
}

/// Sends what is due; in a closed loop that is a request on each idle connection.
static void send_due(int64_t began, int64_t end) {
    int64_t now = now_us();
    while (idle_count && sent < option.requests && !stopping) {
        int64_t due = option.rate > 0 ? began + (int64_t)((double)sent * 1e6 / option.rate) : now;
        if (due >= end || now >= end) { option.requests = sent; return; }
        if (due > now) { set_timer(due); return; }
        send_request(&clients[idle_clients[--idle_count]], due);
    }
}

static int run_load(void) {
    open_clients();
    open_timer();
    int64_t began = now_us(), end = began + (int64_t)(option.seconds * 1e6), last = began;
    struct epoll_event events[256];
    send_due(began, end);
    while (answered < sent || sent < option.requests) {
        int count = epoll_wait(epoll_fd, events, 256, 100);
        for (int i = 0; i < count; i++) {
            Connection *connection = events[i].data.ptr;
            if (connection->kind == TIMER) { read_timer(); continue; }
            int status = 0;
            if (!read_answer(connection, &status)) continue;
            last = now_us();
            sample(last - connection->started);
            release(connection);
        }
        send_due(began, end);
        if (stopping) option.requests = sent;
        if (now_us() > end + (int64_t)(option.grace * 1e6)) {
            measured.errors += sent - answered;
            note("requests without an answer");
            break;
        }
    }
    report(began, last, sent, 0);
    return 0;
}

// ---- message in → reply handed to the channel ----

static int64_t *turn_started;
static long turn_capacity, turns_done, turns_lost;

/// The chat id tells the turn: every update has a chat of its own.
static void reply_arrived(long chat) {
    long turn = chat - option.chat_base - option.first;
    if (turn < 0 || turn >= turn_capacity || !turn_started[turn]) return;
    sample(now_us() - turn_started[turn]);
    turn_started[turn] = 0;
    turns_done++;
}

static void start_turns(int64_t began, int64_t end) {
    int64_t now = now_us();
    while (idle_count && sent < option.requests && !stopping) {
        if (option.rate <= 0 && sent - turns_done - turns_lost >= option.flight) return;
        int64_t due = option.rate > 0 ? began + (int64_t)((double)sent * 1e6 / option.rate) : now;
        if (due >= end || now >= end) { option.requests = sent; return; }
        if (due > now) { set_timer(due); return; }
        turn_started[sent] = due;
        send_request(&clients[idle_clients[--idle_count]], due);
    }
}

/// A turn without a reply within the grace makes room for the next one and counts as an error.
static void drop_lost_turns(int64_t now) {
    static long oldest;
    while (oldest < sent && (!turn_started[oldest] || now - turn_started[oldest] > (int64_t)(option.grace * 1e6))) {
        if (turn_started[oldest]) {
            turn_started[oldest] = 0;
            turns_lost++;
            measured.errors++;
            note("no sendMessage for an update");
        }
        oldest++;
    }
}

static int run_turns(void) {
    turn_capacity = option.requests < 2000000 ? option.requests : 2000000;
    option.requests = turn_capacity;
    option.chats = INT64_MAX;
    turn_started = calloc((size_t)turn_capacity, sizeof *turn_started);
    on_message = reply_arrived;
    open_listener();
    open_clients();
    open_timer();
    int64_t began = now_us(), end = began + (int64_t)(option.seconds * 1e6), last = began;
    struct epoll_event events[256];
    start_turns(began, end);
    while (turns_done + turns_lost < sent || sent < option.requests) {
        int count = epoll_wait(epoll_fd, events, 256, 100);
        for (int i = 0; i < count; i++) {
            Connection *connection = events[i].data.ptr;
            long done = turns_done;
            int status = 0;
            if (connection->kind == TIMER) read_timer();
            else if (connection->kind == CLIENT) { if (read_answer(connection, &status)) release(connection); }
            else serve(connection);
            if (turns_done > done) last = now_us();
        }
        drop_lost_turns(now_us());
        start_turns(began, end);
        if (stopping || (now_us() > end + (int64_t)(option.grace * 1e6))) { option.requests = sent; if (stopping) break; }
    }
    report(began, last, sent, bot_messages);
    return 0;
}

// ---- message in → event at an SSE client ----

static Connection stream = {.kind = STREAM};
static long events_seen;

static void read_stream(void) {
    if (!receive(&stream)) fail("the event stream ended:", stream.length ? stream.in : "");
    const char *at = stream.in, *found;
    const char *end = stream.in + stream.length;
    while ((found = memmem(at, (size_t)(end - at), "event: message.added\n", 21))) { events_seen++; at = found + 21; }
    // A frame may be cut: the tail that could begin a match stays.
    size_t keep = (size_t)(end - at) < 20 ? (size_t)(end - at) : 20;
    memmove(stream.in, end - keep, keep);
    stream.length = keep;
}

static void open_stream(void) {
    char *text = read_file(option.stream);
    open_connection(&stream);
    if (!send_all(stream.fd, text, strlen(text))) fail("cannot ask for the event stream", NULL);
    for (int64_t end = now_us() + 5000000; now_us() < end;) {
        receive(&stream);
        if (stream.length > 12 && memmem(stream.in, stream.length, "event: hello", 12)) { stream.length = 0; return; }
        if (stream.length > 12 && strncmp(stream.in + 9, "200", 3)) break;
        usleep(1000);
    }
    stream.in[stream.length] = 0;
    fail("no event stream:", stream.in);
}

static int run_events(void) {
    option.connections = 1;
    open_stream();
    open_clients();
    int64_t began = now_us(), end = began + (int64_t)(option.seconds * 1e6);
    struct epoll_event events[16];
    for (; sent < option.requests && now_us() < end && !stopping;) {
        long before = events_seen;
        bool has_answer = false;
        int64_t start = now_us(), seen = 0;
        idle_count = 0;
        send_request(&clients[0], start);
        while ((!has_answer || !seen) && now_us() - start < 5000000) {
            int count = epoll_wait(epoll_fd, events, 16, 100);
            for (int i = 0; i < count; i++) {
                Connection *connection = events[i].data.ptr;
                int status = 0;
                if (connection->kind == STREAM) read_stream();
                else if (read_answer(connection, &status)) { connection->busy = false; has_answer = true; }
            }
            if (!seen && events_seen > before) seen = now_us();
        }
        if (seen) { sample(seen - start); continue; }
        measured.errors++;
        note("no message.added within 5 s");
        if (measured.errors >= 3) break;
    }
    report(began, now_us(), sent, events_seen);
    return 0;
}

int main(int count, char **words) {
    read_options(count, words);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    prctl(PR_SET_TIMERSLACK, 1000);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (!strcmp(option.mode, "botapi")) return run_bot_api();
    read_hooks();
    read_template();
    if (!strcmp(option.mode, "run")) return run_load();
    if (!strcmp(option.mode, "turns")) return run_turns();
    if (!strcmp(option.mode, "events")) return run_events();
    fail("unknown mode", option.mode);
}
