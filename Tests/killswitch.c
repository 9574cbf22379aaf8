// Ends the program that it is loaded into (LD_PRELOAD) with SIGKILL at a named instant, and keeps a
// journal of the orders that left. A tool of the tests; the program under test knows nothing of it.
//
// KILL_AT="intent-before 3" dies at the third passing of that instant:
//
//   intent ticket failure object receipt film   -before, -after: a file of that kind gets its name
//   post                                        -before, -middle (half of it sent), -after: the order leaves
//   answer                                      the answer to an order is read, and not yet looked at
//   poll result download                        -before: the question leaves; -after: an answer begins
//   any                                         any call of the functions below
//
// KILL_JOURNAL names a file that gets "begun SEED" before an order's body is sent, and "sent SEED" after.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char point[32];
static atomic_long left;
static int journal = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void prepare(void) {
  const char *order = getenv("KILL_AT");
  long count = 0;
  if (order && sscanf(order, "%31s %ld", point, &count) == 2) atomic_store(&left, count);
  const char *path = getenv("KILL_JOURNAL");
  if (path) journal = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static int is_wanted(const char *kind, const char *moment) {
  size_t length = strlen(kind);
  return point[0] && !strncmp(point, kind, length) && !strcmp(point + length, moment);
}

static void pass(const char *kind, const char *moment) {
  if (is_wanted(kind, moment) && atomic_fetch_sub(&left, 1) == 1) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
  }
}

// What a path is in a store, or a film; NULL for anything else.
static const char *kind_of(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  if (!strncmp(name, "intent-", 7)) return "intent";
  if (!strncmp(name, "ticket-", 7) && strstr(name, ".json")) return "ticket";
  if (!strncmp(name, "failure-", 8)) return "failure";
  if (!strcmp(name, "receipt.json")) return "receipt";
  if (strstr(path, "/objects/")) return "object";
  if (strstr(path, "films/") && strstr(name, ".mp4")) return "film";
  return NULL;
}

int link(const char *from, const char *to) {
  const char *kind = kind_of(to);
  pass("any", "");
  if (kind) pass(kind, "-before");
  int result = REAL(link)(from, to);
  if (kind && !result) pass(kind, "-after");
  return result;
}

int rename(const char *from, const char *to) {
  const char *kind = kind_of(to);
  pass("any", "");
  if (kind) pass(kind, "-before");
  int result = REAL(rename)(from, to);
  if (kind && !result) pass(kind, "-after");
  return result;
}

int fsync(int file) {
  pass("any", "");
  return REAL(fsync)(file);
}

int unlink(const char *path) {
  pass("any", "");
  return REAL(unlink)(path);
}

int rmdir(const char *path) {
  pass("any", "");
  return REAL(rmdir)(path);
}

// What each connection asked last: by socket, or by its TLS session.
static struct { uintptr_t connection; const char *kind; } talks[4096];
static pthread_mutex_t talking = PTHREAD_MUTEX_INITIALIZER;

static const char **kind_on(uintptr_t connection) {
  size_t place = (connection * 0x9E3779B97F4A7C15u) >> 52;
  while (talks[place].connection && talks[place].connection != connection) place = (place + 1) % 4096;
  talks[place].connection = connection;
  return &talks[place].kind;
}

// The kind of the request that begins in `bytes`; NULL when none does.
static const char *request_kind(const char *bytes, size_t count) {
  char line[256];
  if (count < 8) return NULL;
  size_t length = count < sizeof line - 1 ? count : sizeof line - 1;
  memcpy(line, bytes, length);
  line[length] = 0;
  char *end = strstr(line, " HTTP/1.");
  if (end) *end = 0;
  if (!strncmp(line, "POST /queue/", 12)) return "post";
  if (!strncmp(line, "GET ", 4)) {
    if (strstr(line, "/status")) return "poll";
    if (!strncmp(line, "GET /queue/", 11)) return "result";
    if (!strncmp(line, "GET /media/", 11)) return "download";
  }
  return end ? "other" : NULL;
}

