/// A YAML value together with the place where it was written.
struct YAMLValue: Sendable {
  enum Content: Sendable {
    /// Nothing at all, `~` or `null`.
    case nothing
    /// An unquoted scalar: a word or a number.
    case plain(String)
    /// A quoted or block scalar, which is text whatever it looks like.
    case text(String)
    case list([YAMLValue])
    case mapping([Entry])
  }

  struct Entry: Sendable {
    var key: String
    var place: Place
    var value: YAMLValue
  }

  /// Where a value was written, as errors name it.
  enum Place: Sendable {
    case file(String)
    case line(file: String, line: Int, column: Int)
    /// The text of a `--set` flag, `path.to.key=value`.
    case setting(String)
  }

  var content: Content
  var place: Place

  /// What was found, as errors name it.
  var found: String {
    switch content {
    case .nothing: "nothing"
    case .plain(let text): Number.isNumber(text) ? Quoting.shortened(text) : Quoting.quoted(text)
    case .text(let text): "the text " + Quoting.quoted(text)
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension YAMLValue.Place: CustomStringConvertible {
  var description: String {
    switch self {
    case .file(let name): name
    case .line(let file, let line, let column): "\(file):\(line):\(column)"
    case .setting(let text): "--set " + Quoting.shortened(text, to: 80)
    }
  }
}
