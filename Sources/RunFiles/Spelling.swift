/// Finds the known word that a misspelled one was probably meant to be.
public enum Spelling {
  /// The nearest of `known`, if it is near: one edit for every three letters.
  public static func nearest(to word: String, among known: [String]) -> String? {
    // Longer words cannot be near to any of ours, and the distance is quadratic.
    guard word.count <= 40 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
      let distance = distance(Array(word.lowercased()), Array(candidate.lowercased()))
      guard distance <= (max(word.count, candidate.count) + 2) / 3 else { continue }
      if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
    }
    return best?.word
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var table = Array(repeating: Array(0...b.count), count: a.count + 1)
    for i in a.indices {
      table[i + 1][0] = i + 1
      for j in b.indices {
        let substitution = table[i][j] + (a[i] == b[j] ? 0 : 1)
        var least = min(table[i][j + 1] + 1, table[i + 1][j] + 1, substitution)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          least = min(least, table[i - 1][j - 1] + 1)
        }
        table[i + 1][j + 1] = least
      }
    }
    return table[a.count][b.count]
  }
}
