/// Where several machines share a grant: what `X_OAUTH2_STORE` names.
enum StorePlace: Sendable, Equatable {
  /// A Secret of Kubernetes, `NAMESPACE/SECRET`.
  case kubernetes(String)
  /// A secret in a KV store, version 2, of Vault or OpenBao, `MOUNT/PATH`.
  case vault(String)
  /// A key of etcd.
  case etcd(String)
  /// Whatever this command reaches.
  case exec(String)
  /// Another host, which renews: this command prints its access token.
  case follow(String)

  /// The place that `setting` names.
  init(_ setting: Setting) throws(Failure) {
    guard let colon = setting.text.firstIndex(of: ":") else {
      throw .settings(.notAPlace(setting))
    }
    let name = String(setting.text[setting.text.index(after: colon)...])
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch setting.text[..<colon] {
    case "kubernetes" where parts.count == 2: self = .kubernetes(name)
    case "vault" where parts.count > 1: self = .vault(name)
    case "etcd": self = .etcd(name)
    case "exec" where name.contains(where: { !$0.isWhitespace }): self = .exec(name)
    case "follow" where name.contains(where: { !$0.isWhitespace }): self = .follow(name)
    default: throw .settings(.notAPlace(setting))
    }
    guard command != nil || parts.allSatisfy(\.isPartOfName) else {
      throw .settings(.storeName(setting))
    }
  }

  /// The command that it names; nil where it names none.
  var command: String? {
    switch self {
    case .exec(let command), .follow(let command): command
    case .kubernetes, .vault, .etcd: nil
    }
  }

  /// The place, fit to be shown: of a command the program alone, as its arguments may be secret.
  var shown: String {
    switch self {
    case .kubernetes(let name): "kubernetes:\(name)"
    case .vault(let name): "vault:\(name)"
    case .etcd(let name): "etcd:\(name)"
    case .exec(let command): "exec:\(command.firstWord) …"
    case .follow(let command): "follow:\(command.firstWord) …"
    }
  }
}

extension String {
  /// Whether it can be a part of a name in every engine and in every URL, and leads nowhere else.
  fileprivate var isPartOfName: Bool {
    !isEmpty && self != "." && self != ".." && utf8.allSatisfy(Self.isNameByte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The program that a command begins with; nothing where that may be a secret, as in `PASSWORD=… psql`.
  fileprivate var firstWord: Substring {
    let word = split(whereSeparator: \.isWhitespace).first ?? ""
    return word.utf8.allSatisfy({ $0 == UInt8(ascii: "/") || String.isNameByte($0) }) ? word : ""
  }
}

extension Settings {
  /// What `X_OAUTH2_STORE` names; nil where this machine has its grant alone.
  ///
  /// A command is never taken from the file, which somebody else may have written.
  func store() throws(Failure) -> StorePlace? {
    guard let setting = try setting(.store) else { return nil }
    let place = try StorePlace(setting)
    if case .file = setting.source, place.command != nil {
      throw .settings(.storeCommandInFile(setting))
    }
    return place
  }

  /// The command that gets the access token which another host renews; nil where this host follows none.
  func followed() throws(Failure) -> String? {
    if case .follow(let command)? = try store() { command } else { nil }
  }

  /// The place through which this machine and others share one grant; nil where they don't.
  func sharedPlace() throws(Failure) -> StorePlace? {
    guard let place = try store() else { return nil }
    if case .follow = place { return nil }
    return place
  }
}
