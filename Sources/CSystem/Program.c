#define _GNU_SOURCE
#include "CSystem.h"

#include <unistd.h>

static int count;
static char **arguments;

#ifdef __GLIBC__
// glibc's loader passes main's arguments to a constructor too; other C libraries don't.
__attribute__((constructor)) static void remember(int argc, char **argv) {
  count = argc;
  arguments = argv;
}
#endif

int csystem_argument_count(void) { return count; }

const char *csystem_argument(int index) {
  return index < 0 || index >= count ? NULL : arguments[index];
}

int csystem_execute(const char *path, char *const arguments[], char *const environment[]) {
  return execvpe(path, arguments, environment);
}
