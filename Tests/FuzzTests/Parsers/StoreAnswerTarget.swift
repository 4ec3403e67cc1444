@testable import Stores

extension FuzzTarget {
  /// What an engine answers, and what a command prints.
  static let storeAnswer = FuzzTarget(name: "store-answer") { input in
    let json = JSON(input)
    if let json {
      let again = JSON(json.bytes)
      try promise("JSON is read as it was written", again?.bytes == json.bytes)
    }
    for status in [200, 404] {
      let answer = StoreAnswer(status: status, json: json)
      if let secret = FoundSecret(answer) {
        try promise("a Secret without JSON is none", json != nil)
        let kept = FoundSecret(StoreAnswer(status: 200, json: secret.holding(secret.entries)))
        try promise("what is put back is what was found", kept?.entries == secret.entries)
      }
      _ = try? VaultStore.found(in: answer)
    }
    if let json { _ = try? EtcdStore.found(in: json) }
    let command = CommandStore(place: "x") { _, _, _ in .ended(status: 0, output: input) }
    if let entries = try? command.read(within: 1) {
      try promise(
        "a revision is a word", entries.revision.text.utf8.allSatisfy { 0x21...0x7E ~= $0 })
    }
    if case .swapped(let revision) = try? command.swap([:], over: nil, within: 1) {
      try promise("what is printed is the revision", input.starts(with: revision.text.utf8))
    }
  }
}
