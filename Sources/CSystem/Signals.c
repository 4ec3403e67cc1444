#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

// A handler may run on any thread at any instruction, so all it touches is lock-free and atomic,
// and all it calls is on signal-safety(7)'s list.
static _Atomic(int) pipe_writer = -1;
static _Atomic(int) first_seen;
static _Atomic(int) first_held;
static _Atomic(int) holding;
static _Atomic(const char *) hold_message;

static int pipe_reader = -1;
static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
enum { caught_count = sizeof caught / sizeof caught[0] };
static struct sigaction earlier[caught_count];
static struct sigaction earlier_pipe;

static void remember(_Atomic(int) *first, int signal) {
  int none = 0;
  atomic_compare_exchange_strong(first, &none, signal);
}

static void handle(int signal) {
  int saved = errno;
  remember(&first_seen, signal);
  if (atomic_load(&holding)) {
    remember(&first_held, signal);
    const char *message = atomic_load(&hold_message);
    size_t length = 0;
    while (message && message[length]) length++;
    if (length && write(STDERR_FILENO, message, length) < 0) {
      // Nobody is left to be told.
    }
  }
  unsigned char byte = (unsigned char)signal;
  int writer = atomic_load(&pipe_writer);
  if (writer >= 0 && write(writer, &byte, 1) < 0) {
    // A full pipe wakes its reader just as well.
  }
  errno = saved;
}

static void caught_set(sigset_t *set) {
  sigemptyset(set);
  for (int i = 0; i < caught_count; i++) sigaddset(set, caught[i]);
}

int csystem_signals_install(void) {
  if (pipe_reader >= 0) return pipe_reader;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
  pipe_reader = ends[0];
  atomic_store(&first_seen, 0);
  atomic_store(&first_held, 0);
  atomic_store(&holding, 0);
  atomic_store(&pipe_writer, ends[1]);

  struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  caught_set(&action.sa_mask);
  for (int i = 0; i < caught_count; i++) {
    sigaction(caught[i], NULL, &earlier[i]);
    if (earlier[i].sa_handler != SIG_IGN) sigaction(caught[i], &action, NULL);
  }
  return pipe_reader;
}

void csystem_signals_hold(const char *message) {
  atomic_store(&hold_message, message);
  // Another message for the same hold: what came before it isn't forgotten.
  if (atomic_load(&holding)) return;
  atomic_store(&first_held, 0);
  // Ctrl-C also ends whatever our output is piped into; the message would then end us.
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &ignore, &earlier_pipe);
  atomic_store(&holding, 1);
}

static void end_hold(void) {
  if (atomic_exchange(&holding, 0)) sigaction(SIGPIPE, &earlier_pipe, NULL);
}

int csystem_signals_release(void) {
  end_hold();
  atomic_store(&hold_message, NULL);
  return atomic_exchange(&first_held, 0);
}

int csystem_signals_seen(void) { return atomic_load(&first_seen); }

void csystem_signals_restore(void) {
  if (pipe_reader < 0) return;
  sigset_t set, before;
  caught_set(&set);
  // Blocked, a signal stays pending until the dispositions are whole again.
  pthread_sigmask(SIG_BLOCK, &set, &before);
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], &earlier[i], NULL);
  int writer = atomic_exchange(&pipe_writer, -1);
  close(writer);
  close(pipe_reader);
  pipe_reader = -1;
  end_hold();
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}
