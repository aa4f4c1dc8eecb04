import TestSupport

import Foundation

@testable import MeanField

extension References {
  /// `directions.json`: the component of von Mises–Fisher draws along their mean.
  struct Directions: Decodable, Sendable {
    var moments: [Moment]
    var heights: [Height]

    struct Moment: Decodable, Sendable {
      var dimension: Int
      var concentration: Double
      /// E P_l and standard deviation of P_l, l = 1, 2, ….
      var means: [Double]
      var deviations: [Double]
    }

    struct Height: Decodable, Sendable {
      var dimension: Int
      var concentration: Double
      /// 1 − w, w ascending, and P(component < w).
      var depths: [Double]
      var levels: [Double]
    }
  }
}

/// Sums over points on spheres, row after row.
enum Directions {
  /// A unit vector that is no axis, with a last coordinate of either sign.
  static func mean(_ dimension: Int) -> [Double] {
    let vector = (0..<dimension).map { sin(1.7 * Double($0) + 1) }
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / length }
  }

  static func points(_ rows: [Double], _ dimension: Int) -> [ArraySlice<Double>] {
    stride(from: 0, to: rows.count, by: dimension).map { rows[$0..<$0 + dimension] }
  }

  static func product(_ x: ArraySlice<Double>, _ y: [Double]) -> Double {
    zip(x, y).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// 1 − ⟨x, m⟩ = |x − m|²/2, without cancellation near the mean.
  static func depth(_ x: ArraySlice<Double>, _ mean: [Double]) -> Double {
    zip(x, mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
  }

  /// P_1, …, P_degrees of S^{d−1} at t, P_l(1) = 1.
  static func gegenbauer(_ t: Double, _ dimension: Int, degrees: Int) -> [Double] {
    var values = [1, t]
    for l in 1..<degrees {
      let n = Double(l + dimension - 2)
      values.append((Double(2 * l + dimension - 2) * t * values[l] - Double(l) * values[l - 1]) / n)
    }
    return Array(values.dropFirst())
  }

  static func average(_ values: [Double]) -> (mean: Double, standardError: Double) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
    return (mean, (variance / n).squareRoot())
  }
}