static void note(const char *word, const char *bytes, size_t count) {
  const char *seed = memmem(bytes, count, "\"seed\":", 7);
  if (journal < 0 || !seed) return;
  char text[64];
  long number = 0;
  for (const char *digit = seed + 7; digit < bytes + count; digit++) {
    if (*digit == ' ') continue;
    if (*digit < '0' || *digit > '9') break;
    number = number * 10 + (*digit - '0');
  }
  int length = snprintf(text, sizeof text, "%s %ld\n", word, number);
  if (write(journal, text, length) != length) abort();
}

static const char *asking(uintptr_t connection, const char *bytes, size_t count) {
  pthread_mutex_lock(&talking);
  const char **kind = kind_on(connection);
  const char *fresh = request_kind(bytes, count);
  if (fresh) *kind = fresh;
  const char *known = *kind;
  pthread_mutex_unlock(&talking);
  if (fresh) pass(fresh, "-before");
  return known;
}

static int is_order(const char *kind, const char *bytes, size_t count) {
  return kind && !strcmp(kind, "post") && memmem(bytes, count, "\"seed\":", 7);
}

static void answered(uintptr_t connection, const char *bytes, size_t count) {
  if (count < 7 || strncmp(bytes, "HTTP/1.", 7)) return;
  pthread_mutex_lock(&talking);
  const char *kind = *kind_on(connection);
  pthread_mutex_unlock(&talking);
  if (!kind) return;
  if (!strcmp(kind, "post")) pass("answer", "");
  else pass(kind, "-after");
}

// Sends `bytes` of an order or of anything else by `way`, through the instants that lie in it.
typedef ssize_t (*sending)(void *connection, const void *bytes, size_t count, int flags);

static ssize_t through(sending way, void *connection, uintptr_t name, const void *bytes, size_t count,
                       int flags) {
  pass("any", "");
  const char *kind = asking(name, bytes, count);
  if (!is_order(kind, bytes, count)) return way(connection, bytes, count, flags);
  if (is_wanted("post", "-middle")) {
    way(connection, bytes, count / 2, flags);
    pass("post", "-middle");
    // Not this one: the other half follows, unless it is another's turn to say how much.
    bytes = (const char *)bytes + count / 2;
    ssize_t rest = way(connection, bytes, count - count / 2, flags);
    if (rest <= 0) return count / 2;
    note("sent", (const char *)bytes - count / 2, count);
    return count / 2 + rest;
  }
  note("begun", bytes, count);
  ssize_t result = way(connection, bytes, count, flags);
  if (result > 0) {
    note("sent", bytes, count);
    pass("post", "-after");
  }
  return result;
}

static ssize_t plain(void *connection, const void *bytes, size_t count, int flags) {
  return REAL(send)((int)(intptr_t)connection, bytes, count, flags);
}

ssize_t send(int socket, const void *bytes, size_t count, int flags) {
  return through(plain, (void *)(intptr_t)socket, (uintptr_t)socket + 1, bytes, count, flags);
}

ssize_t recv(int socket, void *bytes, size_t count, int flags) {
  ssize_t result = REAL(recv)(socket, bytes, count, flags);
  pass("any", "");
  if (result > 0) answered((uintptr_t)socket + 1, bytes, result);
  return result;
}

// The same inside TLS; the names are those of libssl.
int SSL_write(void *session, const void *bytes, int count);
int SSL_read(void *session, void *bytes, int count);

static ssize_t secret(void *session, const void *bytes, size_t count, int flags) {
  (void)flags;
  return REAL(SSL_write)(session, bytes, (int)count);
}

int SSL_write(void *session, const void *bytes, int count) {
  return (int)through(secret, session, (uintptr_t)session, bytes, (size_t)count, 0);
}

int SSL_read(void *session, void *bytes, int count) {
  int result = REAL(SSL_read)(session, bytes, count);
  if (result > 0) answered((uintptr_t)session, bytes, result);
  return result;
}
