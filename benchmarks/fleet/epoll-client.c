// A small MQTT 3.1.1 client with many connections on epoll: the measure that a fleet in JavaScript is put beside.
//
// It hears commands on stdin, one a line, and answers each with one line of JSON on stdout (benchmarks/fleet/rival.ts):
//   connect                opens all connections, so many attempts at a time
//   publish messages N     N messages in all, each connection with one in flight
//   publish seconds S      as many as S seconds allow
//   idle S                 keeps all connections alive for S seconds
//   watch                  says so at once; then all connections are lost and come back, and it says when
//   rest                   nothing to do here: programs with a garbage collector collect
// Whatever is not MQTT as a right broker speaks it ends the program with exit code 1 and a sentence on stderr.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNACK = 0x20, PUBACK = 0x40, PUBREC = 0x50, PUBCOMP = 0x70, PINGRESP = 0xd0 };
enum { EVENTS = 512, READ_BYTES = 65536, CONNECT_BYTES = 128, FIRST_PORT = 10000, LAST_PORT = 59999, LAST_HOST = 250 };

/// Where a connection is on its way up.
typedef enum { DOWN, DIALLING, GREETING, ONLINE } Phase;

typedef struct {
  int fd;
  Phase phase;
  uint8_t awaited;    // first byte of the answer to what is in flight; 0: nothing is
  uint16_t packet_id; // of the message in flight
  bool ping_open;
  bool was_lost;      // since the last `watch`
  double sent_at;     // when the last packet went out
  uint8_t header[4];  // the packet that is being read, as far as it came
  uint8_t header_bytes;
  uint8_t *unsent;    // what the socket did not take; mostly none
  size_t unsent_bytes;
} Connection;

static struct {
  const char *name, *source;
  struct sockaddr_in broker;
  int connections, qos, payload_bytes, keep_alive_s, window;
} options = {.name = "c", .source = "127.0.10", .connections = 1, .qos = 1, .payload_bytes = 64, .window = 256};

static Connection *connections;
static int epoll_fd, online, dialling, lost;
static double now; // CLOCK_MONOTONIC at the last look, the clock of every process on the machine

static int *queue; // connections that wait for their turn to dial, in a ring
static int queued, queue_head;
static bool refused; // the broker did not take the last attempt: one at a time until it does
static double dial_again_at;
static bool may_be_lost; // as after `watch`; else a lost connection is an error

static struct { long issued, limit, completed; double end; bool on; } publishing;
static long pings, ping_answers;

static void die(const char *format, ...) {
  va_list values;
  va_start(values, format);
  fprintf(stderr, "epoll-client: ");
  vfprintf(stderr, format, values);
  fprintf(stderr, "\n");
  va_end(values);
  exit(1);
}

static void look_at_clock(void) {
  struct timespec it;
  clock_gettime(CLOCK_MONOTONIC, &it);
  now = (double)it.tv_sec + (double)it.tv_nsec / 1e9;
}

static int index_of(const Connection *it) { return (int)(it - connections); }

// ---- what is sent ----

static void want(const Connection *it, int operation, bool to_write) {
  struct epoll_event event = {.events = EPOLLIN | (to_write ? EPOLLOUT : 0u), .data.u32 = (uint32_t)index_of(it)};
  if (epoll_ctl(epoll_fd, operation, it->fd, &event) < 0) die("epoll_ctl: %s", strerror(errno));
}

static void keep_unsent(Connection *it, const uint8_t *bytes, size_t count) {
  if (count == 0) return;
  const bool is_first = it->unsent_bytes == 0;
  it->unsent = realloc(it->unsent, it->unsent_bytes + count);
  if (it->unsent == NULL) die("no memory");
  memcpy(it->unsent + it->unsent_bytes, bytes, count);
  it->unsent_bytes += count;
  if (is_first) want(it, EPOLL_CTL_MOD, true);
}

/// A socket that is broken says so again when it is read, so that its end is seen in one place.
static size_t sent_of(const Connection *it, const uint8_t *bytes, size_t count) {
  const ssize_t sent = send(it->fd, bytes, count, MSG_NOSIGNAL);
  if (sent >= 0) return (size_t)sent;
  return errno == EAGAIN || errno == EINTR ? 0 : count;
}

