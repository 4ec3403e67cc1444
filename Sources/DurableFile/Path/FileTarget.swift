/// The file behind a path, once symbolic links are followed: what is locked, read and replaced.
public struct FileTarget: Sendable, Equatable {
  /// The file's absolute path, free of symbolic links. The file itself may not exist yet.
  public let path: String

  /// The last part of `path`.
  public var name: String { path.pathParts.last ?? "" }

  /// The absolute path of the folder that holds the file.
  public var folderPath: String {
    let folder = path.utf8.dropLast(name.utf8.count + 1)
    return folder.isEmpty ? "/" : String(Substring(folder))
  }

  /// What the file holds now, nil when there is none. Takes no lock.
  ///
  /// - Throws: `isFolder` or `isSpecial`, found out without opening it; `notReadable`;
  ///   `tooLarge` above `FileSnapshot.limit`; as root `untrusted`.
  public func read() throws(FileFailure) -> FileSnapshot? {
    let place = try FilePlace.open(self)
    return try place.folder.snapshot(of: place.name)
  }
}
