/// Why a URL can't be signed.
public enum InvalidURL: Error, Sendable, Equatable {
  /// Not `http://` or `https://`.
  case notHTTP
  /// Nothing between `//` and the path.
  case noHost
  /// A name or a password before the host: it belongs in no URL.
  case userInformation
  /// A port that is no number from 1 to 65535.
  case port
  /// A space, a control character or anything but ASCII, which must be percent-encoded (RFC 3986
  /// §2) before it can be sent as it was signed.
  case unencodedCharacter
}
