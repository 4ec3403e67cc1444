import Glibc

extension OpenStateFolder {
  /// The folder under the home of the file's owner, as the password database has it: `HOME` would
  /// give cron, root and a shell three different ones. nil when it doesn't exist and isn't to be
  /// made, or can't be.
  static func openAtHome(
    _ file: FilePlace, create: Bool
  ) throws(FileFailure) -> OpenStateFolder? {
    guard let home = PasswordEntry.of(file.owner.user)?.home else { return nil }
    return try openBelow(home, file, create: create)
  }

  static func openBelow(
    _ home: String, _ file: FilePlace, create: Bool
  ) throws(FileFailure) -> OpenStateFolder? {
    guard let real = realpath(home, nil) else { return nil }
    defer { free(real) }
    guard let (start, passed) = try? Folder.open(String(cString: real)) else { return nil }
    do {
      try PathTrust.check(passed, for: file.owner)
    } catch {
      // Where nothing has to be made, a home that isn't only its owner's is none.
      if create { throw error }
      return nil
    }
    var folder = start
    for name in [".local", "state", "xauth", homeName(of: file.path)] {
      guard let next = try descend(folder, name, create: create, file.owner) else { return nil }
      folder = next
    }
    return try trusted(folder, isBesideFile: false, of: file)
  }

  private static func descend(
    _ folder: Folder, _ name: String, create: Bool, _ owner: FileOwner
  ) throws(FileFailure) -> Folder? {
    // Root passes through no link of the user's making.
    let isRoot = geteuid() == 0
    var made = false
    if create {
      made = mkdirat(folder.descriptor.number, name, 0o700) == 0
      if !made, errno != EEXIST {
        switch errno {
        case ENOSPC, EDQUOT: throw .current("mkdirat", folder.path(of: name))
        default: return nil
        }
      }
    }
    guard let next = folder.child(name, followingLink: !isRoot) else { return nil }
    if made, isRoot {
      guard fchownat(next.descriptor.number, ".", owner.user, owner.group, 0) == 0 else {
        throw .current("fchownat", next.path)
      }
    }
    if made { try folder.sync() }
    return next
  }

  /// A name for `path` that is one path part, stays readable, and differs for different paths: the
  /// file's own name and a hash (FNV-1a, 64 bits) of the whole.
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
}
