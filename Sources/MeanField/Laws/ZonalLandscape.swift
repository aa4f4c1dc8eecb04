internal import Foundation
internal import Transforms

/// Z̄ of a zonal law, or ⟨x, ∫ y dμ⟩ at β = 0, over the polar angle, with its maxima: points at the poles,
/// rings elsewhere.
struct ZonalLandscape {
  /// A maximum and the valleys on either side; the poles where there is none.
  struct Basin {
    var start: Double
    var top: Double
    var end: Double
  }

  private let series: GegenbauerSeries
  private let angles: [Double]
  private let values: [Double]
  private let slopes: [Double]
  private let isConstant: Bool

  /// - Parameter terms: coefficients of P_l in Z̄, or in ⟨x, ∫ y dμ⟩.
  init(dimension: Int, terms: [Double], attention: Attention) {
    let series = GegenbauerSeries(dimension: dimension, coefficients: terms)
    self.series = series
    // 16 points for the shortest wave there is.
    let count = max(512, 16 * terms.count)
    angles = (0...count).map { Double.pi * Double($0) / Double(count) }
    let jets = angles.map { series(at: $0) }
    values = jets.map(\.value)
    slopes = jets.map(\.first)
    let highest = values.max() ?? 0
    let lowest = values.min() ?? 0
    isConstant = !(highest - lowest > 1e-12 * (attention.beta > 0 ? highest : 1))
  }

  /// Basins from the north pole to the south pole.
  func basins() -> [Basin] {
    guard !isConstant else { return [] }
    // Where Z′ changes sign between two grid points; the poles are critical by symmetry.
    var tops: [Double] = []
    var valleys: [Double] = [0]
    var rises = slopes[1] > 0
    if !rises { tops.append(0) }
    for i in 1..<(angles.count - 2) where (slopes[i + 1] > 0) != rises {
      let place = zero(angles[i], angles[i + 1], rises: !rises)
      if rises { tops.append(place) } else { valleys.append(place) }
      rises = slopes[i + 1] > 0
    }
    if rises { tops.append(Double.pi) }
    // Before the first top there is the pole or a valley.
    var bounds = valleys
    if let first = tops.first, let second = valleys.dropFirst().first, second < first {
      bounds = Array(valleys.dropFirst())
      bounds[0] = 0
    }
    bounds.append(Double.pi)
    return tops.indices.map { i in
      let start = i == 0 ? 0 : bounds.last { $0 < tops[i] } ?? 0
      let end = i == tops.count - 1 ? Double.pi : bounds.first { $0 > tops[i] } ?? Double.pi
      return Basin(start: start, top: tops[i], end: end)
    }
  }

  /// A zero of Z′ between two angles: Newton's method, halving the bracket where it would leave it.
  private func zero(_ left: Double, _ right: Double, rises: Bool) -> Double {
    var low = left
    var high = right
    var angle = 0.5 * (low + high)
    for _ in 0..<60 {
      let jet = series(at: angle)
      if (jet.first > 0) == rises { high = angle } else { low = angle }
      let newton = angle - jet.first / jet.second
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - angle) < 1e-15 * max(1, angle) { return next }
      angle = next
    }
    return angle
  }
}
