import Foundation

/// From dμ/dσ of a zonal law on S^{d−1} to the density of the polar angle per radian.
///
/// p(θ) = (dμ/dσ)(θ) sin^{d−2}θ / B with B = ∫ sin^{d−2} = √π Γ((d−1)/2) / Γ(d/2), all by logarithm:
/// either factor alone may leave the range of numbers. In high dimension p is narrower than the
/// cells of the file's grid, but log dμ/dσ is smooth, so that is what is interpolated.
struct PolarLaw {
  /// Equally spaced, from near 0 to near π.
  let angles: [Double]
  private let dimension: Int
  private let nodes: [Double]
  private let places: [Place]

  /// Where an angle lies among the nodes, and the weights of the four around it.
  private struct Place {
    var first: Int
    var part: Double
    var weights: [Double]
  }

  private static let angleCount = 1024
  /// Nodes repeated on the other side of either pole, about which laws are even.
  private static let border = 2

  /// - Parameter nodes: the file's polar angles, ascending.
  init(nodes: [Double], dimension: Int) {
    self.dimension = dimension
    self.nodes = nodes
    angles = (0..<Self.angleCount).map { .pi * (Double($0) + 0.5) / Double(Self.angleCount) }
    guard nodes.count >= Self.border else {
      places = []
      return
    }
    let wide =
      nodes.prefix(Self.border).reversed().map { -$0 } + nodes
      + nodes.suffix(Self.border).reversed().map { 2 * .pi - $0 }
    var below = 1
    places = angles.map { angle in
      while below < wide.count - 3, wide[below + 1] <= angle { below += 1 }
      let four = Array(wide[(below - 1)...(below + 2)])
      let weights = four.indices.map { i in
        four.indices.filter { $0 != i }.reduce(1.0) {
          $0 * (angle - four[$1]) / (four[i] - four[$1])
        }
      }
      return Place(
        first: below - 1, part: (angle - four[1]) / (four[2] - four[1]), weights: weights)
    }
  }

  /// log₁₀ of the density per radian at `angles`, of log₁₀ dμ/dσ at the nodes.
  func logarithms(_ values: [Double]) -> [Double] {
    guard !places.isEmpty, values.count == nodes.count else { return angles.map { _ in .nan } }
    let wide =
      values.prefix(Self.border).reversed() + values + values.suffix(Self.border).reversed()
    return zip(angles, places).map { angle, place in
      let four = wide[place.first..<place.first + 4]
      let value =
        if four.allSatisfy({ $0.isFinite && $0 != SnapshotReader.emptiness }) {
          zip(four, place.weights).reduce(0) { $0 + $1.0 * $1.1 }
        } else {
          // Beside a void nothing is smooth.
          wide[place.first + 1] + place.part * (wide[place.first + 2] - wide[place.first + 1])
        }
      return value + logarithmOfUniform(angle)
    }
  }

  /// log₁₀ of the density of the polar angle under σ.
  private func logarithmOfUniform(_ angle: Double) -> Double {
    let d = Double(dimension)
    let total = 0.5 * log(.pi) + lgamma((d - 1) / 2) - lgamma(d / 2)
    return ((d - 2) * log(sin(angle)) - total) / M_LN10
  }
}
