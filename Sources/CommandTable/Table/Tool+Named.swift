// Where `{tool}` in a text of the table becomes the tool's name.

extension Tool {
  /// The same table with the name in every text: for whoever shows them. Most calls show none, and
  /// they are long.
  package var named: Tool {
    let commands = commands.map { $0.naming(name) }
    let environment = environment.map { $0.naming(name) }
    let exitCodes = exitCodes.map { $0.naming(name) }
    let topics = topics.map { $0.naming(name) }
    return Tool(
      name: name, summary: summary.naming(name), description: description.naming(name),
      commands: commands.map { command in { command } },
      commonOptions: commonOptions.map { $0.naming(name) }, environment: environment,
      exitCodes: exitCodes, topics: topics, foreignCalls: foreignCalls)
  }
}

extension HelpSubject {
  /// The same subject with the tool's name in its texts.
  func naming(_ tool: String) -> HelpSubject {
    switch self {
    case .overview: .overview
    case .command(let command): .command(command.naming(tool))
    case .topic(let topic): .topic(topic.naming(tool))
    }
  }
}

extension Command {
  fileprivate func naming(_ tool: String) -> Command {
    var copy = self
    copy.summary = summary.naming(tool)
    copy.discussion = discussion.naming(tool)
    copy.operands = operands.map { $0.naming(tool) }
    copy.options = options.map { $0.naming(tool) }
    copy.examples = examples.map { $0.naming(tool) }
    return copy
  }
}

extension Operand {
  fileprivate func naming(_ tool: String) -> Operand {
    var copy = self
    copy.help = help.naming(tool)
    return copy
  }
}

extension CommandOption {
  fileprivate func naming(_ tool: String) -> CommandOption {
    var copy = self
    copy.help = help.naming(tool)
    return copy
  }
}

extension Example {
  fileprivate func naming(_ tool: String) -> Example {
    Example(command.naming(tool), explanation.naming(tool))
  }
}

extension SettingDoc {
  fileprivate func naming(_ tool: String) -> SettingDoc {
    SettingDoc(name, default: defaultValue?.naming(tool), help: help.naming(tool))
  }
}

extension ExitCodeDoc {
  fileprivate func naming(_ tool: String) -> ExitCodeDoc {
    ExitCodeDoc(code, label: label, meaning.naming(tool))
  }
}

extension HelpTopic {
  fileprivate func naming(_ tool: String) -> HelpTopic {
    var copy = self
    copy.summary = summary.naming(tool)
    copy.text = text.naming(tool)
    return copy
  }
}

extension String {
  /// This text with `tool` in the place of every `{tool}`.
  fileprivate func naming(_ tool: String) -> String {
    let mark = "{tool}".utf8
    var rest = utf8[...]
    guard rest.contains(UInt8(ascii: "{")) else { return self }
    var result = ""
    while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
      result += String(rest[..<brace]) ?? ""
      if rest[brace...].starts(with: mark) {
        result += tool
        rest = rest[rest.index(brace, offsetBy: mark.count)...]
      } else {
        result += "{"
        rest = rest[rest.index(after: brace)...]
      }
    }
    return result + (String(rest) ?? "")
  }
}
