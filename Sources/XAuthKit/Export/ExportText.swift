import CommandTable
import DotEnv
import OAuth

/// Values in the formats of `export`.
enum ExportText {
  /// As lines of a `.env`, quoted so that every reader sees the same.
  static func dotEnv(_ values: [ExportedValue]) throws(Failure) -> String {
    let changes = values.map { value in
      // A secret that a person chose can be chosen again; a token can't.
      let origin: DotEnvChange.Origin = value.name == .clientSecret ? .person : .server
      return DotEnvChange(value.name.rawValue, value.value.reveal(), origin: origin)
    }
    do {
      return String(decoding: try DotEnvDocument([]).setting(changes).bytes, as: UTF8.self)
    } catch {
      throw .dotEnv(error, path: "the export")
    }
  }

  /// As commands of a POSIX shell.
  static func shell(_ values: [ExportedValue]) -> String {
    values.map { "export \($0.name.rawValue)=\(ShellWord.quoted($0.value.reveal()))\n" }.joined()
  }

  /// As one object.
  static func json(_ values: [ExportedValue]) -> String { Console.json(dictionary(values)) + "\n" }

  /// As names and values.
  static func dictionary(_ values: [ExportedValue]) -> [String: String] {
    Dictionary(uniqueKeysWithValues: values.map { ($0.name.rawValue, $0.value.reveal()) })
  }
}
