#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

int csystem_open_folder(int folder, const char *name, int follow) {
  return openat(folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
}

int csystem_exchange(int from_folder, const char *from, int to_folder, const char *to) {
  return renameat2(from_folder, from, to_folder, to, RENAME_EXCHANGE);
}

int csystem_reserve_keeping_size(int descriptor, off_t length) {
  return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, length);
}

// statx(2) answers from the folder alone, but older file systems fill in the flags only for the
// ioctl of ext2, which needs the file open.
static int flags_by_ioctl(int folder, const char *name) {
  int descriptor = openat(folder, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (descriptor < 0) return 0;
  int flags = 0;
  if (ioctl(descriptor, FS_IOC_GETFLAGS, &flags) != 0) flags = 0;
  close(descriptor);
  return ((flags & FS_IMMUTABLE_FL) ? csystem_inode_immutable : 0)
      | ((flags & FS_APPEND_FL) ? csystem_inode_append_only : 0);
}

int csystem_inode_flags(int folder, const char *name) {
  struct statx status;
  const unsigned long long wanted = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
  if (statx(folder, name, AT_SYMLINK_NOFOLLOW, STATX_TYPE, &status) != 0
      || (status.stx_attributes_mask & wanted) != wanted)
    return flags_by_ioctl(folder, name);
  return ((status.stx_attributes & STATX_ATTR_IMMUTABLE) ? csystem_inode_immutable : 0)
      | ((status.stx_attributes & STATX_ATTR_APPEND) ? csystem_inode_append_only : 0);
}

uint64_t csystem_mount_id(int folder, const char *name) {
  struct statx status;
  if (statx(folder, name, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, STATX_MNT_ID, &status) != 0
      || !(status.stx_mask & STATX_MNT_ID))
    return 0;
  return status.stx_mnt_id;
}

uint32_t csystem_file_system(const char *path) {
  struct statfs facts;
  return statfs(path, &facts) == 0 ? (uint32_t)facts.f_type : 0;
}

ssize_t csystem_list_attributes(int descriptor, char *names, size_t size) {
  return flistxattr(descriptor, names, size);
}

ssize_t csystem_get_attribute(int descriptor, const char *name, void *value, size_t size) {
  return fgetxattr(descriptor, name, value, size);
}

int csystem_set_attribute(int descriptor, const char *name, const void *value, size_t size) {
  return fsetxattr(descriptor, name, value, size, 0);
}

int csystem_remove_attribute(int descriptor, const char *name) {
  return fremovexattr(descriptor, name);
}
