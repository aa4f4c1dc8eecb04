/// One key of a run file while it is decoded: its path, and its value if it was given.
///
/// Every question a decoder asks says what is allowed, and refuses everything else.
struct Field {
  /// Keys and list indices from the root: `initial.vonMises.0.mean`.
  let path: String
  /// Where the value stands, or for a missing key the mapping it is missing from.
  let place: YAMLValue.Place
  /// Nil when the key is missing.
  let value: YAMLValue?

  init(path: String, place: YAMLValue.Place, value: YAMLValue?) {
    self.path = path
    self.place = value?.place ?? place
    self.value = value
  }

  var isGiven: Bool { value != nil }

  /// The value's own words, for sentences that say more than what is allowed.
  var found: String { value.map { "found " + $0.found } ?? "missing" }

  // MARK: Refusals

  func refusal(_ sentence: String) -> RunFileError {
    .content(path.isEmpty ? "\(place): \(sentence)" : "\(place): \(path): \(sentence)")
  }

  func refusal(allowed: String) -> RunFileError {
    refusal("\(found), allowed: \(allowed)")
  }

  /// A word that is none of `known`, with the one that was probably meant.
  func refusal(word: String, known: [String]) -> RunFileError {
    let meant = Spelling.nearest(to: word, among: known).map { ", did you mean '\($0)'?" } ?? ""
    return refusal("\(found), allowed: \(known.joined(separator: ", "))" + meant)
  }

  // MARK: Scalars

  /// A number, or `otherwise` when the key is missing.
  func number(_ bounds: Bounds, otherwise: Double? = nil) throws(RunFileError) -> Double {
    if let otherwise, !isGiven { return otherwise }
    guard case .plain(let text) = value?.content, let number = Number.value(of: text),
      number.isFinite, bounds.contains(number)
    else { throw refusal(allowed: bounds.description) }
    return number
  }

