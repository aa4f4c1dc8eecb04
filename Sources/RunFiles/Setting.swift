/// A value for one key of a run file: a `--set path.to.key=value` flag, or what a sweep puts there.
struct Setting: Sendable {
  let path: [String]
  let value: YAMLValue
  /// What errors name: the flag, or the place where the key is swept.
  let place: YAMLValue.Place

  init(_ flag: String) throws(RunFileError) {
    let place = YAMLValue.Place.setting(flag)
    guard let equals = flag.firstIndex(of: "=") else {
      throw Self.refusal(place, "found no '=', allowed: path.to.key=value")
    }
    let path = try Self.path(String(flag[..<equals]), place, form: "path.to.key=value")
    let value =
      try YAMLReading.setting(String(flag[equals...].dropFirst()), flag: flag)
      ?? YAMLValue(content: .nothing, place: place)
    self.init(path: path, value: value, place: place)
  }

  init(path: [String], value: YAMLValue, place: YAMLValue.Place) {
    self.path = path
    self.value = value
    self.place = place
  }

  /// The keys of a dotted path, none of them empty.
  ///
  /// - Parameter form: what is allowed, as errors say it.
  static func path(
    _ text: String, _ place: YAMLValue.Place, form: String
  ) throws(RunFileError) -> [String] {
    let path = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !path.contains(where: \.isEmpty) else {
      throw refusal(place, "found an empty key, allowed: \(form)")
    }
    guard path.count <= YAMLReading.largestDepth else {
      throw refusal(
        place, "found \(path.count) keys, allowed: at most \(YAMLReading.largestDepth)")
    }
    return path
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
          place,
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
      target = YAMLValue(content: .mapping([entry]), place: place)
    }
  }

  private func missing(_ key: String) -> YAMLValue.Entry {
    YAMLValue.Entry(
      key: key, place: place, value: YAMLValue(content: .nothing, place: place))
  }

  private static func refusal(_ place: YAMLValue.Place, _ sentence: String) -> RunFileError {
    .content("\(place): \(sentence)")
  }
}
