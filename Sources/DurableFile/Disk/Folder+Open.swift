import CSystem
import Glibc

extension Folder {
  /// Opens `path`, absolute and free of symbolic links, one part after the other; also tells whose
  /// each part is, `/` first. A part that has become a link since is refused.
  static func open(
    _ path: String
  ) throws(FileFailure) -> (folder: Folder, passed: [PathStep]) {
    let root = csystem_open_folder(AT_FDCWD, "/", 0)
    guard root >= 0 else { throw .current("openat", "/") }
    var folder = Folder(Descriptor(root, path: "/"))
    var passed = [PathStep(path: "/", status: try folder.descriptor.status())]
    for part in path.pathParts {
      guard let next = folder.child(part) else {
        let whole = folder.path(of: part)
        switch errno {
        case ENOENT: throw .folderMissing(path: whole)
        case ELOOP, ENOTDIR: throw .notAFolder(path: whole)
        case EACCES: throw .notReadable(path: whole, errno: EACCES)
        default: throw .current("openat", whole)
        }
      }
      folder = next
      passed.append(PathStep(path: folder.path, status: try folder.descriptor.status()))
    }
    return (folder, passed)
  }
}
