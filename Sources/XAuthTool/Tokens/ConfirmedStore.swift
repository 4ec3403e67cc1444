import DurableFile
import OAuth
import Rotation

// A `.env` may be somebody else's, from a repository for one. It may say where tokens are shared; but before
// any of this machine's own are put there, a person has to say so, or name the same place.

extension RotationRun {
  /// Makes sure that a login may put its tokens into the store.
  func requireConfirmedStore(_ call: Call) throws(Failure) {
    guard let store, let setting = try settings.setting(.store) else { return }
    let target = settings.file.target
    guard try !isConfirmed(setting, store), try !isShared(through: store, target) else { return }
    if call.context.terminal.isInteractive(), !console.isJSON {
      guard
        call.confirms("\(target.path) says that the tokens go to \(store.name). Put them there?")
      else { throw .login(.declined) }
      // If it can't be kept, it is asked again.
      if let mark = Self.mark(of: store) { try? target.mark(mark) }
      return
    }
    throw .settings(.storeUnconfirmed(setting, path: target.path))
  }

  /// Makes sure that a renewal may put this machine's own tokens into a store that holds none. To one that
  /// holds a fleet's, only their successor is written.
  func requireConfirmedStore(beforeRenewalOf rotation: Rotation) throws(Failure) {
    guard let store, let setting = try settings.setting(.store) else { return }
    let target = rotation.home.target
    guard try !isShared(through: store, target), try !isConfirmed(setting, store) else { return }
    let view: GrantView
    do { view = try GrantView(of: target) } catch { throw .file(error) }
    guard view.newest.refreshToken != nil else { return }
    let isEmpty: Bool
    do { isEmpty = try store.read(within: Rotation.requestDeadline) == nil } catch {
      throw failure(.store(error, place: store.name), of: rotation)
    }
    if isEmpty { throw .settings(.storeUnconfirmed(setting, path: target.path)) }
  }

  /// Whether this machine's tokens are in `store` already.
  private func isShared(
    through store: any SharedStore, _ target: FileTarget
  ) throws(Failure) -> Bool {
    do { return try GrantView(of: target).record?.shared?.place == store.name } catch {
      throw .file(error)
    }
  }

  private func isConfirmed(
    _ setting: Setting, _ store: any SharedStore
  ) throws(Failure) -> Bool {
    guard case .file = setting.source else { return true }
    return Self.mark(of: store).map { (try? settings.file.target.hasMark($0)) == true } ?? false
  }

  private static func mark(of store: any SharedStore) -> String? {
    Secret(store.name).fingerprint.map { "store.\($0.replacing(":", with: "-"))" }
  }
}
