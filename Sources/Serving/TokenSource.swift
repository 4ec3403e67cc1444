import OAuth

/// Where a server takes the access token from, request by request. Any thread may ask.
public protocol TokenSource: Sendable {
  /// The access token of this moment. May wait for a renewal.
  func token() throws(NoToken) -> Secret
  /// The token to repeat a request with that X has refused (401) with `failed`; nil when there is no
  /// better one, and the refusal is the answer. May wait for a renewal.
  func successor(of failed: Secret) -> Secret?
}

/// There is no token to send.
public struct NoToken: Error, Sendable, Equatable {
  /// Why, and what to do about it, in a sentence or two for a person.
  public let words: String
  /// Seconds after which it may be worth another try; nil where a person has to act first.
  public let retryAfter: Int?

  /// The lack of a token.
  public init(_ words: String, retryAfter: Int?) {
    (self.words, self.retryAfter) = (words, retryAfter)
  }
}
