extension Tool {
  /// Reads `arguments`, the program's name not among them.
  ///
  /// `--name value` and `--name=value`, by full names only; a value that begins with `-` needs the
  /// `=`. Common options may come before the command. `--` ends the options. `-h` and `--help` are
  /// heeded anywhere before it, also when something else is wrong. No argument at all asks for
  /// help; options alone don't, or a program that asks for JSON would be given a page.
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
