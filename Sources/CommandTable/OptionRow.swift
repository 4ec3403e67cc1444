/// An option declared once: what can be typed, and where in `Values` it goes.
///
/// A command lists its options as such rows: `.flag("force", \.force, help: …)`. The parser knows
/// only `option`; `read` turns what it has checked into values.
public struct OptionRow<Values: Sendable>: Sendable {
  /// A property of `Values` that an option sets.
  public typealias Place<Value> = WritableKeyPath<Values, Value> & Sendable

  /// The option as the parser and the help know it.
  public let option: CommandOption
  private let store: @Sendable (_ given: [String]?, _ values: inout Values) -> Void

  /// An option of any kind. `store` gets what was given for it, an empty list for a flag; or nil if it
  /// wasn't given, and then it sets the default.
  public init(
    _ option: CommandOption,
    store: @escaping @Sendable (_ given: [String]?, _ values: inout Values) -> Void
  ) {
    self.option = option
    self.store = store
  }

  /// Puts what `invocation` has for the option, or its default, into `values`.
  public func read(_ invocation: Invocation, into values: inout Values) {
    store(invocation.options[option.name], &values)
  }
}

extension OptionRow {
  /// An option without a value.
  public static func flag(_ name: String, _ place: Place<Bool>, help: String) -> OptionRow {
    OptionRow(CommandOption(name, help: help)) { given, values in
      values[keyPath: place] = given != nil
    }
  }

  /// An option whose value is text; nil when it isn't given.
  public static func text(
    _ name: String, _ place: Place<String?>, _ value: OptionValue, help: String
  ) -> OptionRow {
    OptionRow(CommandOption(name, value: value, help: help)) { given, values in
      values[keyPath: place] = given?.last
    }
  }

  /// An option that may be repeated; its values in their order.
  public static func list(
    _ name: String, _ place: Place<[String]>, _ value: OptionValue, help: String
  ) -> OptionRow {
    OptionRow(CommandOption(name, value: value, help: help, repeats: true)) { given, values in
      values[keyPath: place] = given ?? []
    }
  }

  /// A duration, in seconds. `isGiven` tells the default from the same duration when somebody asked
  /// for it. Without a default the place stays as it is.
  public static func duration(
    _ name: String, _ place: Place<Int>, default standard: Int?, isGiven: Place<Bool>,
    help: String
  ) -> OptionRow {
    let value = OptionValue("DURATION", .seconds, default: standard.map(DurationText.text))
    return OptionRow(CommandOption(name, value: value, help: help)) { given, values in
      if let seconds = given?.last.flatMap(DurationText.seconds) ?? standard {
        values[keyPath: place] = seconds
      }
      values[keyPath: isGiven] = given != nil
    }
  }

  /// One of the cases of `Choice`, typed by their raw values. `isGiven` is as for `duration`.
  public static func choice<Choice>(
    _ name: String, _ place: Place<Choice>, _ value: String, default standard: Choice,
    isGiven: Place<Bool>, help: String
  ) -> OptionRow
  where Choice: RawRepresentable<String> & CaseIterable & Sendable {
    let value = OptionValue(
      value, .choice(Choice.allCases.map(\.rawValue)), default: standard.rawValue)
    return OptionRow(CommandOption(name, value: value, help: help)) { given, values in
      values[keyPath: place] = given?.last.flatMap(Choice.init) ?? standard
      values[keyPath: isGiven] = given != nil
    }
  }
}
