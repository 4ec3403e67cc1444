// Runs a command, or several of it side by side, and prints what it took on one line:
// wall ns, CPU µs, the largest peak of memory in KiB, how many ended well.
//
//   measure COUNT OUTPUT COMMAND [ARGUMENT…]
//
// A program of its own because a child's peak of memory counts from its parent's at the time of the
// fork: beside Python's every peak would be 14 MiB or more.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int count, char **words) {
  if (count < 4) return 2;
  int side_by_side = atoi(words[1]);
  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&streams, 1, words[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&streams, 2, "/dev/null", O_WRONLY, 0);

  long long start = nanoseconds(), cpu = 0;
  long peak = 0;
  int well = 0;
  for (int i = 0; i < side_by_side; i++) {
    pid_t child;
    if (posix_spawnp(&child, words[3], &streams, NULL, words + 3, environ) != 0) return 1;
  }
  for (int i = 0; i < side_by_side; i++) {
    int status;
    struct rusage usage;
    if (wait4(-1, &status, 0, &usage) < 0) return 1;
    cpu += microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
    if (usage.ru_maxrss > peak) peak = usage.ru_maxrss;
    well += WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  printf("%lld %lld %ld %d\n", nanoseconds() - start, cpu, peak, well);
  return 0;
}
