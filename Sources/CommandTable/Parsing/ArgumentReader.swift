extension Tool {
  /// Reads `arguments`, the program's name not among them.
  ///
  /// Options are `--name value` or `--name=value`, by full names only; a value that begins with `-`
  /// needs the `=`. Common options may come before the command. `--` ends the options. `-h`, for a
  /// screenful, and `--help`, for all, are recognised anywhere before it, even when something else is
  /// wrong. A call without arguments asks for help as `-h` does. One with options alone doesn't: a program that asks for JSON would get
  /// a help page.
  public func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
    if let first = arguments.first,
      let other = foreignCalls.first(where: { $0.begins(with: first) })
    {
      throw .foreignProgram(call: Argument.shown(first), other)
    }
    var reader = ArgumentReader(tool: self, arguments: arguments)
    return try reader.read()
  }
}

/// One pass over the arguments.
private struct ArgumentReader {
  private let tool: Tool
  private var arguments: ArraySlice<String>
  private var command: Command?
  private var options: [String: [String]] = [:]
  private var operands: [String] = []
  private var optionsEnded = false
  private var asksForAll = false
  /// The first mistake. It isn't thrown at once, because a request for help may follow.
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
      let nearest =
        tool.synonyms[word] ?? Nearest.name(to: word, among: tool.commands.map(\.name))
      // Without a command the rest of the line means nothing, not even a later --help.
      throw mistake ?? .unknownCommand(Argument.shown(word), nearest: nearest)
    }
    operands.append(word)
    // POSIX.1 XBD 12.2, guideline 9: what follows another program's name belongs to that program.
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
      if name == "--\(CommandOption.help.name)" { asksForAll = true }
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
    // Without its dashes: `-force` is a typing mistake for `--force` too.
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
      operands: command.map { [$0.name] } ?? [], isBrief: !asksForAll)
  }
}

/// Checks the operands that were given against those that a command takes.
private struct OperandCheck {
  let tool: Tool
  let command: Command

  func check(_ given: [String]) throws(UsageError) {
    for (operand, word) in try assign(given) {
      if operand.kind == .topic, !tool.subjects.contains(word) {
        let nearest = tool.synonyms[word] ?? Nearest.name(to: word, among: tool.subjects)
        throw .unknownTopic(Argument.shown(word), nearest: nearest)
      }
      if let expected = operand.kind.expectation(missedBy: word) {
        throw .badValue(
          name: operand.name, value: Argument.shown(word), expected: expected,
          command: command.name)
      }
    }
  }

  /// Assigns the words to operands: from the left, optional operands get the words that the required
  /// ones don't need, and a last one that repeats takes the rest.
  private func assign(_ given: [String]) throws(UsageError) -> [(Operand, String)] {
    var spare = given.count - command.operands.count(where: \.required)
    var words = given[...]
    var pairs: [(Operand, String)] = []
    for operand in command.operands {
      if !operand.required {
        if spare <= 0 { continue }
        spare -= 1
      }
      guard let word = words.popFirst() else {
        throw .missingOperand(command: command.name, operand: operand.name)
      }
      pairs.append((operand, word))
    }
    if let last = command.operands.last, last.repeats {
      pairs += words.map { (last, $0) }
    } else if let surplus = words.first {
      throw .tooManyOperands(command: command.name, operand: Argument.shown(surplus))
    }
    return pairs
  }
}
