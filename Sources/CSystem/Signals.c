#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// A handler may run on any thread at any instruction, so all it touches is lock-free and atomic,
// and all it calls is on signal-safety(7)'s list.
static _Atomic(int) pipe_writer = -1;
static _Atomic(int) first_seen;
static _Atomic(int) holding;
static _Atomic(int) message_writer = -1;
static _Atomic(const char *) hold_message;

static int pipe_reader = -1;
static struct sigaction earlier[NSIG];
static sigset_t held_stops;
static bool holds_stops;

int csystem_signal_ends_process(int signal) {
  switch (signal) {
  case SIGHUP: case SIGINT: case SIGQUIT: case SIGALRM: case SIGTERM: case SIGUSR1: case SIGUSR2:
  case SIGSTKFLT: case SIGXCPU: case SIGVTALRM: case SIGPROF: case SIGIO: case SIGPWR:
    return true;
  default:
    return signal >= SIGRTMIN && signal <= SIGRTMAX;
  }
}

static void say_what_is_held(void) {
  const char *message = atomic_load(&hold_message);
  int writer = atomic_load(&message_writer);
  size_t length = 0;
  while (message && message[length]) length++;
  if (length == 0 || writer < 0) return;
  // A socket can't be opened again with O_NONBLOCK; MSG_DONTWAIT does the same for one write.
  if (send(writer, message, length, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 && errno == ENOTSOCK
      && write(writer, message, length) < 0) {
    // There is no reader, or no room.
  }
}

static void handle(int signal) {
  int saved = errno;
  int none = 0;
  atomic_compare_exchange_strong(&first_seen, &none, signal);
  if (atomic_load(&holding)) say_what_is_held();
  unsigned char byte = (unsigned char)signal;
  int writer = atomic_load(&pipe_writer);
  if (writer >= 0 && write(writer, &byte, 1) < 0) {
    // A full pipe wakes its reader just as well.
  }
  errno = saved;
}

static void caught_set(sigset_t *set) {
  sigemptyset(set);
  for (int signal = 1; signal < NSIG; signal++)
    if (csystem_signal_ends_process(signal)) sigaddset(set, signal);
}

int csystem_signals_install(void) {
  if (pipe_reader >= 0) return pipe_reader;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  pipe_reader = ends[0];
  atomic_store(&first_seen, 0);
  atomic_store(&holding, 0);
  atomic_store(&pipe_writer, ends[1]);

  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  sigset_t before;
  caught_set(&action.sa_mask);
  // One that comes meanwhile waits until all of it is in place.
  pthread_sigmask(SIG_BLOCK, &action.sa_mask, &before);
  for (int signal = 1; signal < NSIG; signal++) {
    if (!csystem_signal_ends_process(signal)) continue;
    sigaction(signal, NULL, &earlier[signal]);
    if (earlier[signal].sa_handler != SIG_IGN) sigaction(signal, &action, NULL);
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return pipe_reader;
}

// A descriptor for standard error on which a full pipe or a stopped terminal can't block a handler:
// opened again, because O_NONBLOCK on the inherited one would change it for every process that shares
// it. A regular file never blocks, and opened again it would be written from its beginning. −1 where
// it can't be had: then the handler prints nothing.
static int open_message_writer(void) {
  struct stat status;
  if (fstat(STDERR_FILENO, &status) != 0) return -1;
  if (S_ISREG(status.st_mode) || S_ISSOCK(status.st_mode))
    return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  return open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

// SIGCONT, which drops a stop that waits, is left alone.
static void hold_stops(void) {
  sigset_t stops, before;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTSTP);
  sigaddset(&stops, SIGTTIN);
  sigaddset(&stops, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &stops, &before);
  held_stops = stops;
  for (int signal = 1; signal < NSIG; signal++)
    if (sigismember(&before, signal) == 1) sigdelset(&held_stops, signal);
  holds_stops = true;
}

void csystem_signals_hold(const char *message) {
  csystem_signals_install();
  atomic_store(&hold_message, message);
  // Another message for the same hold: what came before it isn't forgotten.
  if (atomic_load(&holding)) return;
  atomic_store(&message_writer, open_message_writer());
  atomic_store(&holding, 1);
  hold_stops();
}

static void end_hold(void) {
  if (!atomic_exchange(&holding, 0)) return;
  int writer = atomic_exchange(&message_writer, -1);
  if (writer >= 0) close(writer);
}

int csystem_signals_seen(void) { return atomic_load(&first_seen); }

void csystem_signals_forget(void) { atomic_store(&first_seen, 0); }

int csystem_signals_restore(void) {
  if (pipe_reader < 0) {
    // A hold that could have no pipe.
    end_hold();
    csystem_signals_let_stops_through();
    return 0;
  }
  sigset_t set, before;
  caught_set(&set);
  // Blocked, a signal stays pending until the dispositions are whole again.
  pthread_sigmask(SIG_BLOCK, &set, &before);
  for (int signal = 1; signal < NSIG; signal++)
    if (csystem_signal_ends_process(signal)) sigaction(signal, &earlier[signal], NULL);
  int seen = atomic_load(&first_seen);
  int writer = atomic_exchange(&pipe_writer, -1);
  close(writer);
  close(pipe_reader);
  pipe_reader = -1;
  end_hold();
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  // Last: a stop that waits happens here, and whatever comes during it must act on its own.
  csystem_signals_let_stops_through();
  return seen;
}

void csystem_signals_let_stops_through(void) {
  if (!holds_stops) return;
  holds_stops = false;
  pthread_sigmask(SIG_UNBLOCK, &held_stops, NULL);
}
