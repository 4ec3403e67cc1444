// What the torture moves for a host, preloaded into its programs: the clock, so that minutes pass in a
// moment, and the way to X.
//
// TORTURE_CLOCK names a file with one number, the nanoseconds by which all clocks of all hosts run
// ahead. A wait is over when this clock says so. TORTURE_WALL: seconds by which this host's time of day
// is wrong. TORTURE_SKIP: who has nothing to do but wait moves the clock instead. TORTURE_X: two ports;
// who connects to the first on loopback comes to the second.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define SLICE (SECOND / 100)
// Shorter waits are no waits for somebody else's minutes.
#define LONG (SECOND / 5)

static int64_t still;
static int64_t *ahead = &still;
static int64_t wall;
static bool skips;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("TORTURE_CLOCK"), *wrong = getenv("TORTURE_WALL");
  int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *place = mmap(NULL, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (place == MAP_FAILED) return;
  ahead = place;
  wall = wrong ? atoll(wrong) * SECOND : 0;
  skips = getenv("TORTURE_SKIP") != NULL;
}

static int64_t number(const struct timespec *time) { return time->tv_sec * SECOND + time->tv_nsec; }

static struct timespec timeOf(int64_t number) {
  return (struct timespec){.tv_sec = number / SECOND, .tv_nsec = number % SECOND};
}

static int64_t shift(clockid_t clock) {
  bool isOwnTime = clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0;
  bool isTimeOfDay = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
  if (isOwnTime) return 0;
  return __atomic_load_n(ahead, __ATOMIC_SEQ_CST) + (isTimeOfDay ? wall : 0);
}

// A system call, not the vDSO: so strace sees who looks at which clock.
int clock_gettime(clockid_t clock, struct timespec *time) {
  if (syscall(SYS_clock_gettime, clock, time) != 0) return -1;
  *time = timeOf(number(time) + shift(clock));
  return 0;
}

time_t time(time_t *seconds) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (seconds) *seconds = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

static int64_t now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return number(&now);
}

static int64_t slice(int64_t end) {
  int64_t left = end - now();
  return left > SLICE ? SLICE : left;
}

// Nothing but a wait, in nanoseconds; EINTR as nanosleep(2) has it, else 0.
static int pass(int64_t wait) {
  int64_t end = now() + wait;
  if (skips && wait >= LONG) {
    __atomic_add_fetch(ahead, wait, __ATOMIC_SEQ_CST);
    end = now() + SECOND / 1000;
  }
  for (int64_t left; (left = slice(end)) > 0;) {
    struct timespec time = timeOf(left);
    if (syscall(SYS_nanosleep, &time, NULL) != 0 && errno == EINTR) return EINTR;
  }
  return 0;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest) {
  int64_t wait = number(time);
  if (flags & TIMER_ABSTIME) {
    struct timespec reading;
    clock_gettime(clock, &reading);
    wait -= number(&reading);
  }
  if (rest) *rest = (struct timespec){0};
  return pass(wait);
}

int nanosleep(const struct timespec *time, struct timespec *rest) {
  errno = clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
  return errno == 0 ? 0 : -1;
}

int usleep(useconds_t microseconds) {
  errno = pass(microseconds * INT64_C(1000));
  return errno == 0 ? 0 : -1;
}

unsigned sleep(unsigned seconds) {
  pass(seconds * SECOND);
  return 0;
}

int poll(struct pollfd *polled, nfds_t count, int milliseconds) {
  if (count == 0 && milliseconds > 0) return usleep((useconds_t)milliseconds * 1000);
  int64_t end = now() + milliseconds * (SECOND / 1000);
  for (;;) {
    int64_t left = milliseconds > 0 ? slice(end) : 0;
    int wait = milliseconds < 0 ? -1 : left > 0 ? (int)(left / 1000000 + 1) : 0;
    long ready = syscall(SYS_poll, polled, count, wait);
    if (ready != 0 || wait <= 0) return (int)ready;
  }
}

// Wakes for nothing after each slice, as POSIX allows: every caller looks again.
int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
    const struct timespec *restrict time) {
  int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
      (int (*)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *))dlsym(
          RTLD_NEXT, "pthread_cond_timedwait");
  // Whose clock it is nobody tells: one that counts from the boot hasn't come so far.
  clockid_t clock = time->tv_sec > INT64_C(1000000000) ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  struct timespec reading;
  clock_gettime(clock, &reading);
  int64_t left = number(time) - number(&reading);
  bool isLast = left <= SLICE;
  struct timespec end = timeOf(number(&reading) - shift(clock) + (isLast ? left : SLICE));
  int code = wait(condition, mutex, &end);
  return code == ETIMEDOUT && !isLast ? 0 : code;
}

int connect(int descriptor, const struct sockaddr *address, socklen_t length) {
  const char *ports = getenv("TORTURE_X");
  int from, to;
  struct sockaddr_in there;
  if (ports && sscanf(ports, "%d %d", &from, &to) == 2 && address->sa_family == AF_INET) {
    memcpy(&there, address, sizeof there);
    if (there.sin_addr.s_addr == htonl(INADDR_LOOPBACK) && there.sin_port == htons(from)) {
      there.sin_port = htons(to);
      address = (const struct sockaddr *)&there;
    }
  }
  return (int)syscall(SYS_connect, descriptor, address, length);
}
