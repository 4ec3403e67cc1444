import CSystem
import Glibc
import Paths

/// The file behind a path, once symbolic links are followed: what is locked, read and replaced.
public struct FileTarget: Sendable, Equatable {
  /// The file's absolute path, free of symbolic links. The file itself may not exist yet.
  public let path: String
  /// The symbolic links that stood in its place on the way there.
  public let links: [FileTarget]

  init(path: String, links: [FileTarget] = []) {
    self.path = path
    self.links = links
  }

  /// The last part of `path`.
  public var name: String { path.pathParts.last ?? "" }

  /// The absolute path of the folder that holds the file.
  public var folderPath: String {
    let folder = path.utf8.dropLast(name.utf8.count + 1)
    return folder.isEmpty ? "/" : String(Substring(folder))
  }

  /// Finds the file behind `path`, which is relative to `workingFolder` (absolute) unless it is
  /// absolute itself.
  ///
  /// The file may be absent, even at the end of a symbolic link; its folder may not.
  ///
  /// - Throws: `folderMissing`, `danglingLink`, `linkLoop`, `notAFolder`, `notReadable`, `isFolder`,
  ///   `isSpecial`; as root `untrusted` and `untrustedMode`.
  public static func resolve(
    _ path: String, from workingFolder: String
  ) throws(FileFailure) -> FileTarget {
    // As a C string the path would end at a zero byte and name another file.
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .notFound(path: path) }
    let absolute = path.isAbsolutePath ? path : "\(workingFolder)/\(path)"
    try refuseSpecial(absolute)
    var walk = PathWalk(absolute)
    try walk.run()
    let owner = FileOwner(of: walk.found, in: walk.steps.last)
    try PathTrust.check(walk.steps, for: owner)
    return FileTarget(path: walk.path, links: walk.links.map { FileTarget(path: $0) })
  }

  // Links in /proc/self/fd (a shell's `<(…)`) lead to pipes without a name, which no walk finds.
  private static func refuseSpecial(_ path: String) throws(FileFailure) {
    var status = stat()
    guard stat(path.pathBytes, &status) == 0 else { return }
    if status.isFolder { throw .isFolder(path: path) }
    if !status.isRegular { throw .isSpecial(path: path) }
  }

  /// What the file holds now, nil when there is none. Takes no lock.
  ///
  /// - Throws: `isFolder` or `isSpecial`, found out without opening it; `notReadable`;
  ///   `tooLarge` above `FileSnapshot.limit`; `replacedOutside`; as root `untrusted`.
  public func read() throws(FileFailure) -> FileSnapshot? {
    let place = try FilePlace.open(self)
    while true {
      guard let snapshot = try place.folder.snapshot(of: place.name) else { return nil }
      if snapshot.identity.links > 0 { return snapshot }
      // It was replaced while it was read.
      try place.requireReplaced(snapshot.identity)
    }
  }

  /// Which file is there now and which version of it, for a look whether it has changed; nil when there
  /// is none, or it can't be told.
  public var version: FileIdentity? {
    var status = stat()
    return stat(path.pathBytes, &status) == 0 ? FileIdentity(status) : nil
  }

  /// Whether it is mounted by itself, as into a container.
  public var isMounted: Bool {
    guard let folder = try? Folder.open(folderPath).folder else { return false }
    let number = folder.descriptor.number
    return withExtendedLifetime(folder) {
      csystem_mount_id(number, "") != csystem_mount_id(number, name)
    }
  }

  /// Checks that the file, if it is absent, can be created; creates nothing.
  ///
  /// - Throws: `folderNotWritable`, `readOnlyFileSystem`; as root `untrusted` and `untrustedMode`.
  public func requireCreatable() throws(FileFailure) {
    try FilePlace.open(self).requireCreatable()
  }
}

// MARK: - Who may use the file

extension FileTarget {
  /// Leaves the file to its owner alone. Returns what it is then, as some drives refuse or ignore that.
  ///
  /// - Throws: whatever forbids writing the file; `notFound`.
  public func makePrivate() throws(FileFailure) -> FileIdentity {
    guard let file = try FilePlace.open(self).openForWriting() else {
      throw .notFound(path: path)
    }
    _ = fchmod(file.number, try file.status().st_mode & 0o700)
    return FileIdentity(try file.status())
  }
}

// MARK: - The user's own files

extension FileTarget {
  /// A file of this user's own, for what belongs to no other file. Its folders are made, 0700; the
  /// file need not exist.
  ///
  /// - Parameter home: used where the password database doesn't know the user, as in containers that
  ///   run under an arbitrary number.
  /// - Throws: `noStateHome`, and what `resolve` throws.
  public static func inStateHome(_ name: String, home: String?) throws(FileFailure) -> FileTarget {
    guard let folder = stateHome(home) else {
      throw .noStateHome(path: "~/.local/state/xauth", errno: ENOENT)
    }
    var path = ""
    for part in folder.pathParts {
      path += "/\(part)"
      guard mkdir(path.pathBytes, 0o700) == 0 || [EEXIST, EROFS, EACCES].contains(errno) else {
        throw .noStateHome(path: path, errno: errno)
      }
    }
    return try resolve("\(path)/\(name)", from: "/")
  }

  /// The files of this user's own whose names begin with `prefix` and end in `.env`, in no particular
  /// order. Makes nothing.
  public static func allInStateHome(prefix: String, home: String?) -> [FileTarget] {
    guard let path = stateHome(home), let names = FolderNames.at(path) else { return [] }
    return
      names
      .filter { $0.hasPrefix(prefix) && $0.hasSuffix(".env") }
      .compactMap { try? resolve("\(path)/\($0)", from: "/") }
  }

  private static func stateHome(_ home: String?) -> String? {
    (PasswordEntry.of(geteuid())?.home ?? home).map { "\($0)/.local/state/xauth" }
  }
}
