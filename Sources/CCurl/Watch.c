#define _GNU_SOURCE
#include "Transfer.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// How long libcurl has, past its own limit for connecting, to notice it by itself.
#define GRACE_MILLISECONDS 250

static struct timespec later(struct timespec start, long milliseconds) {
  long nanoseconds = start.tv_nsec + milliseconds % 1000 * 1000000;
  struct timespec end = {
      .tv_sec = start.tv_sec + milliseconds / 1000 + nanoseconds / 1000000000,
      .tv_nsec = nanoseconds % 1000000000,
  };
  return end;
}

// Waits, with the lock held, for the end of the request; false when `end` came first.
static bool waitUntil(Watch *watch, struct timespec end) {
  int code = 0;
  while (!watch->isOver && code != ETIMEDOUT)
    code = pthread_cond_timedwait(&watch->ended, &watch->lock, &end);
  return watch->isOver;
}

// Not by closing it: what has arrived can still be read. libcurl reads it, finds the end behind it,
// and takes a whole answer for one.
static void endConnection(Watch *watch, curl_socket_t number) {
  struct pollfd polled = {.fd = number, .events = POLLRDHUP};
  bool hasServerEndedIt = poll(&polled, 1, 0) > 0 && (polled.revents & POLLRDHUP) != 0;
  if (!hasServerEndedIt) watch->hasEndedIt = true;
  shutdown(number, SHUT_RDWR);
}

static void *run(void *context) {
  Watch *watch = context;
  struct timespec start;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pthread_mutex_lock(&watch->lock);
  bool isOver = waitUntil(watch, later(start, watch->connectMilliseconds + GRACE_MILLISECONDS));
  if (!isOver && watch->hasBegun)
    isOver = waitUntil(watch, later(start, watch->totalMilliseconds));
  if (!isOver)
    for (int index = 0; index < CCURL_SOCKETS; index++)
      if (watch->sockets[index] >= 0) endConnection(watch, watch->sockets[index]);
  pthread_mutex_unlock(&watch->lock);
  return NULL;
}

void ccurl_prepare_watch(Watch *watch) {
  for (int index = 0; index < CCURL_SOCKETS; index++) watch->sockets[index] = -1;
}

bool ccurl_has_stale_socket(const Watch *watch) {
  struct pollfd polled[CCURL_SOCKETS];
  for (int index = 0; index < CCURL_SOCKETS; index++)
    polled[index] = (struct pollfd){.fd = watch->sockets[index], .events = POLLIN | POLLRDHUP};
  return poll(polled, CCURL_SOCKETS, 0) > 0;
}

bool ccurl_watch(Watch *watch, const CCurlRequest *request) {
  watch->hasBegun = watch->isOver = watch->hasEndedIt = false;
  watch->connectMilliseconds = request->connectMilliseconds;
  watch->totalMilliseconds = request->totalMilliseconds;
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&watch->ended, &attributes);
  pthread_condattr_destroy(&attributes);
  pthread_mutex_init(&watch->lock, NULL);
  // Signals are for the program's own thread.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  watch->isRunning = pthread_create(&watch->thread, NULL, run, watch) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return watch->isRunning;
}

bool ccurl_unwatch(Watch *watch) {
  if (!watch->isRunning) return watch->hasEndedIt;
  pthread_mutex_lock(&watch->lock);
  watch->isOver = true;
  pthread_cond_signal(&watch->ended);
  pthread_mutex_unlock(&watch->lock);
  pthread_join(watch->thread, NULL);
  watch->isRunning = false;
  return watch->hasEndedIt;
}

void ccurl_watch_begin(Watch *watch) {
  pthread_mutex_lock(&watch->lock);
  watch->hasBegun = true;
  pthread_mutex_unlock(&watch->lock);
}

void ccurl_watch_socket(Watch *watch, curl_socket_t number) {
  pthread_mutex_lock(&watch->lock);
  for (int index = 0; index < CCURL_SOCKETS; index++) {
    if (watch->sockets[index] >= 0) continue;
    watch->sockets[index] = number;
    break;
  }
  pthread_mutex_unlock(&watch->lock);
}

curl_socket_t ccurl_socket_from_port(const Watch *watch, int port) {
  for (int index = 0; index < CCURL_SOCKETS; index++) {
    // Of both families: the port has the same place in them.
    struct sockaddr_in6 address = {0};
    socklen_t length = sizeof address;
    if (watch->sockets[index] < 0) continue;
    if (getsockname(watch->sockets[index], (struct sockaddr *)&address, &length) != 0) continue;
    if (ntohs(address.sin6_port) == port) return watch->sockets[index];
  }
  return -1;
}

// Under the lock: a number that is free again may be another file's at once.
int ccurl_close_socket(void *context, curl_socket_t number) {
  Watch *watch = context;
  pthread_mutex_lock(&watch->lock);
  for (int index = 0; index < CCURL_SOCKETS; index++)
    if (watch->sockets[index] == number) watch->sockets[index] = -1;
  int result = close(number);
  pthread_mutex_unlock(&watch->lock);
  return result;
}
