import Callback

/// A message of the client's that wants answers: one request, or a batch of them.
struct Call: Sendable {
  /// Its place among all messages of the client's.
  let number: Int
  let message: Message

  /// Whether it opens the session.
  var isHandshake: Bool { message.single?.method == "initialize" }
}

/// The requests that have no answer yet. Each gets one, from wherever it comes first.
final class Calls: Sendable {
  private struct Entry {
    var unanswered: [MessageID]
    var wasSent = false
    /// Since when nothing of it is unanswered.
    var settled: Double?
  }

  private struct State {
    var entries: [Int: Entry] = [:]
    var numbers: [MessageID: Int] = [:]
    /// Answers that are being written.
    var writing = 0
    var isOver = false
  }

  /// For how many seconds the rest of a stream is read that has brought its answer: a connection
  /// that was read to the end can be used again.
  private static let patience = 2.0

  private let state = Watched(State())

  /// Takes up a call; false if an id in it is one that waits for its answer already.
  func open(_ call: Call) -> Bool {
    let ids = call.message.requests
    return state.withLock { state in
      guard Set(ids).count == ids.count, ids.allSatisfy({ state.numbers[$0] == nil }) else {
        return false
      }
      for id in ids { state.numbers[id] = call.number }
      state.entries[call.number] = Entry(unanswered: ids)
      return true
    }
  }

  /// What of it is to be sent, and counts as sent from now on: all that wasn't cancelled; nil if
  /// nothing is left.
  func begin(_ call: Call) -> Message? {
    state.withLock { state in
      guard let wanted = state.entries[call.number]?.unanswered, !wanted.isEmpty else { return nil }
      state.entries[call.number]?.wasSent = true
      let ids = Set(wanted)
      return call.message.keeping { $0.request.map(ids.contains) ?? false }
    }
  }

  /// Takes the right to answer `id`; false if it isn't to be answered, or not again. For use in
  /// `writing`.
  func answer(_ id: MessageID) -> Bool { settle(id) != nil }

  /// Runs `body`, which takes answers and writes them: until it ends they aren't given.
  func writing(_ body: () -> Void) {
    state.withLock { $0.writing += 1 }
    defer { state.withLock { $0.writing -= 1 } }
    body()
  }

  /// The client doesn't want `id` answered any more. Whether it was sent; nil if it isn't open.
  func cancel(_ id: MessageID) -> Bool? { settle(id) }

  /// What of `call` has no answer yet.
  func unanswered(_ call: Call) -> [MessageID] {
    state.withLock { $0.entries[call.number]?.unanswered ?? [] }
  }

  /// Whether more of the answer to `call` is worth waiting for.
  func isWanted(_ call: Call) -> Bool {
    state.withLock { state in
      guard !state.isOver, let entry = state.entries[call.number] else { return false }
      return entry.settled.map { Monotonic.now - $0 < Self.patience } ?? true
    }
  }

  /// Forgets a call, of which nothing more comes.
  func close(_ call: Call) {
    state.withLock { state in
      for id in state.entries.removeValue(forKey: call.number)?.unanswered ?? [] {
        state.numbers[id] = nil
      }
    }
  }

  /// Waits until every request has its answer, at most until `deadline`.
  func waitUntilAnswered(until deadline: Double) {
    _ = state.wait(until: deadline) {
      $0.writing == 0 && ($0.numbers.isEmpty || $0.isOver)
    }
  }

  /// Nothing is waited for from now on. What is left without an answer, and whether it was sent.
  func end() -> [(id: MessageID, wasSent: Bool)] {
    state.withLock { state in
      defer { (state.entries, state.numbers) = ([:], [:]) }
      state.isOver = true
      return state.entries.values.flatMap { entry in
        entry.unanswered.map { ($0, entry.wasSent) }
      }
    }
  }

  /// Whether it has ended.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Waits so many seconds; false if the end comes first.
  func pause(_ seconds: Double) -> Bool {
    !state.wait(until: Monotonic.now + seconds) { $0.isOver }
  }

  /// Whether the call that `id` is of was sent; nil if it isn't open.
  private func settle(_ id: MessageID) -> Bool? {
    state.withLock { state in
      guard let number = state.numbers.removeValue(forKey: id),
        var entry = state.entries[number]
      else { return nil }
      entry.unanswered.removeAll { $0 == id }
      if entry.unanswered.isEmpty { entry.settled = Monotonic.now }
      state.entries[number] = entry
      return entry.wasSent
    }
  }
}
