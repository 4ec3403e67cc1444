/// Passes on to the client what the server sends.
struct Inbox: Sendable {
  let calls: Calls
  let output: OutputLines
  let note: @Sendable (String) -> Void
  /// Called when nobody reads the output any more.
  let outputClosed: @Sendable () -> Void

  /// A message in what the server sent; nil, and a note, if it is none.
  func read(_ text: [UInt8]) -> Message? {
    if let message = try? Message(text) { return message }
    note("the server sent something that is not a JSON-RPC message; it was left out")
    return nil
  }

  /// Passes on `message`, without the answers that nobody waits for.
  func pass(_ message: Message) {
    calls.writing {
      let parts = message.parts.filter { part in
        guard case .response(let id) = part.kind else { return true }
        return id.map(calls.answer) ?? false
      }
      if parts.count == message.parts.count {
        write(message.line)
      } else {
        note("the server answered a request that does not wait for an answer; it was left out")
        for part in parts { write(Message.line(part.value.bytes)) }
      }
    }
  }

  /// Answers `id` with an error, unless it was answered.
  func fail(_ id: MessageID, _ words: String) {
    calls.writing { if calls.answer(id) { write(ErrorResponse.line(id, words)) } }
  }

  /// Answers `id` with the `error` of a response that names another id or none.
  func fail(_ id: MessageID, error: JSONValue) {
    calls.writing { if calls.answer(id) { write(ErrorResponse.line(id, error: error.bytes)) } }
  }

  /// Answers what isn't taken up at all.
  func refuse(_ id: MessageID?, code: Int, _ words: String) {
    write(ErrorResponse.line(id, code: code, words))
  }

  private func write(_ line: [UInt8]) {
    if !output.write(line) { outputClosed() }
  }
}
