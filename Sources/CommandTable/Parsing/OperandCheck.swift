/// Holds the operands that were given against the ones that a command takes.
struct OperandCheck {
  let tool: Tool
  let command: Command

  func check(_ given: [String]) throws(UsageError) {
    for (operand, word) in try assign(given) {
      if operand.kind == .topic, !tool.subjects.contains(word) {
        let nearest = Nearest.name(to: word, among: tool.subjects)
        throw .unknownTopic(Argument.shown(word), nearest: nearest)
      }
      if let expected = operand.kind.expectation(missedBy: word) {
        throw .badValue(
          name: operand.name, value: Argument.shown(word), expected: expected,
          command: command.name)
      }
    }
  }

  /// Which word is which operand: the optional ones get, from the left, what the required ones
  /// leave over, and the last one takes the rest if it repeats.
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
