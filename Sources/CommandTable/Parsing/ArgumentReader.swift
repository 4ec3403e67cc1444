/// One pass over the arguments.
struct ArgumentReader {
  private let tool: Tool
  private var arguments: ArraySlice<String>
  private var command: Command?
  private var options: [String: [String]] = [:]
  private var operands: [String] = []
  private var optionsEnded = false
  /// The first mistake. It is kept, not thrown, because a request for help may follow.
  private var mistake: UsageError?

  init(tool: Tool, arguments: [String]) {
    self.tool = tool
    self.arguments = arguments[...]
  }

  mutating func read() throws(UsageError) -> Invocation {
    while let argument = arguments.popFirst() {
      if optionsEnded || !isOption(argument) {
        try readWord(argument)
      } else if argument == "--" {
        optionsEnded = true
      } else {
        readOption(argument)
      }
    }
    return try finish()
  }

  /// `-` alone is a word: by convention it names the standard streams.
  private func isOption(_ argument: String) -> Bool {
    argument.utf8.first == UInt8(ascii: "-") && argument.utf8.count > 1
  }

  private mutating func note(_ error: UsageError) { mistake = mistake ?? error }

  private mutating func readWord(_ word: String) throws(UsageError) {
    guard let command else {
      if let named = tool.command(named: word) { return self.command = named }
      let nearest = Nearest.name(to: word, among: tool.commands.map(\.name))
      // What comes after can't be understood without a command, so a later --help doesn't count.
      throw mistake ?? .unknownCommand(Argument.shown(word), nearest: nearest)
    }
    operands.append(word)
    // POSIX.1 XBD 12.2, guideline 9: what follows another program's name is that program's.
    if let start = command.commandLineStart, operands.count > start { optionsEnded = true }
  }

  private mutating func readOption(_ argument: String) {
    let equals = argument.utf8.firstIndex(of: UInt8(ascii: "="))
    let name = equals.map { String(argument[..<$0]) } ?? argument
    let attached = equals.map { String(argument.utf8[argument.utf8.index(after: $0)...]) ?? "" }
    guard let option = tool.options(of: command).first(where: { $0.spellings.contains(name) })
    else { return note(unknown(name)) }
    guard let value = option.value else {
      if attached != nil { note(.unexpectedValue(option: name)) }
      return options[option.name] = []
    }
    guard let given = attached ?? detachedValue() else {
      return note(.missingValue(option: name, value: value.name))
    }
    if let expected = value.kind.expectation(missedBy: given) {
      note(
        .badValue(
          name: name, value: Argument.shown(given), expected: expected, command: command?.name))
    }
    if options[option.name] != nil, !option.repeats { note(.repeatedOption(name)) }
    options[option.name, default: []].append(given)
  }

  private mutating func detachedValue() -> String? {
    guard let next = arguments.first, !isOption(next) else { return nil }
    return arguments.popFirst()
  }

  private func unknown(_ name: String) -> UsageError {
    let owners = tool.commands.filter { $0.options.contains { $0.spellings.contains(name) } }
    if !owners.isEmpty {
      return .misplacedOption(name, command: command?.name, owners: owners.map(\.name))
    }
    // One dash too few is a slip as well.
    let bare = String(name.drop { $0 == "-" })
    let nearest = Nearest.name(to: bare, among: tool.options(of: command).map(\.name))
    return .unknownOption(
      Argument.shown(name), command: command?.name, nearest: nearest.map { "--\($0)" })
  }

  private mutating func finish() throws(UsageError) -> Invocation {
    let wantsHelp = options.removeValue(forKey: CommandOption.help.name) != nil
    let wantsVersion = options.removeValue(forKey: CommandOption.version.name) != nil
    if wantsHelp { return help() }
    if let mistake { throw mistake }
    if wantsVersion { return Invocation(command: CommandOption.version.name, options: options) }
    guard let command else {
      if options.isEmpty { return help() }
      throw .noCommand
    }
    try OperandCheck(tool: tool, command: command).check(operands)
    return Invocation(command: command.name, options: options, operands: operands)
  }

  private func help() -> Invocation {
    Invocation(
      command: CommandOption.help.name, options: options,
      operands: command.map { [$0.name] } ?? [])
  }
}