static void send_bytes(Connection *it, const uint8_t *bytes, size_t count) {
  it->sent_at = now;
  const size_t sent = it->unsent_bytes > 0 ? 0 : sent_of(it, bytes, count);
  keep_unsent(it, bytes + sent, count - sent);
}

static void send_rest(Connection *it) {
  const size_t sent = sent_of(it, it->unsent, it->unsent_bytes);
  it->unsent_bytes -= sent;
  memmove(it->unsent, it->unsent + sent, it->unsent_bytes);
  if (it->unsent_bytes == 0) want(it, EPOLL_CTL_MOD, false);
}

static size_t put_text(uint8_t *at, const char *text, size_t count) {
  at[0] = (uint8_t)(count >> 8);
  at[1] = (uint8_t)count;
  memcpy(at + 2, text, count);
  return count + 2;
}

static void send_connect(Connection *it) {
  char id[64];
  const int id_bytes = snprintf(id, sizeof id, "%s-%d", options.name, index_of(it));
  uint8_t packet[CONNECT_BYTES] = {0x10, (uint8_t)(12 + id_bytes), 0, 4, 'M', 'Q', 'T', 'T', 4, 0x02,
                                   (uint8_t)(options.keep_alive_s >> 8), (uint8_t)options.keep_alive_s};
  send_bytes(it, packet, 12 + put_text(packet + 12, id, (size_t)id_bytes));
  it->phase = GREETING;
}

static void send_publish(Connection *it) {
  char topic[64];
  const size_t topic_bytes = (size_t)snprintf(topic, sizeof topic, "bench/%s/%d", options.name, index_of(it));
  const size_t left = 2 + topic_bytes + 2 + (size_t)options.payload_bytes;
  uint8_t packet[256] = {(uint8_t)(0x30 | options.qos << 1)};
  size_t at = 1;
  for (size_t rest = left; at == 1 || rest > 0; rest >>= 7)
    packet[at++] = (uint8_t)((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  at += put_text(packet + at, topic, topic_bytes);
  it->packet_id = it->packet_id == UINT16_MAX ? 1 : (uint16_t)(it->packet_id + 1);
  packet[at++] = (uint8_t)(it->packet_id >> 8);
  packet[at++] = (uint8_t)it->packet_id;
  memset(packet + at, 'a', (size_t)options.payload_bytes);
  it->awaited = options.qos == 1 ? PUBACK : PUBREC;
  send_bytes(it, packet, at + (size_t)options.payload_bytes);
}

static void publish_next(Connection *it) {
  if (!publishing.on || publishing.issued >= publishing.limit || now >= publishing.end) return;
  publishing.issued++;
  send_publish(it);
}

static void send_ping(Connection *it) {
  if (it->ping_open) die("connection %d: no PINGRESP within the keep alive", index_of(it));
  it->ping_open = true;
  pings++;
  send_bytes(it, (const uint8_t[]){0xc0, 0}, 2);
}

// ---- what is received ----

static void take_answer(Connection *it, uint8_t type, uint16_t packet_id) {
  if (it->awaited != type) die("connection %d: packet 0x%02x where 0x%02x was due", index_of(it), type, it->awaited);
  if (it->packet_id != packet_id)
    die("connection %d: packet id %d instead of %d", index_of(it), packet_id, it->packet_id);
  if (type == PUBREC) {
    it->awaited = PUBCOMP;
    send_bytes(it, (const uint8_t[]){0x62, 2, (uint8_t)(packet_id >> 8), (uint8_t)packet_id}, 4);
    return;
  }
  it->awaited = 0;
  publishing.completed++;
  publish_next(it);
}

static void take_packet(Connection *it) {
  const uint8_t type = it->header[0];
  if ((it->phase == GREETING) != (type == CONNACK)) die("connection %d: packet 0x%02x out of turn", index_of(it), type);
  if (type == CONNACK) {
    if (it->header[3] != 0) die("connection %d was refused with return code %d", index_of(it), it->header[3]);
    it->phase = ONLINE;
    dialling--;
    online++;
  } else if (type == PINGRESP) {
    if (!it->ping_open) die("connection %d: a PINGRESP that nobody asked for", index_of(it));
    it->ping_open = false;
    ping_answers++;
  } else {
    take_answer(it, type, (uint16_t)(it->header[2] << 8 | it->header[3]));
  }
}

/// All that a client without subscriptions can get has two bytes after its header, or none (PINGRESP).
static void take_byte(Connection *it, uint8_t byte) {
  it->header[it->header_bytes++] = byte;
  const uint8_t rest = it->header[0] == PINGRESP ? 0 : 2;
  if (it->header_bytes == 2 && byte != rest)
    die("connection %d: packet 0x%02x of remaining length 0x%02x", index_of(it), it->header[0], byte);
  if (it->header_bytes < 2 + rest) return;
  it->header_bytes = 0;
  take_packet(it);
}

// ---- connections ----

static void enqueue(const Connection *it) {
  queue[(queue_head + queued++) % options.connections] = index_of(it);
}

static void close_connection(Connection *it) {
  if (it->phase == ONLINE) online--;
  else dialling--;
  close(it->fd);
  free(it->unsent);
  it->unsent = NULL;
  it->unsent_bytes = 0;
  it->header_bytes = 0;
  it->awaited = 0;
  it->ping_open = false;
  it->fd = -1;
  it->phase = DOWN;
}

static void lose(Connection *it, const char *why) {
  if (!may_be_lost) die("connection %d was lost: %s", index_of(it), why);
  if (it->phase == ONLINE && !it->was_lost) {
    it->was_lost = true;
    lost++;
  }
  if (it->phase != ONLINE) {
    refused = true;
    dial_again_at = now + 0.005;
  }
  close_connection(it);
  enqueue(it);
}

/// Ports of our own choice: looking for a free one is most of what a connection costs the kernel.
static struct sockaddr_in next_source(void) {
  static int host = 1, port = FIRST_PORT - 1;
  if (++port > LAST_PORT) {
    port = FIRST_PORT;
    host = host % LAST_HOST + 1;
  }
  char text[32];
  snprintf(text, sizeof text, "%s.%d", options.source, host);
  struct sockaddr_in source = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, text, &source.sin_addr) != 1) die("no IPv4 address: %s", text);
  return source;
}

