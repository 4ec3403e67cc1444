import OAuth
import Rotation

extension Doctor {
  /// Where the tokens are that several machines share. Nothing is asked.
  func store(_ settings: Settings) -> [Finding] {
    do {
      guard let place = try settings.store() else { return [] }
      if case .follow = place {
        return [.fine(.store, "this host follows another one: \(place.shown)")]
      }
      _ = try context.openStore(place)
      return [.fine(.store, "the tokens are shared through \(place.shown)\(place.secrecy)")]
    } catch {
      return [.failed(.store, error)]
    }
  }

  /// Whether that place can be used, or the host that is followed has a token for this one. Nothing is saved.
  func askStore(_ settings: Settings) -> [Finding] {
    do {
      switch try settings.store() {
      case nil: return []
      case .follow(let command)?: return [try followedHost(command)]
      case let place?: return try sharedPlace(place, settings)
      }
    } catch {
      return [.failed(.store, error)]
    }
  }

  private func followedHost(_ command: String) throws(Failure) -> Finding {
    let grant = try FollowedCommand(command: command, context: context).run()
    if grant.refreshToken != nil { return .warning(.store, .followedPrintsRefreshToken) }
    let end = Times.local(grant.expiresAt ?? 0, now: context.clock.now())
    return .fine(.store, "the host that is followed has an access token until \(end)")
  }

  private func sharedPlace(
    _ place: StorePlace, _ settings: Settings
  ) throws(Failure) -> [Finding] {
    guard let check = try StoreCheck.ask(settings, call) else { return [] }
    let words = check.words(at: context.clock.now())
    let standing = check.standing
    if !standing.knowsFile {
      return [
        .failed(
          .store, words,
          cure:
            "\(call: "revoke --local") gives up those in the file, \(call: "login") replaces both")
      ]
    }
    if standing.isRefused || standing.isRevoked {
      return [.failed(.store, words, cure: "run \(call: "login"), on any of the machines")]
    }
    return [.fine(.store, words)] + writing(place)
  }

  /// Whether it may be written: the same is swapped in that is there, if there is anything.
  private func writing(_ place: StorePlace) -> [Finding] {
    do {
      let store = try context.openStore(place)
      guard let held = try store.read(within: Rotation.requestDeadline) else { return [] }
      // Whatever else has come of it, the place took the request.
      _ = try store.swap(held.values, over: held.revision, within: Rotation.requestDeadline)
      return [.fine(.store, "\(place.shown) can be written")]
    } catch let failure as StoreFailure {
      return [.failed(.store, .rotation(.store(failure, place: place.shown)))]
    } catch {
      return [.failed(.store, Failure(error))]
    }
  }
}

extension StorePlace {
  /// How the engine keeps what it holds, where that is worth knowing.
  fileprivate var secrecy: String {
    switch self {
    case .etcd: "; etcd keeps them unencrypted on its disk and in its backups"
    case .kubernetes: "; whether they are encrypted at rest is the cluster's setting"
    case .vault, .exec, .follow: ""
    }
  }
}
