import OAuth

/// A place in a store, with what it holds understood.
struct SharedPlace: Sendable {
  /// Seconds to wait for an answer of the store at most.
  static let patience = 10.0

  private let store: any SharedStore
  private let client: String
  private let server: String

  /// A place whose grant this client may present to this server.
  init(_ store: any SharedStore, for client: ClientCredentials, at server: String) {
    self.store = store
    (self.client, self.server) = (client.id, server)
  }

  /// What it holds at first.
  func first(_ grant: Grant = .blank) -> SharedGrant {
    SharedGrant(grant, number: 0, client: client, server: server)
  }

  /// The place as its setting names it.
  var name: String { store.name }

  /// What the place holds now, and what a swap over it compares.
  struct Found: Sendable {
    /// nil when it holds nothing.
    let shared: SharedGrant?
    let revision: StoreRevision?
  }

  /// What became of a swap.
  enum Swap: Sendable {
    case swapped(StoreRevision)
    /// Another machine was faster; nothing was written.
    case changed
    /// Nothing was written, for this reason.
    case refused(RotationFailure)
    /// It may have taken place, or still may.
    case unknown(RotationFailure)
  }

  /// What the place holds now.
  ///
  /// - Throws: `store`, `sharedUnusable`, `otherClient`, `otherServer`, `cryptography`.
  func read(within seconds: Double = patience) throws(RotationFailure) -> Found {
    let stored: StoredEntries?
    do { stored = try store.read(within: seconds) } catch { throw .store(error, place: name) }
    guard let stored else { return Found(shared: nil, revision: nil) }
    let shared: SharedGrant
    do { shared = try SharedGrant(entries: stored.values) } catch {
      throw .sharedUnusable(error, place: name)
    }
    guard shared.client == client else { throw .otherClient(shared.client, place: name) }
    guard shared.server == server else { throw .otherServer(shared.server, place: name) }
    // Everything is decided by hashes.
    do { _ = try shared.grant.identity.map { try TokenHash($0) } } catch {
      throw RotationFailure(error)
    }
    return Found(shared: shared, revision: stored.revision)
  }

  /// Puts `shared` there if the place still is as it was at `revision`.
  func swap(
    _ shared: SharedGrant, over revision: StoreRevision?, within seconds: Double = patience
  ) -> Swap {
    do throws(StoreFailure) {
      switch try store.swap(shared.entries, over: revision, within: seconds) {
      case .swapped(let new): return .swapped(new)
      case .changed: return .changed
      }
    } catch {
      if case .unknown = error { return .unknown(.store(error, place: name)) }
      return .refused(.store(error, place: name))
    }
  }
}

extension RotationFailure {
  /// Whether a store could not be asked now, and may be asked later.
  var isStoreAway: Bool {
    switch self {
    case .store(.unknown, _), .store(.notSent, _): true
    default: false
    }
  }
}
