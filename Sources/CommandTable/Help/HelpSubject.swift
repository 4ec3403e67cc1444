/// What a help page can be about.
public enum HelpSubject: Sendable, Equatable {
  /// The tool: its commands, common options and topics.
  case overview
  /// One command.
  case command(Command)
  /// One topic.
  case topic(HelpTopic)
}

extension Tool {
  /// The command or the topic called `name`; nil when there is neither.
  public func subject(named name: String) -> HelpSubject? {
    if let command = command(named: name) { return .command(command) }
    return topic(named: name).map(HelpSubject.topic)
  }
}
