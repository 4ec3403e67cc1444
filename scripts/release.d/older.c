// What makes a program that is linked with the libraries of Debian 11 need no more than glibc 2.28.

// Four functions got a newer version in 2.29, which sets errno less often: the older one does here.
// scripts/build tells the linker to call these instead (ld(1), --wrap).
#if defined(__x86_64__)
#define FIRST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST "GLIBC_2.17"
#endif
#define OLDER(name)                                                                                \
  double older_##name(double);                                                                     \
  __asm__(".symver older_" #name ", " #name "@" FIRST);                                            \
  double __wrap_##name(double value) { return older_##name(value); }
OLDER(exp)
OLDER(exp2)
OLDER(log)
OLDER(log2)

// Since 2.32 glibc says by it whether a second thread was ever started, and Swift's runtime, which was
// built for a newer one, looks. 0: there may be several.
char __libc_single_threaded = 0;

// What is called for an array larger than the address space came with GCC 11, and the C++ library that is
// linked in is older. Nobody would catch what is thrown there.
void _ZSt28__throw_bad_array_new_lengthv(void) { __builtin_trap(); }
