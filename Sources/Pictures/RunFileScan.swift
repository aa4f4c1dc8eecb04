import Foundation

/// Reads a few values out of the text of a run file, well enough for a caption.
enum RunFileScan {
  /// β, the normalization and D, as far as they are found.
  static func parameters(_ text: String) -> [String] {
    let attention = block("attention", of: text)
    var found: [String] = []
    if let beta = value("beta", in: attention) { found.append("β = \(beta)") }
    if let normalization = value("normalization", in: attention) { found.append(normalization) }
    let noise = block("noise", of: text).dropFirst("noise:".count)
    if let noise = noise.split(whereSeparator: isSeparator).first { found.append("D = \(noise)") }
    return found
  }

  /// The kind of manifold with its dimension, if both or the first are found.
  static func manifold(_ text: String) -> (kind: String, dimension: Int?)? {
    let words = block("manifold", of: text).split(whereSeparator: isSeparator)
    guard words.count > 1 else { return nil }
    let kind = words[1].prefix { $0 != ":" }
    return (String(kind), value("dimension", in: words).flatMap { Int($0) })
  }

  /// A key at the left margin with all that belongs to it, comments removed.
  private static func block(_ key: String, of text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { $0.prefix { $0 != "#" } }
    guard let first = lines.firstIndex(where: { $0.hasPrefix("\(key):") }) else { return "" }
    let rest = lines[(first + 1)...].prefix { $0.first?.isWhitespace ?? true }
    return ([lines[first]] + rest).joined(separator: "\n")
  }

  private static func value(_ key: String, in block: String) -> String? {
    value(key, in: block.split(whereSeparator: isSeparator))
  }

  private static func value(_ key: String, in words: [Substring]) -> String? {
    guard let place = words.firstIndex(of: "\(key):"), place + 1 < words.count else { return nil }
    return String(words[place + 1])
  }

  private static func isSeparator(_ character: Character) -> Bool {
    character.isWhitespace || "{},\"'".contains(character)
  }
}
