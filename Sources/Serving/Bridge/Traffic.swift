/// Who waits for whom.
struct Traffic {
  /// Requests at once, at most.
  private static let requestsAtOnce = 64
  /// What may wait to be sent: messages of a kind, and the bytes of all.
  private static let waitingLimit = (count: 1000, bytes: 64 << 20)

  private var calls: [Call] = []
  /// Notifications and answers of the client's. They are sent one by one, in their order, and
  /// don't wait for requests.
  private var lane: [(number: Int, message: Message)] = []
  private var waitingBytes = 0
  private var busy = 0
  private var isLaneBusy = false
  /// Cancellations on their way, past the lane.
  private var cancellations = 0
  /// The numbers of the messages that nothing later may pass: `initialize`, until it is answered.
  private var handshakes: [Int] = []
  /// And of those that no later request may pass: `notifications/initialized`, until it was sent.
  private var confirmations: [Int] = []
  private var isListening = false

  /// Whether no notification waits or is on its way.
  var isLaneIdle: Bool { lane.isEmpty && !isLaneBusy && cancellations == 0 }

  /// Takes up a call; false if there is no room.
  mutating func add(_ call: Call) -> Bool {
    guard calls.count < Self.waitingLimit.count, hasRoom(for: call.message) else { return false }
    calls.append(call)
    if call.isHandshake { handshakes.append(call.number) }
    return true
  }

  /// Takes up a notification or an answer; false if there is no room.
  mutating func add(_ message: Message, _ number: Int) -> Bool {
    guard lane.count < Self.waitingLimit.count, hasRoom(for: message) else { return false }
    lane.append((number, message))
    if message.isConfirmation { confirmations.append(number) }
    return true
  }

  /// The calls that may be sent now.
  mutating func takeCalls() -> [Call] {
    var next: [Call] = []
    while busy < Self.requestsAtOnce, let call = calls.first,
      call.number <= handshakes.first ?? .max, call.number < confirmations.first ?? .max
    {
      next.append(calls.removeFirst())
      waitingBytes -= call.message.line.count
      busy += 1
    }
    return next
  }

  /// Whether a thread is needed that sends what is in the lane.
  mutating func takeLane() -> Bool {
    guard !isLaneBusy, let first = lane.first, first.number < handshakes.first ?? .max else {
      return false
    }
    isLaneBusy = true
    return true
  }

  /// What that thread sends next; nil when it is to end.
  mutating func takeMessage() -> (number: Int, message: Message)? {
    guard let first = lane.first, first.number < handshakes.first ?? .max else {
      isLaneBusy = false
      return nil
    }
    waitingBytes -= first.message.line.count
    return lane.removeFirst()
  }

  /// There is no such thread.
  mutating func leaveLane() { isLaneBusy = false }

  /// Whether there is a way for another cancellation.
  mutating func beginCancellation() -> Bool {
    guard cancellations < Self.requestsAtOnce else { return false }
    cancellations += 1
    return true
  }

  mutating func endCancellation() { cancellations -= 1 }

  /// The call has its answer.
  mutating func answered(_ call: Call) { handshakes.removeAll { $0 == call.number } }

  /// Nothing more comes of the call.
  mutating func ended(_ call: Call) {
    busy -= 1
    answered(call)
  }

  /// The server has been told of message `number`.
  mutating func confirmed(_ number: Int) { confirmations.removeAll { $0 == number } }

  /// Whether nobody reads the server's own stream; from now on somebody does.
  mutating func beginListening() -> Bool {
    defer { isListening = true }
    return !isListening
  }

  mutating func endListening() { isListening = false }

  private mutating func hasRoom(for message: Message) -> Bool {
    guard waitingBytes + message.line.count <= Self.waitingLimit.bytes else { return false }
    waitingBytes += message.line.count
    return true
  }
}
