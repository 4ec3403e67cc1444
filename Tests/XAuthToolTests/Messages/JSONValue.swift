/// Any JSON.
enum JSONValue: Decodable {
  case null
  case bool
  case number
  case string
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if (try? container.decode(Bool.self)) != nil {
      self = .bool
    } else if (try? container.decode(Double.self)) != nil {
      self = .number
    } else if (try? container.decode(String.self)) != nil {
      self = .string
    } else if let elements = try? container.decode([JSONValue].self) {
      self = .array(elements)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Where in it which kinds of values are: `checks[].status string`. What only some elements of an
  /// array have is marked.
  var leaves: Set<String> { leaves(at: "") }

  private func leaves(at path: String) -> Set<String> {
    switch self {
    case .null: ["\(path) null"]
    case .bool: ["\(path) true or false"]
    case .number: ["\(path) number"]
    case .string: ["\(path) string"]
    case .array(let elements): Self.merged(elements.map { $0.leaves(at: path + "[]") })
    case .object(let members):
      members.reduce(into: []) {
        $0.formUnion($1.value.leaves(at: path.isEmpty ? $1.key : "\(path).\($1.key)"))
      }
    }
  }

  /// All that is in one of these, marked where another doesn't have it.
  static func merged(_ all: [Set<String>]) -> Set<String> {
    let mark = ", if any"
    return Set(
      Set(all.joined()).map { leaf in
        leaf.hasSuffix(mark) || all.allSatisfy { $0.contains(leaf) } ? leaf : leaf + mark
      })
  }
}
