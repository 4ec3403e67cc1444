/// Something that `help` explains and that is no command.
public struct HelpTopic: Sendable, Equatable {
  /// A part of the tool's table that a topic shows after its text.
  public enum Listing: Sendable, Equatable {
    /// All settings, with their defaults.
    case environment
    /// All exit codes.
    case exitCodes
  }

  /// The name as it is typed after `help`.
  public let name: String
  /// One line without a full stop.
  public internal(set) var summary: String
  /// The explanation, as prose.
  public internal(set) var text: String
  /// What of the table follows the text.
  public let listing: Listing?

  /// A topic of the table.
  public init(_ name: String, summary: String, text: String, listing: Listing? = nil) {
    self.name = name
    self.summary = summary
    self.text = text
    self.listing = listing
  }
}
