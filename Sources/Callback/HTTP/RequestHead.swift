/// The head of an HTTP/1 request: the request line and the fields (RFC 9112 §2.1).
///
/// The target may carry an authorization code, so a head prints as nothing.
public struct RequestHead: Sendable, Equatable, WithoutSecrets {
  /// A field line: its name as sent, its value without the whitespace around it.
  public struct Field: Sendable, Equatable {
    /// The name, in the case it was sent in. Compare without regard to case.
    public let name: String
    /// The value; any bytes above ASCII were taken for UTF-8.
    public let value: String
  }

  /// The method, in the case it was sent in: methods are case-sensitive (RFC 9110 §9.1).
  public let method: String
  /// The request target as sent: visible ASCII only.
  public let target: String
  /// The authority of a target in absolute or authority form (RFC 9112 §3.2.2, §3.2.3).
  public let authority: String?
  /// The path as sent, nothing decoded or resolved; nil for targets that have none.
  public let path: String?
  /// What follows the first `?`, as sent; nil when there is no `?`.
  public let query: String?
  /// `HTTP/1.0` or `HTTP/1.1`.
  public let version: String
  /// The fields, in the order they came.
  public let headers: [Field]

  /// The values of every field called `name`, without regard to case, in the order they came.
  public func values(of name: String) -> [String] {
    let wanted = name.lowercasedASCII
    return headers.filter { $0.name.lowercasedASCII == wanted }.map(\.value)
  }

  /// Whether the answer will be shown to a person, below an address with a code in it.
  var showsCode: Bool { asksForHTML && FormQuery(query ?? "").mentions("code") }

  /// Whether HTML is asked for by its name: every browser does where it will show the answer (Fetch
  /// §4.6), curl and its like take anything.
  private var asksForHTML: Bool {
    values(of: "Accept").contains { ranges in
      ranges.split(separator: ",").contains { range in
        let type = range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
        return type.lowercasedASCII == "text/html"
      }
    }
  }

  /// What a run of bytes turned out to be.
  public enum ParseResult: Sendable, Equatable {
    /// Right so far: more bytes are needed.
    case incomplete
    /// No request; answer with this status (400, 431 or 505).
    case malformed(status: Int)
    /// A whole head. What follows it, a body or another request, is left alone.
    case head(RequestHead)
  }
}
