/// All that Swift can print of `value`, one after the other.
func printed(_ value: Any) -> String {
  var text = "\(value)" + String(describing: value) + String(reflecting: value)
  print(value, to: &text)
  debugPrint(value, to: &text)
  dump(value, to: &text)
  reflect(Mirror(reflecting: value), into: &text)
  return text
}

private func reflect(_ mirror: Mirror, into text: inout String) {
  for child in mirror.children {
    text += "\(child.value)"
    reflect(Mirror(reflecting: child.value), into: &text)
  }
}