/// A socket whose attempt is under way; tries other ports where one is taken.
static int dial_from_free_port(void) {
  for (int tries = 0; tries < 1000; tries++) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) die("socket: %s, with %d online", strerror(errno), online);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    const struct sockaddr_in source = next_source();
    const bool is_bound = bind(fd, (const struct sockaddr *)&source, sizeof source) == 0;
    const int done = is_bound ? connect(fd, (const struct sockaddr *)&options.broker, sizeof options.broker) : -1;
    if (done == 0 || (is_bound && errno == EINPROGRESS)) return fd;
    const int error = errno;
    close(fd);
    if (is_bound && error == ECONNREFUSED) return -1;
    if (error != EADDRINUSE && error != EADDRNOTAVAIL) die("%s: %s", is_bound ? "connect" : "bind", strerror(error));
  }
  die("1000 local ports in a row were taken");
  return -1;
}

static void dial(Connection *it) {
  dialling++;
  it->phase = DIALLING;
  it->fd = dial_from_free_port();
  if (it->fd < 0) lose(it, "connection refused");
  else want(it, EPOLL_CTL_ADD, true);
}

static void dial_those_in_turn(void) {
  while (queued > 0 && now >= dial_again_at && dialling < (refused ? 1 : options.window)) {
    Connection *it = &connections[queue[queue_head]];
    queue_head = (queue_head + 1) % options.connections;
    queued--;
    dial(it);
  }
}

