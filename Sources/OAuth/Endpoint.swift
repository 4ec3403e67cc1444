/// `path`, which begins with a slash, under the base URL `api`, whether or not that ends with one.
func endpoint(_ api: String, _ path: String) -> String {
  var base = Substring(api)
  while base.hasSuffix("/") { base.removeLast() }
  return base + path
}
