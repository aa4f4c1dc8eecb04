import Yams

/// Reads YAML text into values that know their places, in time bounded by the length of the text.
struct YAMLReading {
  /// Bytes in a run file, at most.
  static let largestSize = 1_000_000
  /// Values after every alias is written out, at most.
  static let largestCount = 1_000_000
  /// Mappings and lists inside each other, at most.
  static let largestDepth = 64

  /// Lines and columns count from 1; columns count Unicode scalars.
  private typealias Position = (line: Int, column: Int)

  private let placeAt: (Position?) -> YAMLValue.Place
  private var count = 0

  private init(placeAt: @escaping (Position?) -> YAMLValue.Place) {
    self.placeAt = placeAt
  }

  /// The only document of a file; nil if there is none.
  static func document(
    _ text: String, file: String
  ) throws(RunFileError) -> YAMLValue? {
    // A byte order mark is no character of the text, and would shift the columns of its line.
    let text =
      text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    var reading = YAMLReading { position in
      guard let position else { return .file(file) }
      return .line(file: file, line: position.line, column: position.column)
    }
    return try reading.read(text)
  }

  /// The value of a `--set` flag; every error names the flag.
  static func setting(
    _ text: String, flag: String
  ) throws(RunFileError) -> YAMLValue? {
    var reading = YAMLReading { _ in .setting(flag) }
    return try reading.read(text)
  }

  private mutating func read(_ text: String) throws(RunFileError) -> YAMLValue? {
    guard text.utf8.count <= Self.largestSize else {
      throw refusal(
        at: nil, "found \(text.utf8.count) bytes, allowed: at most \(Self.largestSize) (1 MB)")
    }
    try refuseControlCharacters(in: text)
    if text.contains("*") { try refuseAliasedKeys(in: text) }
    guard let root = try compose(text) else { return nil }
    return try convert(root, depth: 0)
  }

  /// The parser knows no position for these.
  private func refuseControlCharacters(in text: String) throws(RunFileError) {
    var position = (line: 1, column: 1)
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r":
        break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        position = (position.line + 1, 1)
      case "\t", " "..."~", "\u{A0}"..."\u{FFFD}", "\u{10000}"...:
        position.column += 1
      default:
        let code = String(scalar.value, radix: 16, uppercase: true)
        let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
        throw refusal(
          at: position, "found the control character U+\(digits), allowed: printable text")
      }
      previous = scalar
    }
  }

  /// Refuses aliases inside keys: the parser compares keys in full, and an alias of lists of aliases
  /// of lists of aliases takes forever to compare.
  ///
  /// With every `*` replaced by another character there are no aliases, and what was one is a plain
  /// scalar that starts with that character.
  private func refuseAliasedKeys(in text: String) throws(RunFileError) {
    let standIn: Unicode.Scalar = "\u{E000}"
    var neutral = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { neutral.append(scalar == "*" ? standIn : scalar) }
    guard let root = try compose(String(neutral)) else { return }

    func check(_ node: Node, inKey: Bool) throws(RunFileError) {
      switch node {
      case .scalar(let scalar):
        if inKey, scalar.style == .plain, scalar.string.unicodeScalars.first == standIn {
          throw refusal(scalar.mark, "found an alias as a key, allowed: a word")
        }
      case .sequence(let sequence):
        for element in sequence { try check(element, inKey: inKey) }
      case .mapping(let mapping):
        for (key, value) in mapping {
          try check(key, inKey: true)
          try check(value, inKey: inKey)
        }
      case .alias:
        break
      }
    }
    try check(root, inKey: false)
  }

  private func compose(_ text: String) throws(RunFileError) -> Node? {
    do {
      // Without rules every untagged scalar is text; numbers are read by `Number`, strictly.
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      guard let root = try parser.nextRoot() else { return nil }
      if let second = try parser.nextRoot() {
        throw refusal(second.mark, "found a second document, allowed: one")
      }
      return root
    } catch let error as RunFileError {
      throw error
    } catch {
      throw refusal(error)
    }
  }

  private mutating func convert(_ node: Node, depth: Int) throws(RunFileError) -> YAMLValue {
    count += 1
    guard count <= Self.largestCount else {
      throw refusal(node.mark, "found more than \(Self.largestCount) values, allowed: fewer")
    }
    guard depth <= Self.largestDepth else {
      throw refusal(
        node.mark, "found more than \(Self.largestDepth) nested levels, allowed: fewer")
    }
    let content: YAMLValue.Content
    switch node {
    case .scalar(let scalar):
      content = try self.content(of: scalar)
    case .sequence(let sequence):
      try refuseTag(sequence.tag, at: node.mark)
      var elements: [YAMLValue] = []
      for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
      content = .list(elements)
    case .mapping(let mapping):
      try refuseTag(mapping.tag, at: node.mark)
      var entries: [YAMLValue.Entry] = []
      for (key, value) in mapping {
        guard case .scalar(let word) = key else {
          throw refusal(key.mark, "found a key that is no word, allowed: a word")
        }
        entries.append(
          YAMLValue.Entry(
            key: word.string, place: place(key.mark), value: try convert(value, depth: depth + 1)))
      }
      content = .mapping(entries)
    case .alias:
      // The composer puts the aliased value in its place; such nodes are only ever built by hand.
      content = .nothing
    }
    return YAMLValue(content: content, place: place(node.mark))
  }

  private func content(of scalar: Node.Scalar) throws(RunFileError) -> YAMLValue.Content {
    guard scalar.tag.rawValue != "tag:yaml.org,2002:str" else { return .text(scalar.string) }
    try refuseTag(scalar.tag, at: scalar.mark)
    switch (scalar.style, scalar.string) {
    case (.plain, ""), (.plain, "~"), (.plain, "null"), (.plain, "Null"), (.plain, "NULL"):
      return .nothing
    case (.plain, let string): return .plain(string)
    case (_, let string): return .text(string)
    }
  }

  private func refuseTag(_ tag: Tag, at mark: Mark?) throws(RunFileError) {
    let core = ["int", "float", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }
    guard tag.rawValue.isEmpty || tag.rawValue == "!" || core.contains(tag.rawValue) else {
      throw refusal(
        mark, "found the tag \(Quoting.quoted(tag.rawValue)), allowed: values without tags")
    }
  }

  private func place(_ mark: Mark?) -> YAMLValue.Place {
    placeAt(mark.map { ($0.line, $0.column) })
  }

  private func refusal(_ mark: Mark?, _ sentence: String) -> RunFileError {
    .content("\(place(mark)): \(sentence)")
  }

  private func refusal(at position: Position?, _ sentence: String) -> RunFileError {
    .content("\(placeAt(position)): \(sentence)")
  }

  private func refusal(_ error: any Error) -> RunFileError {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      refusal(mark, "found invalid YAML: \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      refusal(
        context.mark, "found the key \(Quoting.quoted(duplicates.first ?? "")) twice, allowed: once"
      )
    case .reader(let problem, _, _, _):
      refusal(nil, "found invalid YAML: \(problem)")
    case let other:
      refusal(nil, "found invalid YAML: \(other.map(String.init(describing:)) ?? "\(error)")")
    }
  }
}
