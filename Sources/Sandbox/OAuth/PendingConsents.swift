/// The consent pages that were shown and not answered yet, by the value their form carries.
struct PendingConsents: Sendable {
  /// How many are kept: past that the oldest page has to be asked for anew.
  static let limit = 256

  private var pending: [(id: String, request: AuthorizationRequest)] = []

  /// Remembers that the page with `id` asks for `request`.
  mutating func add(_ request: AuthorizationRequest, id: String) {
    if pending.count == Self.limit { pending.removeFirst() }
    pending.append((id, request))
  }

  /// What the page with `id` asked for; a page can be answered once.
  mutating func take(_ id: String) -> AuthorizationRequest? {
    guard let index = pending.firstIndex(where: { $0.id.isByteForByte(id) }) else { return nil }
    return pending.remove(at: index).request
  }
}
