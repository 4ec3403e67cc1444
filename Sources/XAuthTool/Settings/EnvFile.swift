import DotEnv
import DurableFile
import Paths

/// The `.env` file that a command works on, as it was when the command began.
struct EnvFile: Sendable {
  /// What named the file; nil for the `.env` in the working folder, which is the default. The file that
  /// keeps a grant from the environment counts as named there.
  let namedBy: SettingSource?
  /// The file behind the path.
  let target: FileTarget
  /// Its content; nil when there is no such file.
  let snapshot: FileSnapshot?
  /// The document in it; empty when there is no file.
  let document: DotEnvDocument

  /// Whether the file is there.
  var exists: Bool { snapshot != nil }

  /// Finds and reads the file: `--env-file`, else `XAUTH_ENV_FILE`, else `./.env`.
  static func open(flag: String?, context: Context) throws(Failure) -> EnvFile {
    let variable = context.environment["XAUTH_ENV_FILE"]
    let namedBy: SettingSource? =
      flag != nil ? .flag("env-file") : variable != nil ? .environment : nil
    let path = flag ?? variable ?? ".env"
    guard let folder = context.workingFolder ?? (path.utf8.first == UInt8(ascii: "/") ? "/" : nil)
    else { throw .settings(.noWorkingFolder) }
    do {
      let target = try FileTarget.resolve(path, from: folder)
      let snapshot = try target.read()
      return EnvFile(
        namedBy: namedBy, target: target, snapshot: snapshot,
        document: DotEnvDocument(snapshot?.bytes ?? []))
    } catch {
      throw .file(error)
    }
  }

  /// The same file with this document in it.
  func holding(_ document: DotEnvDocument) -> EnvFile {
    EnvFile(namedBy: namedBy, target: target, snapshot: snapshot, document: document)
  }

  /// The setting's value in the file; nil when absent or empty.
  func setting(_ name: SettingName) throws(Failure) -> Setting? {
    guard let value = document.value(of: name.rawValue), !value.bytes.isEmpty else { return nil }
    guard let text = name.isPath ? String(path: value.bytes) : value.text else {
      throw .settings(.notUTF8(name, line: value.line, path: target.path))
    }
    return Setting(name: name, text: text, source: .file(line: value.line))
  }

  /// Whether the file assigns the key at all, even an empty value.
  func assigns(_ name: SettingName) -> Bool { document.value(of: name.rawValue) != nil }

  /// Whether the grant belongs in this file: it has one of the grant's keys, even with an empty value.
  /// (Otherwise an old copy in the environment would be used again after a revocation.)
  var holdsGrantKeys: Bool { SettingName.grant.contains(where: assigns) }
}
