/// A `--set path.to.key=value` flag.
struct Setting {
  let flag: String
  let path: [String]
  let value: YAMLValue

  init(_ flag: String) throws(RunFileError) {
    guard let equals = flag.firstIndex(of: "=") else {
      throw Self.refusal(flag, "found no '=', allowed: path.to.key=value")
    }
    path = flag[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains(where: \.isEmpty) else {
      throw Self.refusal(flag, "found an empty key, allowed: path.to.key=value")
    }
    guard path.count <= YAMLReading.largestDepth else {
      throw Self.refusal(
        flag, "found \(path.count) keys, allowed: at most \(YAMLReading.largestDepth)")
    }
    self.flag = flag
    value =
      try YAMLReading.setting(String(flag[equals...].dropFirst()), flag: flag)
      ?? YAMLValue(content: .nothing, place: .setting(flag))
  }

  /// Puts the value where the path leads, making the mappings on the way.
  func apply(to root: inout YAMLValue) throws(RunFileError) {
    try replace(&root, following: path[...])
  }

  private func replace(
    _ target: inout YAMLValue, following rest: ArraySlice<String>
  ) throws(RunFileError) {
    guard let key = rest.first else {
      target = value
      return
    }
    switch target.content {
    case .list(var elements):
      guard let index = Int(key), elements.indices.contains(index) else {
        let walked = path[..<rest.startIndex].joined(separator: ".")
        throw Self.refusal(
          flag,
          "\(walked): found the element \(Quoting.quoted(key)), "
            + (elements.isEmpty ? "allowed: none" : "allowed: 0 to \(elements.count - 1)"))
      }
      try replace(&elements[index], following: rest.dropFirst())
      target.content = .list(elements)
    case .mapping(var entries):
      let index = entries.firstIndex { $0.key == key } ?? entries.endIndex
      if index == entries.endIndex { entries.append(missing(key)) }
      try replace(&entries[index].value, following: rest.dropFirst())
      target.content = .mapping(entries)
    case .nothing, .plain, .text:
      // A bare word is a choice with nothing set: `density: spectral` makes way for
      // `density: {spectral: {points: 64}}`.
      var entry = missing(key)
      try replace(&entry.value, following: rest.dropFirst())
      target = YAMLValue(content: .mapping([entry]), place: .setting(flag))
    }
  }

  private func missing(_ key: String) -> YAMLValue.Entry {
    let place = YAMLValue.Place.setting(flag)
    return YAMLValue.Entry(
      key: key, place: place, value: YAMLValue(content: .nothing, place: place))
  }

  private static func refusal(_ flag: String, _ sentence: String) -> RunFileError {
    .content("\(YAMLValue.Place.setting(flag)): \(sentence)")
  }
}
