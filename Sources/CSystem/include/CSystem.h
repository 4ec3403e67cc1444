#ifndef CSYSTEM_H
#define CSYSTEM_H

// What Glibc's Swift module hides behind _GNU_SOURCE or writes as macros, in a narrow face.
// Unless said otherwise a function returns -1 and sets errno as the system call it stands for.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Files ------------------------------------------------------------------------------------------

/// Opens folder `name` below `folder` only to reach what is in it (O_PATH), which asks for no
/// permission to list it. Refuses a symbolic link unless `follow` is not 0.
int csystem_open_folder(int folder, const char *name, int follow);

/// renameat2(2) with RENAME_EXCHANGE: the two names swap their files in one step.
int csystem_exchange(int from_folder, const char *from, int to_folder, const char *to);

/// fallocate(2) with FALLOC_FL_KEEP_SIZE: reserves space without a visible change of size.
int csystem_reserve_keeping_size(int descriptor, off_t length);

/// Bits of csystem_inode_flags.
enum {
  csystem_inode_immutable = 1,   ///< chattr +i
  csystem_inode_append_only = 2, ///< chattr +a
};

/// The inode flags of `name` in `folder`, not following a link; 0 also where they are unknown.
int csystem_inode_flags(int folder, const char *name);

/// The id of the mount that `name` in `folder` is seen through, not following a link; an empty
/// name means `folder` itself. 0 where the kernel doesn't tell (before Linux 5.8).
uint64_t csystem_mount_id(int folder, const char *name);

/// The number of the file system that `path` is on (statfs(2), f_type; linux/magic.h), which Glibc's
/// module leaves out; 0 if it can't be told.
uint32_t csystem_file_system(const char *path);

/// flistxattr(2).
ssize_t csystem_list_attributes(int descriptor, char *names, size_t size);
/// fgetxattr(2).
ssize_t csystem_get_attribute(int descriptor, const char *name, void *value, size_t size);
/// fsetxattr(2), creating or replacing.
int csystem_set_attribute(int descriptor, const char *name, const void *value, size_t size);
/// fremovexattr(2).
int csystem_remove_attribute(int descriptor, const char *name);

// Arguments --------------------------------------------------------------------------------------

/// How many arguments the program was started with, its own name included; 0 where the C library
/// doesn't tell.
int csystem_argument_count(void);

/// An argument, which lives as long as the program; NULL when there is no such one.
const char *csystem_argument(int index);

/// execvpe(3) with a path: returns only when it fails. A file without an executable format is given
/// to /bin/sh.
int csystem_execute(const char *path, char *const arguments[], char *const environment[]);

// Libraries --------------------------------------------------------------------------------------

/// A library that is part of the program.
typedef struct csystem_library {
  const char *name;
  /// Debian's version of its source.
  const char *version;
  /// When that was made, in seconds since 1970.
  int64_t time;
} csystem_library;

/// The libraries that were linked in for a release; NULL behind the last one, which is the first where
/// the system's libraries are loaded when they are needed.
const csystem_library *csystem_linked_library(int index);

// Signals ----------------------------------------------------------------------------------------

/// Whether a signal's default action is to end the process (signal(7)), and it can be kept from it:
/// not SIGKILL, nor the faults of the program itself (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
/// SIGABRT, SIGSYS), nor SIGPIPE and SIGXFSZ, which the program ignores.
int csystem_signal_ends_process(int signal);

/// Catches every such signal.
/// One that is ignored already (nohup, or a background job of a plain shell) stays ignored. Each one
/// caught writes its number as one byte to a non-blocking pipe, whose reading end is returned; -1
/// with errno when that can't be had. Interrupted system calls are restarted (SA_RESTART); poll(2)
/// is not, by its nature.
int csystem_signals_install(void);

/// From here to csystem_signals_restore the signals above end nothing, and SIGTSTP, SIGTTIN and
/// SIGTTOU stop nothing; call it on the thread that sends and saves, before it starts others. A
/// signal that is caught also writes `message`, which must live as long as the program (it may be
/// NULL), to standard error, if that can be done without blocking: the person who sent the signal
/// learns why the run goes on. That standard error may have no reader any more: ignore SIGPIPE.
void csystem_signals_hold(const char *message);

/// Lets SIGTSTP, SIGTTIN and SIGTTOU through before the hold ends: one that came during it stops the
/// process now.
void csystem_signals_let_stops_through(void);

/// The first signal caught since csystem_signals_install, or 0; stays known after
/// csystem_signals_restore.
int csystem_signals_seen(void);

/// Makes csystem_signals_seen forget: what came was passed on to a child.
void csystem_signals_forget(void);

/// Puts the earlier dispositions back, closes the pipe and ends a hold; the first signal that was
/// caught since csystem_signals_install, or 0. A signal that comes while this runs waits, and then
/// acts as it would have before csystem_signals_install; so does a stop that came during the hold.
int csystem_signals_restore(void);

#endif
