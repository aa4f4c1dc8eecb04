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

  /// A zero of Z′, or a pole.
  private struct CriticalPoint {
    var angle: Double
    var isMaximum: Bool
    var value: Double
    /// What Z may be wrong by.
    var error: Double
  }

  private let dimension: Int
  private let series: GegenbauerSeries
  private let errors: [Double]
  private let angles: [Double]
  private let jets: [GegenbauerSeries.Jet]
  private let isConstant: Bool

  /// - Parameters:
  ///   - terms: coefficients of P_l in Z̄, or in ⟨x, ∫ y dμ⟩.
  ///   - errors: what these may be wrong by: in high dimension Z̄ can be far below the sum of its
  ///     coefficients, and all that varies be rounding.
  init(dimension: Int, terms: [Double], errors: [Double], attention: Attention) {
    self.dimension = dimension
    // The highest degrees may be nothing but rounding.
    let last = terms.indices.last { abs(terms[$0]) > errors[$0] } ?? 0
    let terms = Array(terms[...max(last, min(1, terms.count - 1))])
    let series = GegenbauerSeries(dimension: dimension, coefficients: terms)
    self.series = series
    self.errors = errors
    // 16 points for the shortest wave there is.
    let count = max(512, 16 * terms.count)
    angles = (0...count).map { Double.pi * Double($0) / Double(count) }
    jets = angles.map { series(at: $0) }
    var highest = -Double.infinity
    var lowest = Double.infinity
    for (angle, jet) in zip(angles, jets) {
      let size = attention.beta > 0 ? abs(jet.value) : 1
      let error = 0.5e-12 * size + Self.error(errors, at: angle, dimension)
      highest = max(highest, jet.value - error)
      lowest = min(lowest, jet.value + error)
    }
    isConstant = !(highest > lowest)
  }

  /// Σ_l e_l |P_l(cos θ)|.
  private static func error(_ errors: [Double], at angle: Double, _ dimension: Int) -> Double {
    let x = abs(cos(angle))
    let d = Double(dimension)
    var before = 0.0
    var value = 1.0
    var sum = 0.0
    for l in errors.indices {
      sum += errors[l] * abs(value)
      let next =
        l == 0
        ? x : ((2 * Double(l) + d - 2) * x * value - Double(l) * before) / (Double(l) + d - 2)
      (before, value) = (value, next)
      // Subnormal numbers are slow, and no more than zero.
      if abs(value) < 1e-290 && abs(before) < 1e-290 { break }
    }
    return sum
  }

  /// Basins from the north pole to the south pole.
  func basins() -> [Basin] {
    guard !isConstant else { return [] }
    let points = withoutRounding(criticalPoints())
    let tops = points.indices.filter { points[$0].isMaximum }
    return tops.map { i in
      Basin(
        start: i == tops.first ? 0 : points[i - 1].angle, top: points[i].angle,
        end: i == tops.last ? Double.pi : points[i + 1].angle)
    }
  }

  /// Maxima and minima in turn, from pole to pole.
  private func criticalPoints() -> [CriticalPoint] {
    let last = angles.count - 1
    // Both poles are critical; what they are says Z″.
    let poles = (isMaximum: (jets[0].second <= 0), isSouthMaximum: (jets[last].second <= 0))
    var angles: [(Double, Bool)] = [(0, poles.isMaximum)]
    for i in 0..<last {
      let rises = i == 0 ? !poles.isMaximum : jets[i].first > 0
      let willRise = i + 1 == last ? poles.isSouthMaximum : jets[i + 1].first > 0
      angles += criticalAngles(inCell: i, rises: rises, willRise: willRise)
    }
    angles.append((Double.pi, poles.isSouthMaximum))
    return angles.map { angle, isMaximum in
      CriticalPoint(
        angle: angle, isMaximum: isMaximum, value: series(at: angle).value,
        error: Self.error(errors, at: angle, dimension))
    }
  }

  private func criticalAngles(
    inCell i: Int, rises: Bool, willRise: Bool
  ) -> [(Double, Bool)] {
    let (left, right) = (angles[i], angles[i + 1])
    if rises != willRise { return [(zero(left, right, rises: willRise), rises)] }
    // Z′ has the same sign at both ends; between them it may still dip across zero and back.
    let (c, d) = (jets[i].second, jets[i + 1].second)
    let slopes = abs(jets[i].first)
    guard i > 0, i + 2 < angles.count, (c > 0) != (d > 0), rises == (c < 0),
      slopes < (right - left) * (abs(c) + abs(d))
    else { return [] }
    let dip = inflection(left, right, rises: d > 0)
    guard (series(at: dip).first > 0) != rises else { return [] }
    return [
      (zero(left, dip, rises: !rises), rises), (zero(dip, right, rises: rises), !rises),
    ]
  }

  /// Without neighbours whose difference may be rounding.
  private func withoutRounding(_ points: [CriticalPoint]) -> [CriticalPoint] {
    var points = points
    while points.count > 2 {
      let pairs = points.indices.dropLast()
      func excess(_ i: Int) -> Double {
        abs(points[i].value - points[i + 1].value) - points[i].error - points[i + 1].error
      }
      guard let least = pairs.min(by: { excess($0) < excess($1) }), excess(least) <= 0 else {
        break
      }
      points.removeSubrange(least...(least + 1))
    }
    return points
  }

  /// A zero of Z′ between two angles: Newton's method, halving the bracket where it would leave it.
  private func zero(_ left: Double, _ right: Double, rises: Bool) -> Double {
    root(left, right, rises: rises) { ($0.first, $0.second) }
  }

  private func inflection(_ left: Double, _ right: Double, rises: Bool) -> Double {
    root(left, right, rises: rises) { ($0.second, $0.third) }
  }

  private func root(
    _ left: Double, _ right: Double, rises: Bool,
    _ function: (GegenbauerSeries.Jet) -> (Double, Double)
  ) -> Double {
    var low = left
    var high = right
    var angle = 0.5 * (low + high)
    for _ in 0..<60 {
      let (value, slope) = function(series(at: angle))
      if (value > 0) == rises { high = angle } else { low = angle }
      let newton = angle - value / slope
      let next = newton > low && newton < high ? newton : 0.5 * (low + high)
      if abs(next - angle) < 1e-15 * max(1, angle) { return next }
      angle = next
    }
    return angle
  }
}
