import Glibc

extension OpenStateFolder {
  private static let ignoreFile = ".gitignore"
  private static let ignoreRules = Array("*\n".utf8)

  /// Keeps git from seeing anything in the folder, whatever the project's own rules are. A repository
  /// can bring the folder with an ignore file that lets git take the journal: it is replaced.
  func hideFromGit() throws(FileFailure) {
    guard let file = folder.open(Self.ignoreFile, O_RDWR | O_CREAT, mode: 0o600) else {
      switch errno {
      case ELOOP, EISDIR, ENXIO, EACCES, EPERM: return try replaceIgnoreFile()
      default: throw .current("openat", folder.path(of: Self.ignoreFile))
      }
    }
    let status = try file.status()
    // With another name it is somebody's file elsewhere too, and isn't written to.
    guard status.isRegular, status.st_nlink <= 1 else { return try replaceIgnoreFile() }
    // Empty, it is new or a killed run's.
    if status.st_size == 0 { return try writeIgnoreRules(file) }
    guard try file.read(Self.ignoreRules.count + 1, at: 0) != Self.ignoreRules else { return }
    try replaceIgnoreFile()
  }

  private func writeIgnoreRules(_ file: Descriptor) throws(FileFailure) {
    if geteuid() == 0 { try file.give(to: owner) }
    try file.write(Self.ignoreRules, at: 0)
  }

  // By rename: whatever a link leads to stays as it is, and no run sees half of it.
  private func replaceIgnoreFile() throws(FileFailure) {
    // Of this process's own, as other runs may be at it too.
    let name = "ignore-\(getpid())"
    try folder.remove(name)
    guard let file = folder.open(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
      throw .current("openat", folder.path(of: name))
    }
    do throws(FileFailure) {
      try writeIgnoreRules(file)
      try putIgnoreFile(name)
    } catch {
      try folder.remove(name)
      throw error
    }
  }

  private func putIgnoreFile(_ name: String) throws(FileFailure) {
    let number = folder.descriptor.number
    if renameat(number, name, number, Self.ignoreFile) == 0 { return }
    // A folder, which is moved aside with all that is in it.
    guard errno == EISDIR, let status = try folder.status(of: Self.ignoreFile),
      renameat(number, Self.ignoreFile, number, "gitignore-\(status.st_ino)") == 0,
      renameat(number, name, number, Self.ignoreFile) == 0
    else { throw .current("renameat", folder.path(of: Self.ignoreFile)) }
  }
}
