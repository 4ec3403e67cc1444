extension Page {
  /// What a page tells beside its constant text, as far as it is known.
  public struct Facts: Sendable, Equatable {
    /// The account that signed in, as X calls it.
    private let account: String?
    /// The file that the tokens are for.
    private let file: String?
    private let reason: Reason?

    /// - Parameters:
    ///   - account: the account that signed in, as X calls it; nil where the page names it already.
    ///   - file: the path of the file that the tokens are for, as it is shown to people.
    ///   - reason: why the login failed.
    public init(account: String? = nil, file: String? = nil, reason: Reason? = nil) {
      (self.account, self.file, self.reason) = (account, file, reason)
    }

    /// The facts as a list in HTML; empty without any.
    var list: String {
      let rows = [
        account.map { ("Account", "@\(Page.escaped($0))") },
        file.map { ("Project", "<code>\(Page.escaped($0))</code>") },
        reason.map { ("Reason", Page.escaped($0.rawValue)) },
      ].compactMap(\.self)
      guard !rows.isEmpty else { return "" }
      return "<dl>\n\(rows.map { "<dt>\($0)</dt><dd>\($1)</dd>\n" }.joined())</dl>\n"
    }
  }

  /// Why a login came to nothing. A fixed list: nothing that X, a file or a request says gets into a
  /// page, and the terminal has all of it.
  public enum Reason: String, Sendable, CaseIterable {
    case scopes = "X doesn’t let this app ask for all of these scopes."
    case request = "X doesn’t accept this app’s request."
    case ownFault = "X reports a problem of its own."
    case client = "X doesn’t accept the app’s Client ID or Client Secret."
    case code = "X doesn’t accept the code: it has expired, or was used before."
    case unreachable = "X could not be reached."
    case noAnswer = "No answer came from X."
    case rateLimited = "X is rate limiting requests, or is unavailable."
    case unusableAnswer = "X’s answer had no usable tokens in it."
    case diskFull = "The disk is full."
    case notWritable = "The file can’t be written."
    case locked = "Another run of xauth is using the file."
    case changed = "Somebody else changed the tokens in the file meanwhile."
  }
}
