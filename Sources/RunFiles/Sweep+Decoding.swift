import Foundation

extension Sweep {
  /// Points of a sweep, at most.
  static let largestPointCount = 100_000
}

extension Sweep.Key {
  /// Keys that belong to the sweep as a whole, each with the reason.
  private static let fixed = [
    "time.end": "all points have the same snapshot times",
    "output": "all points go to one file",
    "sweep": "a sweep is of single runs",
    "title": "a sweep has one title",
    "compare": "a sweep compares nothing",
  ]

  /// Decodes `sweep.keys`.
  static func list(decoding field: Field) throws(RunFileError) -> [Self] {
    var keys: [Self] = []
    for entry in try field.list(of: "keys", counts: 1...8) {
      let key = try Self(decoding: entry, besides: keys)
      keys.append(key)
      let points = keys.reduce(1.0) { $0 * Double($1.labels.count) }
      guard points <= Double(Sweep.largestPointCount) else {
        throw field.refusal(
          "found \(Quoting.rounded(points)) points, allowed: at most \(Sweep.largestPointCount)")
      }
    }
    return keys
  }

  private init(decoding field: Field, besides others: [Self]) throws(RunFileError) {
    let parts = try field.keys(["key", "values", "from", "to", "count", "spacing"])
    let name = parts["key"]
    let path = try name.text()
    let words = try Setting.path(path, name.place, form: "a path such as attention.beta")
    for (fixed, reason) in Self.fixed.sorted(by: { $0.key < $1.key })
    where Self.overlap(fixed, path) {
      throw name.refusal("\(name.found), which cannot be swept: \(reason)")
    }
    if let other = others.first(where: { Self.overlap($0.path, path) }) {
      throw name.refusal("\(name.found), and \(other.path) is swept too, allowed: one of them")
    }
    self.path = path
    self.name = Self.dimension(words, taken: others.map(\.name))
    let values = try parts["values"].isGiven ? Self.values(parts) : Self.range(parts, field)
    let labels = values.map(\.oneLine)
    var seen: Set<String> = []
    for label in labels where !seen.insert(label).inserted {
      throw parts["values"].refusal(
        "found \(Quoting.shortened(label)) twice, allowed: every value once")
    }
    self.labels = labels
    let numbers = values.compactMap(\.number)
    self.numbers = numbers.count == values.count ? numbers : nil
    settings = values.map { Setting(path: words, value: $0, place: $0.place) }
  }

  /// Whether one path is the other, or leads into it.
  private static func overlap(_ first: String, _ second: String) -> Bool {
    (first + ".").hasPrefix(second + ".") || (second + ".").hasPrefix(first + ".")
  }

  /// The last word of the path, or all of it where that is no name or is taken.
  private static func dimension(_ words: [String], taken: [String]) -> String {
    let all = words.joined(separator: "_")
    guard let last = words.last, last.first?.isLetter == true,
      !(taken + Sweep.reservedNames).contains(last)
    else { return all }
    return last
  }

  private static func values(_ parts: Keys) throws(RunFileError) -> [YAMLValue] {
    for name in ["from", "to", "count", "spacing"] where parts[name].isGiven {
      throw parts[name].refusal("found values too, allowed: values, or from, to, count, spacing")
    }
    return try parts["values"].list(of: "values", counts: 1...Sweep.largestPointCount)
      .compactMap(\.value)
  }

  private static func range(_ parts: Keys, _ owner: Field) throws(RunFileError) -> [YAMLValue] {
    let any = Bounds(description: "a number") { _ in true }
    let spacing = try parts["spacing"].word(otherwise: RunFile.Schedule.Spacing.linear)
    let bounds =
      spacing == .linear ? any : Bounds(description: "a number > 0 with spacing: log") { $0 > 0 }
    let from = try parts["from"].number(bounds)
    let to = try parts["to"].number(bounds)
    guard from != to else { throw parts["to"].refusal(allowed: "another number than from") }
    let count = try parts["count"].wholeNumber(2...Sweep.largestPointCount)
    return (0..<count).map { i in
      let exact = RunFile.Schedule.point(i, of: count, from: from, to: to, spacing: spacing)
      // Twelve digits: 5 between 0.1 and 9 is 5, and seeds are whole numbers.
      let value = i == 0 || i == count - 1 ? exact : Double(String(format: "%.12g", exact)) ?? exact
      let text = "\(value)"
      return YAMLValue(
        content: .plain(text.hasSuffix(".0") ? String(text.dropLast(2)) : text), place: owner.place)
    }
  }
}

extension Sweep {
  /// Names of the output's own.
  static let reservedNames = ["time", "status", "failure", "theory"]
}

extension YAMLValue {
  /// The number that was written, if it is one.
  var number: Double? {
    guard case .plain(let text) = content else { return nil }
    return Number.value(of: text)
  }
}
