/// OAuth 2.0 scopes (RFC 6749 §3.3), each once, in the order in which they were given.
public struct Scopes: Sendable {
  /// The scopes' names.
  public let names: [String]

  /// `names`, without repetitions.
  public init(_ names: some Sequence<String>) {
    var seen: Set<String> = []
    self.names = names.filter { seen.insert($0).inserted }
  }

  /// The names in `text`, between spaces, commas, or any mixture of the two.
  public init(parsing text: String) {
    self.init(text.unicodeScalars.split(whereSeparator: \.separatesScopes).map { String($0) })
  }

  /// As the protocol writes them: `tweet.read users.read`.
  public var spaceSeparated: String { names.joined(separator: " ") }

  /// As an `.env` can hold them bare: `tweet.read,users.read`.
  public var commaSeparated: String { names.joined(separator: ",") }

  /// Whether there are none.
  public var isEmpty: Bool { names.isEmpty }

  /// Whether `name` is among them.
  public func contains(_ name: String) -> Bool { names.contains(name) }

  /// Those that `others` lacks.
  public func subtracting(_ others: Scopes) -> Scopes {
    let removed = Set(others.names)
    return Scopes(names.filter { !removed.contains($0) })
  }

  /// The names that X doesn't document. X's list grows without notice, so they are no error.
  public var unknown: [String] { subtracting(.knownToX).names }

  /// Those that are `scope-token`s of RFC 6749 appendix A.4: visible ASCII but `"` and `\`.
  public var wellFormed: Scopes {
    Scopes(
      names.filter { name in
        !name.isEmpty && name.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x22 && $0 != 0x5C }
      })
  }
}

extension Scopes: Equatable {
  /// Whether both are the same set: servers answer in any order.
  public static func == (left: Scopes, right: Scopes) -> Bool {
    left.names == right.names || Set(left.names) == Set(right.names)
  }
}

extension Scopes {
  /// What is asked for when nobody says otherwise; `offline.access` brings the refresh token.
  public static let requestedByDefault = Scopes(
    parsing: """
      tweet.read tweet.write tweet.moderate.write users.read follows.read follows.write \
      bookmark.read bookmark.write like.read like.write list.read list.write offline.access
      """)

  /// Those of them that change nothing at X.
  public static let reading = Scopes(requestedByDefault.names.filter { !$0.hasSuffix(".write") })

  /// The scopes of X's OpenAPI file, and the three that X documents beside it.
  public static let knownToX = Scopes(
    parsing: """
      tweet.read tweet.write tweet.moderate.write users.read follows.read follows.write \
      offline.access space.read mute.read mute.write like.read like.write list.read list.write \
      block.read block.write bookmark.read bookmark.write dm.read dm.write media.write \
      broadcast.read broadcast.write timeline.read users.email ads.read ads.write
      """)
}

extension Unicode.Scalar {
  fileprivate var separatesScopes: Bool {
    // What is no ASCII is looked up in Unicode's tables.
    isASCII ? self == "," || self == " " || ("\t"..."\r").contains(self) : properties.isWhitespace
  }
}