  func wholeNumber(
    _ range: ClosedRange<Int>, otherwise: Int? = nil
  ) throws(RunFileError) -> Int {
    if let otherwise, !isGiven { return otherwise }
    guard case .plain(let text) = value?.content, let number: Int = Number.wholeValue(of: text),
      range.contains(number)
    else {
      throw refusal(allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func seed(otherwise: UInt64) throws(RunFileError) -> UInt64 {
    guard isGiven else { return otherwise }
    guard case .plain(let text) = value?.content, let number: UInt64 = Number.wholeValue(of: text)
    else { throw refusal(allowed: "a whole number from 0 to \(UInt64.max)") }
    return number
  }

  /// One line of text; an unquoted number is text too.
  func text(otherwise: String? = nil) throws(RunFileError) -> String {
    if let otherwise, !isGiven { return otherwise }
    switch value?.content {
    case .plain(let text), .text(let text):
      guard !text.isEmpty, !text.unicodeScalars.contains(where: Quoting.isControl) else {
        throw refusal(allowed: "one line of text")
      }
      return text
    default:
      throw refusal(allowed: "text")
    }
  }

  /// One of a few words.
  func word<Word: RawRepresentable<String> & CaseIterable>(
    otherwise: Word
  ) throws(RunFileError) -> Word {
    guard isGiven else { return otherwise }
    let known = Word.allCases.map(\.rawValue)
    switch value?.content {
    case .plain(let text), .text(let text):
      guard let word = Word(rawValue: text) else { throw refusal(word: text, known: known) }
      return word
    default:
      throw refusal(allowed: known.joined(separator: ", "))
    }
  }

  // MARK: Lists and mappings

  func list(of what: String, counts: ClosedRange<Int>) throws(RunFileError) -> [Field] {
    let isFixed = counts.lowerBound == counts.upperBound
    guard case .list(let elements) = value?.content else {
      throw refusal(
        allowed: isFixed ? "a list of \(counts.lowerBound) \(what)" : "a list of \(what)")
    }
    guard counts.contains(elements.count) else {
      let range = isFixed ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
      throw refusal("found a list of \(elements.count), allowed: \(range) \(what)")
    }
    return elements.enumerated().map { index, element in
      Field(path: "\(path).\(index)", place: element.place, value: element)
    }
  }

  /// The keys of a mapping, all of them known; a missing mapping is an empty one.
  ///
  /// - Parameter refused: Keys that mean something elsewhere, each with the sentence that says so.
  func keys(
    _ known: [String], refused: [String: String] = [:]
  ) throws(RunFileError) -> Keys {
    guard let value else { return Keys(owner: self, entries: []) }
    guard case .mapping(let entries) = value.content else {
      let keys = known.count == 1 ? "the key" : "the keys"
      throw refusal(allowed: "a mapping with \(keys) \(known.joined(separator: ", "))")
    }
    for entry in entries where !known.contains(entry.key) {
      let field = Field(path: join(entry.key), place: entry.place, value: nil)
      if let sentence = refused[entry.key] { throw field.refusal(sentence) }
      let meant =
        Spelling.nearest(to: entry.key, among: known).map { ", did you mean '\($0)'?" } ?? ""
      throw field.refusal(
        "found an unknown key, allowed: \(known.joined(separator: ", "))" + meant)
    }
    return Keys(owner: self, entries: entries)
  }

  /// A choice: a bare word, or a mapping whose one key is the word.
  ///
  /// - Parameter refused: Words that mean something elsewhere, each with the sentence that says so.
  func choice(
    _ known: [String], refused: [String: String] = [:]
  ) throws(RunFileError) -> (name: String, settings: Field) {
    let name: String
    let settings: Field
    switch value?.content {
    case .plain(let word), .text(let word):
      name = word
      settings = Field(path: join(word), place: place, value: nil)
      guard known.contains(name) || refused[name] != nil else {
        throw refusal(word: name, known: known)
      }
    case .mapping(let entries):
      guard let entry = entries.first, entries.count == 1 else {
        let names = entries.map { Quoting.quoted($0.key) }.joined(separator: " and ")
        throw refusal(
          entries.isEmpty
            ? "found an empty mapping, allowed: one of \(known.joined(separator: ", "))"
            : "found \(Quoting.shortened(names, to: 80)), "
              + "allowed: one of \(known.joined(separator: ", "))")
      }
      if refused[entry.key] == nil { _ = try keys(known) }
      name = entry.key
      if case .nothing = entry.value.content {
        settings = Field(path: join(name), place: entry.place, value: nil)
      } else {
        settings = Field(path: join(name), place: entry.place, value: entry.value)
      }
    default:
      throw refusal(allowed: "one of " + known.joined(separator: ", "))
    }
    if let sentence = refused[name] { throw refusal(sentence) }
    return (name, settings)
  }

  /// Refuses settings of a choice that has none.
  func refuseSettings() throws(RunFileError) {
    if case .mapping(let entries) = value?.content, entries.isEmpty { return }
    guard !isGiven else { throw refusal(allowed: "nothing to set") }
  }

  fileprivate func join(_ key: String) -> String {
    path.isEmpty ? Quoting.shortened(key) : "\(path).\(Quoting.shortened(key))"
  }
}

/// The keys of one mapping, every one of them known.
struct Keys {
  fileprivate let owner: Field
  fileprivate let entries: [YAMLValue.Entry]

  subscript(key: String) -> Field {
    Field(
      path: owner.join(key), place: owner.place,
      value: entries.first { $0.key == key }?.value)
  }
}

/// A range of finite numbers, and how errors name it.
struct Bounds: Sendable, CustomStringConvertible {
  let description: String
  let contains: @Sendable (Double) -> Bool

  static let nonnegative = Bounds(description: "a number ≥ 0") { $0 >= 0 }
  static let positive = Bounds(description: "a number > 0") { $0 > 0 }

  static func from(_ least: Double, to most: Double, named name: String) -> Bounds {
    Bounds(description: name) { (least...most).contains($0) }
  }
}
