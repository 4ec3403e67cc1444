/// A place with compare-and-swap that several machines share: where the fleet's record of a grant is.
///
/// An engine knows these two calls and its errors, nothing of grants. Whatever isn't the engine's own
/// word (a time-out, a reset, a body that isn't its own) is never taken for one.
public protocol SharedStore: Sendable {
  /// The place as its setting names it, such as `etcd:x-token`.
  var name: String { get }

  /// What the place holds now, nil when nothing: the engine's current state, never a replica's.
  ///
  /// - Parameter seconds: how long to wait for the answer at most.
  func read(within seconds: Double) throws(StoreFailure) -> StoredEntries?

  /// Puts `entries` there if the place still is as it was at `revision` (nil: empty).
  ///
  /// - Parameter seconds: how long to wait for the answer at most.
  func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap
}

/// What a place holds.
public struct StoredEntries: Sendable, Equatable {
  /// The entries by their names.
  public let values: [String: String]
  /// What a swap compares.
  public let revision: StoreRevision

  /// Entries, and their revision.
  public init(_ values: [String: String], at revision: StoreRevision) {
    (self.values, self.revision) = (values, revision)
  }
}

/// The engine's own mark of a state, which changes with every swap. Only its engine reads it.
public struct StoreRevision: Sendable, Equatable {
  /// The mark.
  public let text: String

  /// A mark.
  public init(_ text: String) { self.text = text }
}

/// What became of a swap, by the engine's own word.
public enum StoreSwap: Sendable, Equatable {
  /// It took place.
  case swapped(StoreRevision)
  /// The place had changed: nothing was written.
  case changed
}

/// Why a place can't be used.
public enum StoreFailure: Error, Sendable, Equatable {
  /// No answer of the engine came, for this reason: a swap may have taken place, or still may.
  case unknown(reason: String)
  /// Nothing was sent, for this reason.
  case notSent(reason: String)
  /// The engine refuses these credentials, with these words.
  case notAllowed(reason: String)
  /// There is no such place, and it isn't made here; the hint says what makes it.
  case noSuchPlace(hint: String)
  /// The place holds something that isn't ours.
  case foreignData
  /// A setting of the engine is missing or wrong, as this says.
  case settings(reason: String)
}
