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

#ifdef XAUTH_LINKED
#include <linked.h>
static const csystem_library libraries[] = {
    {"OpenSSL", LINKED_OPENSSL, LINKED_OPENSSL_TIME},
    {"libcurl", LINKED_CURL, LINKED_CURL_TIME},
};
#define LIBRARIES 2
#else
static const csystem_library libraries[1];
#define LIBRARIES 0
#endif

const csystem_library *csystem_linked_library(int index) {
  return index < 0 || index >= LIBRARIES ? NULL : &libraries[index];
}
