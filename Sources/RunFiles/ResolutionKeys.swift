import MeanField

/// The keys in which a run file says how fine a density is, and their defaults: points on the circle,
/// degrees on spheres.
struct ResolutionKeys {
  private let isCircle: Bool
  /// Beyond, no machine has the memory, or the harmonics have no numbers.
  let largest: Int
  let defaultStart: Int
  let defaultMaximum: Int

  init(_ manifold: Manifold) {
    isCircle = manifold == .circle
    largest =
      switch manifold {
      case .circle: 1 << 24
      case .sphere: 2047
      case .zonal: 4095
      }
    let geometry = manifold.geometry
    defaultStart = geometry.startResolution
    defaultMaximum = geometry.finestResolution
  }

  var key: String { isCircle ? "points" : "degree" }
  var maximumKey: String { isCircle ? "maximumPoints" : "maximumDegree" }
  /// The words of the other kind of manifold.
  var other: String { isCircle ? "degree" : "points" }
  var otherMaximum: String { isCircle ? "maximumDegree" : "maximumPoints" }

  /// Whether `density.panels` knows `symmetry`.
  var hasSymmetry: Bool { isCircle }

  /// Keys of `output`; on spheres the degree is that of the moments too.
  var outputKeys: [String] { isCircle ? ["points", "modes"] : ["degree"] }

  var defaultOutput: Int { isCircle ? 1024 : 63 }

  /// Sentences for those of `words` that are not allowed here.
  func refused(_ words: [String], allowed: [String]) -> [String: String] {
    let kinds = isCircle ? ("spheres", "the circle") : ("the circle", "spheres")
    let sentence =
      "is a key for \(kinds.0), allowed on \(kinds.1): "
      + allowed.joined(separator: ", ")
    return Dictionary(
      uniqueKeysWithValues: words.filter { !allowed.contains($0) }.map { ($0, sentence) })
  }
}
