#define _GNU_SOURCE
#include "CSystem.h"

#include <sys/mman.h>
#include <unistd.h>

// Since Linux 6.1, and in glibc's headers only since 2.37.
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum {
  huge_page = 2 << 20,
  // What malloc(3) and an array put in front of their bytes, at the most.
  in_front = 64,
};

size_t csystem_roomy_size(size_t size) {
  if (size <= huge_page / 2) return size;
  return (size + in_front + huge_page - 1) / huge_page * huge_page - in_front;
}

void csystem_fill_soon(void *start, size_t size) {
  if (size <= huge_page / 2) return;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  void *first = (void *)((uintptr_t)start / page * page);
  madvise(first, size + in_front, MADV_HUGEPAGE);
  // The first is no huge page any more, because malloc(3) has touched it: it is made one again.
  madvise(first, huge_page, MADV_COLLAPSE);
}
