/// A value that carries an authorization code or a `state`, and never shows it: not when printed,
/// interpolated, dumped or reflected.
public protocol WithoutSecrets: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{}

extension WithoutSecrets {
  /// The type's name and nothing else.
  public var description: String { "\(Self.self)(‹redacted›)" }
  /// The type's name and nothing else.
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
