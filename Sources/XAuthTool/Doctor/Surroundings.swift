import Callback
import CommandTable
import DurableFile

/// What kind of machine this is, and what that means for a login: one line each.
extension Doctor {
  /// Says nothing of an ordinary machine.
  func machineKind(_ settings: Settings) -> [Finding] {
    let environment = context.environment
    if environment["CODESPACES"] == "true" {
      return [.fine(.machine, "a codespace: the editor forwards the callback's port")]
    }
    if ["REMOTE_CONTAINERS", "DEVCONTAINER"].contains(where: { environment[$0] != nil }) {
      return [.fine(.machine, "a dev container: the editor forwards the callback's port")]
    }
    if context.remote().isContainer { return [.fine(.machine, container(settings))] }
    if context.desktop() == .wsl {
      return [
        .fine(.machine, "WSL: Windows' browser reaches the callback by localhost forwarding")
      ]
    }
    if isService {
      return [.fine(.machine, "a systemd service: log in from a terminal, not here")]
    }
    return []
  }

  /// Whether this is a systemd service. Programs that one starts inherit its variable, a terminal among
  /// them.
  private var isService: Bool {
    context.environment["INVOCATION_ID"] != nil && !context.terminal.isInteractive()
  }

  /// How to let saves into the folder of the file, where a service is kept out of it (systemd.exec(5):
  /// ProtectSystem=, ProtectHome=, ReadOnlyPaths=); nil elsewhere.
  func serviceCure(_ target: FileTarget) -> Hint? {
    guard isService, target.isReadOnly else { return nil }
    let folder = target.folderPath.replacing("%", with: "%%")
    return "add ReadWritePaths=\(ShellWord.quotedIfNeeded(folder)) to the service, and restart it"
  }

  /// How to let saves into the folder of the file.
  func writableFolderCure(_ target: FileTarget) -> Hint {
    serviceCure(target) ?? "make the folder of the .env writable"
  }

  private func container(_ settings: Settings) -> String {
    guard let callback = try? settings.callback(), callback.listen == nil,
      RedirectURI.isLoopback(callback.redirect.host)
    else { return "a container" }
    return "a container: for a browser outside, publish port \(callback.redirect.port) and set"
      + " X_OAUTH_CALLBACK_LISTEN=0.0.0.0, or paste the address that it ends on"
  }

  /// Whether the file's lock is seen by everybody who reaches the file.
  func locks(_ settings: Settings) -> [Finding] {
    guard let system = settings.file.target.lesserFileSystem, system.mayHideLocks else { return [] }
    return [.warning(.folder, .mayHideLocks(system.name, settings.file.target.path))]
  }
}
