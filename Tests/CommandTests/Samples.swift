import Foundation

/// Run files that the tests share.
enum Samples {
  /// Density and particles, done in a moment.
  static let short = """
    manifold: circle
    attention: {beta: 4}
    initial:
      vonMises:
        - {mean: 0.3, concentration: 4}
    density: spectral
    particles: {count: 32, members: 2, seed: 1}
    time: {end: 1, tolerance: 1e-6}
    output: {every: 0.25, points: 32, modes: 4}

    """

  /// Enough tokens for a verdict.
  static let judged = """
    manifold: circle
    attention: {beta: 2}
    initial:
      vonMises:
        - {mean: 0.3, concentration: 2}
        - {mean: 2.5, concentration: 3, weight: 2}
    density: spectral
    particles: {count: 1024, members: 2, seed: 1}
    time: {end: 0.5, tolerance: 1e-8}
    output: {every: 0.25, points: 64, modes: 4}

    """

  /// A cap on the sphere that narrows: density and fluctuations begin at degree 31 and end at 63.
  static let narrowing = """
    manifold: sphere
    attention: {beta: 20, normalization: peak}
    noise: 0.01
    initial:
      vonMises:
        - {mean: [1, 0, 0.5], concentration: 30}
    density: spectral
    particles: {count: 32, members: 2, seed: 1, step: 0.05}
    time: {end: 0.3, tolerance: 1e-4}
    output: {every: 0.1, degree: 8}

    """

  /// Seconds of work, many snapshots, stopped anywhere.
  static let long = """
    manifold: circle
    attention: {beta: 4}
    noise: 0.02
    initial:
      vonMises:
        - {mean: 0.3, concentration: 4}
        - {mean: 2.5, concentration: 8, weight: 2}
    density: spectral
    particles: {count: 8000, members: 2, seed: 3, step: 0.005}
    time: {end: 5, tolerance: 1e-6}
    output: {every: 0.05, points: 32, modes: 4}

    """
}

extension String {
  /// The text with its one occurrence of `old` replaced.
  func with(_ old: String, _ new: String) -> String {
    precondition(components(separatedBy: old).count == 2, "'\(old)' is there once")
    return replacingOccurrences(of: old, with: new)
  }
}
