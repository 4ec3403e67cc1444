import Glibc
import Paths

/// A state folder held open.
struct OpenStateFolder {
  let place: StateFolder
  let folder: Folder
  /// The user who owns everything in it.
  private let owner: FileOwner

  /// The folder of `file` if there is one, whichever of the users who may use it made it: everybody
  /// must use the folder that the first run chose.
  static func find(for file: FilePlace) throws(FileFailure) -> OpenStateFolder? {
    if let beside = try openBeside(file) { return beside }
    return try openAtHome(file, create: false)
  }

  /// The folder of `file`, made if need be, and hidden from git.
  static func findOrMake(for file: FilePlace) throws(FileFailure) -> OpenStateFolder {
    let state = if let found = try find(for: file) { found } else { try make(for: file) }
    try state.hideFromGit()
    return state
  }

  private static func make(for file: FilePlace) throws(FileFailure) -> OpenStateFolder {
    var reason = ENOENT
    if let obstacle = try makeBeside(file) {
      if let home = try openAtHome(file, create: true) { return home }
      reason = obstacle
    } else if let beside = try openBeside(file) {
      return beside
    }
    throw .noStateFolder(path: file.target.stateFolderPath, errno: reason)
  }

  /// Checks that nobody but the file's owner (or root) decides what is in `folder`.
  private static func trusted(
    _ folder: Folder, isBesideFile: Bool, of file: FilePlace
  ) throws(FileFailure) -> OpenStateFolder {
    let status = try folder.descriptor.status()
    let isTrusted = status.st_uid == file.owner.user || status.st_uid == 0
    guard isTrusted, status.st_mode & 0o022 == 0 else { throw .unsafeState(folder.path, status) }
    if faccessat(folder.descriptor.number, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0 {
      if errno == EROFS { throw .readOnlyFileSystem(path: folder.path) }
      if geteuid() != file.owner.user {
        throw .notOwner(path: file.path, owner: file.owner.user)
      }
      throw .unsafeState(folder.path, status)
    }
    let place = StateFolder(
      path: folder.path, isBesideFile: isBesideFile, identity: "\(status.st_ino)")
    return OpenStateFolder(place: place, folder: folder, owner: file.owner)
  }

  /// Gives a folder that root made to the file's owner, who couldn't enter it otherwise.
  private static func giveAway(_ folder: Folder, to owner: FileOwner) throws(FileFailure) {
    let status = try folder.descriptor.status()
    guard status.st_uid == 0, owner.user != 0 else { return }
    guard fchownat(folder.descriptor.number, ".", owner.user, owner.group, 0) == 0 else {
      throw .current("fchownat", folder.path)
    }
  }

  // MARK: Beside the file

  private static func name(of file: FilePlace) -> String { "\(file.name).xauth" }

  private static func openBeside(_ file: FilePlace) throws(FileFailure) -> OpenStateFolder? {
    let path = file.target.stateFolderPath
    guard let folder = file.folder.child(name(of: file)) else {
      let code = errno
      if code == ENOENT || code == ENAMETOOLONG { return nil }
      guard code == ENOTDIR || code == ELOOP else { throw .of(code, "openat", path) }
      let status = try file.folder.status(of: name(of: file))
      if let status, status.isRegular { throw .stateNotAFolder(path: path) }
      throw .unsafeState(path, status)
    }
    // A run of root's may have been killed between making the folder and giving it away. Only an
    // empty folder is surely of root's own making: the owner may have moved another folder of root's
    // here, in order to be given it.
    if geteuid() == 0, try folder.names().isEmpty { try giveAway(folder, to: file.owner) }
    return try trusted(folder, isBesideFile: true, of: file)
  }

  /// Makes the folder beside the file; returns the errno that says why it can't be there, or nil.
  private static func makeBeside(_ file: FilePlace) throws(FileFailure) -> Int32? {
    let name = name(of: file)
    guard mkdirat(file.folder.descriptor.number, name.pathBytes, 0o700) == 0 else {
      switch errno {
      case EEXIST: return nil
      case EACCES, EPERM, EROFS, ENAMETOOLONG: return errno
      default: throw .current("mkdirat", file.target.stateFolderPath)
      }
    }
    do {
      return try furnish(name, file)
    } catch {
      _ = unlinkat(file.folder.descriptor.number, name.pathBytes, AT_REMOVEDIR)
      throw error
    }
  }

  private static func furnish(
    _ name: String, _ file: FilePlace
  ) throws(FileFailure) -> Int32? {
    guard let folder = file.folder.child(name) else {
      throw .current("openat", file.target.stateFolderPath)
    }
    // On a file system without permissions (a Windows drive) it stays open to everybody.
    _ = fchmodat(folder.descriptor.number, ".", 0o700, 0)
    if geteuid() == 0 { try giveAway(folder, to: file.owner) }
    let status = try folder.descriptor.status()
    guard status.st_mode & 0o077 == 0 else {
      _ = unlinkat(file.folder.descriptor.number, name.pathBytes, AT_REMOVEDIR)
      return EPERM
    }
    // Made by another member of a shared folder, it would be useless to the file's owner.
    guard status.st_uid == file.owner.user || status.st_uid == 0 else {
      throw .notOwner(path: file.path, owner: file.owner.user)
    }
    try file.folder.sync()
    return nil
  }

  // MARK: Under the owner's home

  /// The folder under the home of the file's owner according to the password database: with `HOME`,
  /// cron, root and a shell would use three different ones. nil when it doesn't exist and isn't to be
  /// made, or can't be.
  private static func openAtHome(
    _ file: FilePlace, create: Bool
  ) throws(FileFailure) -> OpenStateFolder? {
    guard let home = PasswordEntry.of(file.owner.user)?.home else { return nil }
    return try openBelow(home, file, create: create)
  }

  static func openBelow(
    _ home: String, _ file: FilePlace, create: Bool
  ) throws(FileFailure) -> OpenStateFolder? {
    guard let real = realpath(home.pathBytes, nil) else { return nil }
    defer { free(real) }
    guard let (start, passed) = try? Folder.open(String(cPath: real)) else { return nil }
    let names = [".local", "state", "xauth", homeName(of: file.path)]
    // Where root doesn't go, the owner's runs do: if they have a folder there, another one would be a
    // second lock and a second journal.
    let isOwners = access(([start.path] + names).joined(separator: "/").pathBytes, F_OK) == 0
    do {
      try PathTrust.check(passed, for: file.owner)
    } catch {
      if create || isOwners { throw error }
      return nil
    }
    var folder = start
    for name in names {
      guard let next = try descend(folder, name, create: create, file.owner) else {
        guard geteuid() == 0, isOwners else { return nil }
        throw .stateBehindLink(path: folder.path(of: name), owner: file.owner.user)
      }
      folder = next
    }
    return try trusted(folder, isBesideFile: false, of: file)
  }

  private static func descend(
    _ folder: Folder, _ name: String, create: Bool, _ owner: FileOwner
  ) throws(FileFailure) -> Folder? {
    let isRoot = geteuid() == 0
    var made = false
    if create {
      made = mkdirat(folder.descriptor.number, name.pathBytes, 0o700) == 0
      if !made, errno != EEXIST {
        switch errno {
        case ENOSPC, EDQUOT: throw .current("mkdirat", folder.path(of: name))
        default: return nil
        }
      }
    }
    if let status = try folder.status(of: name), status.isLink {
      try PathTrust.checkLink(folder.path(of: name), status, in: try folder.descriptor.status())
    }
    // Root follows no link, which the user may have made.
    guard let next = folder.child(name, followingLink: !isRoot) else { return nil }
    if made, isRoot { try giveAway(next, to: owner) }
    if made { try folder.sync() }
    return next
  }

  /// A name for `path` that is one path part, stays readable, and differs for different paths: the
  /// file's own name and a hash (FNV-1a, 64 bits) of the whole path.
  static func homeName(of path: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    let padded = String(repeating: "0", count: 16 - digits.count) + digits
    let name = path.split(separator: "/").last ?? ""
    let safe = name.utf8.prefix(100).map { byte -> Character in
      let character = Character(UnicodeScalar(byte))
      let isPlain =
        character.isASCII && (character.isLetter || character.isNumber || ".-_".contains(character))
      return isPlain ? character : "_"
    }
    return "\(String(safe))-\(padded)"
  }

  // MARK: Files in the folder

  /// Opens file `name` in the folder to read and write, made 0600 if need be.
  func openFile(_ name: String) throws(FileFailure) -> Descriptor {
    let path = folder.path(of: name)
    guard let file = folder.open(name, O_RDWR | O_CREAT, mode: 0o600) else {
      switch errno {
      case ELOOP, EISDIR, ENXIO: throw .unsafeState(path, try folder.status(of: name))
      case EACCES, EPERM: throw .notWritable(path: path, errno: errno)
      default: throw .current("openat", path)
      }
    }
    let status = try file.status()
    let isTrusted = status.st_uid == owner.user || status.st_uid == 0
    guard status.isRegular, status.st_nlink <= 1, isTrusted || geteuid() != 0 else {
      throw .unsafeState(path, status)
    }
    // Only a file that is still empty is surely of root's own making: the owner may have moved
    // another file of root's here, in order to be given it.
    if status.st_size == 0 { try handOver(file) }
    if status.st_mode & 0o077 != 0 {
      do { try file.setMode(0o600) } catch {
        // Where modes can't be set, it is enough that nobody else enters the folder.
        guard try folder.descriptor.status().st_mode & 0o077 == 0 else { throw error }
      }
    }
    return file
  }

  /// Gives a file that root has just made to the owner of the folder's files.
  func handOver(_ file: Descriptor) throws(FileFailure) {
    if geteuid() == 0 { try file.give(to: owner) }
  }

  private static let ignoreFile = ".gitignore"
  private static let ignoreRules = Array("*\n".utf8)

  /// Keeps git from seeing anything in the folder, whatever the project's own rules are. A repository
  /// can bring the folder with an ignore file that lets git see the journal: that file is replaced.
  private func hideFromGit() throws(FileFailure) {
    guard let file = folder.open(Self.ignoreFile, O_RDWR | O_CREAT, mode: 0o600) else {
      switch errno {
      case ELOOP, EISDIR, ENXIO, EACCES, EPERM: return try replaceIgnoreFile()
      default: throw .current("openat", folder.path(of: Self.ignoreFile))
      }
    }
    let status = try file.status()
    // With a second name it is also somebody's file elsewhere, which must not be written to.
    guard status.isRegular, status.st_nlink <= 1 else { return try replaceIgnoreFile() }
    // An empty one is new, or a killed run's.
    if status.st_size == 0 { return try writeIgnoreRules(file) }
    guard try file.read(Self.ignoreRules.count + 1, at: 0) != Self.ignoreRules else { return }
    try replaceIgnoreFile()
  }

  private func writeIgnoreRules(_ file: Descriptor) throws(FileFailure) {
    try handOver(file)
    try file.write(Self.ignoreRules, at: 0)
  }

  // By renaming: the target of a link stays as it is, and no other run sees half of the file.
  private func replaceIgnoreFile() throws(FileFailure) {
    // A name for this process alone, as other runs may be doing the same.
    let name = "ignore-\(getpid())"
    try folder.remove(name)
    guard let file = folder.open(name, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
      throw .current("openat", folder.path(of: name))
    }
    do throws(FileFailure) {
      try writeIgnoreRules(file)
      try renameIgnoreFile(from: name)
    } catch {
      try folder.remove(name)
      throw error
    }
  }

  private func renameIgnoreFile(from name: String) throws(FileFailure) {
    let number = folder.descriptor.number
    if renameat(number, name, number, Self.ignoreFile) == 0 { return }
    // If a folder is in the way, it is moved aside with everything in it.
    guard errno == EISDIR, let status = try folder.status(of: Self.ignoreFile),
      renameat(number, Self.ignoreFile, number, "gitignore-\(status.st_ino)") == 0,
      renameat(number, name, number, Self.ignoreFile) == 0
    else { throw .current("renameat", folder.path(of: Self.ignoreFile)) }
  }
}