static void finish_dial(Connection *it) {
  int error = 0;
  socklen_t bytes = sizeof error;
  getsockopt(it->fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
  if (error != 0) {
    lose(it, strerror(error));
    return;
  }
  refused = false;
  want(it, EPOLL_CTL_MOD, false);
  send_connect(it);
}

static void read_all(Connection *it) {
  static uint8_t bytes[READ_BYTES];
  const ssize_t count = recv(it->fd, bytes, sizeof bytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    lose(it, count == 0 ? "closed by the broker" : strerror(errno));
    return;
  }
  for (ssize_t at = 0; at < count; at++) take_byte(it, bytes[at]);
}

static void handle(Connection *it, uint32_t events) {
  if (it->phase == DIALLING) {
    finish_dial(it);
    return;
  }
  if (events & EPOLLOUT && it->unsent_bytes > 0) send_rest(it);
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_all(it);
}

/// One look at all sockets; waits no longer than until `until`, and no longer than the next dial allows.
static void turn(double until) {
  dial_those_in_turn();
  if (queued > 0 && refused && dialling == 0 && dial_again_at < until) until = dial_again_at;
  const double wait_ms = (until - now) * 1000;
  struct epoll_event events[EVENTS];
  const int count = epoll_wait(epoll_fd, events, EVENTS, wait_ms <= 0 ? 0 : wait_ms > 1000 ? 1000 : (int)wait_ms + 1);
  look_at_clock();
  for (int n = 0; n < count; n++) {
    // Nothing is said to it while it works: stdin can only have ended, and with it whoever started this.
    if (events[n].data.u32 == UINT32_MAX) exit(1);
    Connection *it = &connections[events[n].data.u32];
    if (it->phase != DOWN) handle(it, events[n].events);
  }
}

// ---- commands ----

typedef struct { double at, user, system; } Mark;

static double seconds_of(struct timeval it) { return (double)it.tv_sec + (double)it.tv_usec / 1e6; }

static Mark mark(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  look_at_clock();
  return (Mark){now, seconds_of(usage.ru_utime), seconds_of(usage.ru_stime)};
}

/// The figures that every answer has.
static void say_since(const char *at, Mark from) {
  const Mark to = mark();
  printf("{\"at\":\"%s\",\"online\":%d,\"seconds\":%.6f,\"userSeconds\":%.6f,\"systemSeconds\":%.6f", at, online,
         to.at - from.at, to.user - from.user, to.system - from.system);
}

static void end_line(void) {
  printf("}\n");
  fflush(stdout);
}

static void say(const char *at) {
  printf("{\"at\":\"%s\"", at);
  end_line();
}

static void connect_all(void) {
  if (online > 0) die("connected already");
  const Mark from = mark();
  for (int n = 0; n < options.connections; n++) enqueue(&connections[n]);
  while (online < options.connections) turn(now + 1);
  say_since("online", from);
  end_line();
}

static void publish(long limit, double seconds) {
  const Mark from = mark();
  publishing.issued = publishing.completed = 0;
  publishing.limit = limit;
  publishing.end = now + seconds;
  publishing.on = true;
  for (int n = 0; n < options.connections; n++) publish_next(&connections[n]);
  while (publishing.completed < publishing.issued) turn(now + 1);
  publishing.on = false;
  say_since("done", from);
  printf(",\"messages\":%ld", publishing.completed);
  end_line();
}

static int by_last_sent(const void *a, const void *b) {
  const double x = connections[*(const int *)a].sent_at, y = connections[*(const int *)b].sent_at;
  return (x > y) - (x < y);
}

/// Only pings are sent here and all wait equally long: who was first is first again, and a look at the head is enough.
static void idle(double seconds) {
  const Mark from = mark();
  const double end = from.at + seconds, longest = options.keep_alive_s - 1;
  if (longest < 1) die("idle needs a keep alive of 2 s or more");
  int *order = calloc((size_t)options.connections, sizeof *order), head = 0;
  if (order == NULL) die("no memory");
  for (int n = 0; n < options.connections; n++) order[n] = n;
  qsort(order, (size_t)options.connections, sizeof *order, by_last_sent);
  pings = ping_answers = 0;
  while (now < end) {
    while (connections[order[head]].sent_at + longest <= now) {
      send_ping(&connections[order[head]]);
      head = (head + 1) % options.connections;
    }
    const double due = connections[order[head]].sent_at + longest;
    turn(due < end ? due : end);
  }
  free(order);
  say_since("done", from);
  printf(",\"pings\":%ld,\"answers\":%ld", pings, ping_answers);
  end_line();
}

/// Goes on until each connection was lost once and all are back; the curve has a step for every half percent.
static void watch(void) {
  say("watching");
  const Mark from = mark();
  const int step = options.connections / 200 + 1;
  int told = online;
  may_be_lost = true;
  lost = 0;
  for (int n = 0; n < options.connections; n++) connections[n].was_lost = false;
  char *curve = NULL;
  size_t curve_bytes = 0;
  FILE *text = open_memstream(&curve, &curve_bytes);
  if (text == NULL) die("no memory");
  fprintf(text, "[%.6f,%d]", now, online);
  while (lost < options.connections || online < options.connections) {
    turn(now + 1);
    if (abs(online - told) < step && (online < options.connections || told == online)) continue;
    told = online;
    fprintf(text, ",[%.6f,%d]", now, online);
  }
  may_be_lost = false;
  fclose(text);
  say_since("done", from);
  printf(",\"lost\":%d,\"curve\":[%s]", lost, curve);
  end_line();
  free(curve);
}

static void obey(const char *line) {
  long messages;
  double seconds;
  if (strcmp(line, "connect\n") == 0) connect_all();
  else if (sscanf(line, "publish messages %ld", &messages) == 1) publish(messages, 1e9);
  else if (sscanf(line, "publish seconds %lf", &seconds) == 1) publish(INT64_MAX, seconds);
  else if (sscanf(line, "idle %lf", &seconds) == 1) idle(seconds);
  else if (strcmp(line, "watch\n") == 0) watch();
  else if (strcmp(line, "rest\n") == 0) say("rested");
  else die("unknown command: %s", line);
}

static void read_broker(const char *text) {
  char host[32];
  int port;
  options.broker.sin_family = AF_INET;
  if (sscanf(text, "%31[0-9.]:%d", host, &port) != 2 || inet_pton(AF_INET, host, &options.broker.sin_addr) != 1)
    die("a broker is ADDRESS:PORT, not %s", text);
  options.broker.sin_port = htons((uint16_t)port);
}

static void read_options(int count, char **words) {
  for (int n = 1; n + 1 < count; n += 2) {
    const char *key = words[n], *value = words[n + 1];
    if (strcmp(key, "--name") == 0) options.name = value;
    else if (strcmp(key, "--source") == 0) options.source = value;
    else if (strcmp(key, "--broker") == 0) read_broker(value);
    else if (strcmp(key, "--connections") == 0) options.connections = atoi(value);
    else if (strcmp(key, "--qos") == 0) options.qos = atoi(value);
    else if (strcmp(key, "--payload-bytes") == 0) options.payload_bytes = atoi(value);
    else if (strcmp(key, "--keep-alive-s") == 0) options.keep_alive_s = atoi(value);
    else if (strcmp(key, "--window") == 0) options.window = atoi(value);
    else die("unknown option: %s", key);
  }
  if (options.broker.sin_port == 0 || options.connections < 1 || options.window < 1)
    die("a broker, connections and a window are needed");
  if (options.qos < 1 || options.qos > 2) die("QoS is 1 or 2");
  if (options.payload_bytes < 0 || options.payload_bytes > 128 || strlen(options.name) > 40)
    die("payload up to 128 bytes, name up to 40");
}

int main(int count, char **words) {
  read_options(count, words);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc((size_t)options.connections, sizeof *connections);
  queue = calloc((size_t)options.connections, sizeof *queue);
  if (epoll_fd < 0 || connections == NULL || queue == NULL) die("cannot begin: %s", strerror(errno));
  struct epoll_event gone = {.events = EPOLLRDHUP, .data.u32 = UINT32_MAX};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &gone) < 0) die("stdin must be a pipe: %s", strerror(errno));
  say("empty");
  char line[128];
  while (fgets(line, sizeof line, stdin) != NULL) obey(line);
  return 0;
}
