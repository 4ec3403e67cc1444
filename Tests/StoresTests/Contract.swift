import Foundation
import Rotation
import TestSupport
import Testing

/// An engine that is ready to be tried, and the ways in which it can fail.
struct Stage {
  /// An empty place.
  let store: any SharedStore
  /// The same place, for credentials that may only read it, or not even that.
  let restricted: (any SharedStore)?
  /// The same engine where nobody listens, and where something else answers.
  let unreachable: (any SharedStore)?
  let mangled: any SharedStore
  /// What must live as long.
  var kept: [AnyObject] = []
}

/// What every engine promises of its two calls.
func checkContract(of stage: Stage) throws {
  let store = stage.store
  let one = ["XAUTH_STATE": #"{"number":1}"#, "X_OAUTH2_ACCESS_TOKEN": "a\"1\n\u{E9}"]
  let two = ["XAUTH_STATE": #"{"number":2}"#, "X_OAUTH2_REFRESH_TOKEN": ""]

  #expect(try store.read(within: 10) == nil)
  let first = try #require(try store.swap(one, over: nil, within: 10).revision)
  #expect(try store.read(within: 10) == StoredEntries(one, at: first))
  #expect(try store.swap(two, over: nil, within: 10) == .changed)
  let second = try #require(try store.swap(two, over: first, within: 10).revision)
  #expect(first != second)
  #expect(try store.swap(one, over: first, within: 10) == .changed)
  #expect(try store.read(within: 10) == StoredEntries(two, at: second))

  if let restricted = stage.restricted {
    let failure = failure { _ = try restricted.swap(one, over: second, within: 10) }
    #expect(failure?.isNotAllowed == true, "\(String(describing: failure))")
  }
  if let unreachable = stage.unreachable {
    for failure in failures(of: unreachable) {
      #expect(failure?.isNotSent == true, "\(String(describing: failure))")
    }
  }
  for failure in failures(of: stage.mangled) {
    // Where a swap looks first, nothing of it was sent.
    let isUndecided = failure?.isUnknown == true || failure?.isNotSent == true
    #expect(isUndecided, "\(String(describing: failure))")
  }
  #expect(try store.read(within: 10) == StoredEntries(two, at: second))
  try checkRace(in: store, over: second)
}

/// Of many swaps at once, one takes place.
private func checkRace(in store: any SharedStore, over revision: StoreRevision) throws {
  let outcomes = Outcomes()
  DispatchQueue.concurrentPerform(iterations: 8) { number in
    let swap = try? store.swap(["XAUTH_STATE": "\(number)"], over: revision, within: 20)
    if let revision = swap?.revision { outcomes.note("\(number)", revision) }
  }
  let winner = try #require(outcomes.all.first)
  #expect(outcomes.all.count == 1)
  #expect(
    try store.read(within: 10) == StoredEntries(["XAUTH_STATE": winner.name], at: winner.revision))
}

private func failures(of store: any SharedStore) -> [StoreFailure?] {
  [
    failure { _ = try store.read(within: 10) },
    failure { _ = try store.swap([:], over: StoreRevision("1"), within: 10) },
    failure { _ = try store.swap([:], over: nil, within: 10) },
  ]
}

/// Why `work` fails; nil if it doesn't.
func failure(_ work: () throws -> Void) -> StoreFailure? {
  do {
    try work()
    return nil
  } catch {
    return error as? StoreFailure
  }
}

private final class Outcomes: @unchecked Sendable {
  private let lock = NSLock()
  private var noted: [(name: String, revision: StoreRevision)] = []

  var all: [(name: String, revision: StoreRevision)] { lock.withLock { noted } }
  func note(_ name: String, _ revision: StoreRevision) {
    lock.withLock { noted.append((name, revision)) }
  }
}

extension StoreSwap {
  /// The new revision, nil if the place had changed.
  var revision: StoreRevision? { if case .swapped(let revision) = self { revision } else { nil } }
}

extension StoreFailure {
  var isUnknown: Bool { if case .unknown = self { true } else { false } }
  var isNotSent: Bool { if case .notSent = self { true } else { false } }
  var isNotAllowed: Bool { if case .notAllowed = self { true } else { false } }
  var isSettings: Bool { if case .settings = self { true } else { false } }

  /// What it says, empty without words.
  var words: String {
    switch self {
    case .unknown(let words), .notSent(let words), .notAllowed(let words), .settings(let words),
      .noSuchPlace(let words):
      words
    case .foreignData: ""
    }
  }
}
