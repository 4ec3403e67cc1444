import Rotation
import Synchronization

/// A store in memory.
final class MemoryStore: SharedStore {
  private struct State {
    var entries: [String: String]?
    var revision = 0
    var failure: StoreFailure?
    var reads = 0
    var swaps = 0
  }

  let name = "memory"
  private let state: Mutex<State>

  init(_ entries: [String: String]? = nil) { state = Mutex(State(entries: entries)) }

  /// What it holds.
  var entries: [String: String]? { state.withLock { $0.entries } }
  var reads: Int { state.withLock { $0.reads } }
  var swaps: Int { state.withLock { $0.swaps } }

  /// From now on it fails so; nil: no longer.
  func fail(_ failure: StoreFailure?) { state.withLock { $0.failure = failure } }

  func read(within seconds: Double) throws(StoreFailure) -> StoredEntries? {
    try state.withLock { state throws(StoreFailure) in
      state.reads += 1
      if let failure = state.failure { throw failure }
      return state.entries.map { StoredEntries($0, at: StoreRevision("\(state.revision)")) }
    }
  }

  func swap(
    _ entries: [String: String], over revision: StoreRevision?, within seconds: Double
  ) throws(StoreFailure) -> StoreSwap {
    try state.withLock { state throws(StoreFailure) in
      if let failure = state.failure { throw failure }
      let present = state.entries == nil ? nil : StoreRevision("\(state.revision)")
      guard present == revision else { return .changed }
      state.swaps += 1
      state.revision += 1
      state.entries = entries
      return .swapped(StoreRevision("\(state.revision)"))
    }
  }
}
