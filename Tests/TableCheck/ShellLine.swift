/// As much of the shell's grammar as it takes to find a tool's calls in an example.
public struct ShellLine {
  /// The words of each simple command of the line, those in `$(…)` as well.
  private(set) var commands: [[String]] = []
  private var words: [String] = []
  private var word: String?

  /// Reads `line`.
  public init(_ line: String) {
    var rest = Array(line)[...]
    read(&rest, until: nil)
  }

  /// The arguments of all calls of the program called `name`, wherever it is said to be.
  public func calls(of name: String) -> [[String]] {
    commands.compactMap { words in
      guard let start = words.firstIndex(where: { $0 == name || $0.hasSuffix("/\(name)") })
      else { return nil }
      return Array(words[(start + 1)...])
    }
  }

  private mutating func read(_ rest: inout ArraySlice<Character>, until end: Character?) {
    while let character = rest.popFirst() {
      if character == end { break }
      switch character {
      case "'": readQuoted(&rest, quote: character)
      case "\"": readQuoted(&rest, quote: character)
      case "\\": append(rest.popFirst())
      case "$" where rest.first == "(": readSubstitution(&rest)
      case " ", "\n": endWord()
      // A redirection's target is no argument; what follows one in an example is none either.
      case "<", ">":
        // Nor is the number of its descriptor.
        if word?.allSatisfy(\.isNumber) == true { word = nil }
        endCommand()
      case "|", "&", ";", "(", ")": endCommand()
      case "#" where word == nil: rest = []
      default: append(character)
      }
    }
    endCommand()
  }

  private mutating func readQuoted(_ rest: inout ArraySlice<Character>, quote: Character) {
    word = word ?? ""
    while let character = rest.popFirst(), character != quote {
      if quote == "\"", character == "$", rest.first == "(" {
        readSubstitution(&rest)
      } else {
        append(quote == "\"" && character == "\\" ? rest.popFirst() : character)
      }
    }
  }

  /// The commands inside are found like the ones outside; their output is a word of some kind.
  private mutating func readSubstitution(_ rest: inout ArraySlice<Character>) {
    rest.removeFirst()
    var inner = ShellLine("")
    inner.read(&rest, until: ")")
    commands += inner.commands
    word = (word ?? "") + "output"
  }

  private mutating func append(_ character: Character?) {
    if let character { word = (word ?? "") + String(character) }
  }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    if !words.isEmpty { commands.append(words) }
    words = []
  }
}
