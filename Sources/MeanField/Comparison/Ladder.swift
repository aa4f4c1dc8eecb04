internal import Foundation

/// Members of several sizes N against the density at one time.
///
/// How their distances fall with N is a test that needs no prediction: N^{−1/2} for moments, Sobolev norms
/// and W₁, N^{−1/4} for W₂ once voids separate clusters, for then a difference of masses δ has to cross
/// a void of width a, and W₂² is about a² δ.
public struct Ladder: Sendable, Equatable {
  public var time: Double
  /// N of every rung.
  public var counts: [Int]
  /// values[kind][rung][member]: the chart's distances, and last the moments' √(mean Δm²) over all
  /// that are judged.
  public var values: [[[Double]]]

  public init(time: Double, counts: [Int], values: [[[Double]]]) {
    self.time = time
    self.counts = counts
    self.values = values
  }

  /// - Parameters:
  ///   - distances: distances[rung · members + member][kind].
  ///   - momentDifferences: those of the judged moments, in the same order.
  init(
    time: Double, counts: [Int], distances: [[Double]], momentDifferences: [[Double]]
  ) {
    let members = distances.count / counts.count
    let rows = zip(distances, momentDifferences).map { distances, differences in
      let square = differences.reduce(0) { $0 + $1 * $1 }
      return distances + [(square / Double(differences.count)).squareRoot()]
    }
    let kinds = rows.first?.indices ?? 0..<0
    self.init(
      time: time, counts: counts,
      values: kinds.map { kind in
        counts.indices.map { rung in
          rows[(rung * members)..<((rung + 1) * members)].map { $0[kind] }
        }
      })
  }

  /// What falls with N on a chart, in the order of `values`.
  public static func kinds(of chart: Chart) -> [Chart.Quantity] {
    chart.distances + [
      Chart.Quantity(
        name: "moment", longName: "root mean square difference of the judged moments", units: "1",
        width: 1)
    ]
  }

  /// The power of N with which each kind falls.
  public var rates: [PowerLaw] { values.map { PowerLaw(counts: counts, values: $0) } }
}

/// A power of N fitted to values at several N.
public struct PowerLaw: Sendable, Equatable {
  /// b in value ∝ N^b.
  public var exponent: Double
  /// Standard error of the exponent.
  public var error: Double

  /// Least squares of log value on log N, all n values with the same weight.
  ///
  ///     b = S_xy/S_xx,    error² = Σ r²/((n − 2) S_xx),    x = log N, y = log value,
  ///
  /// with S_xy = Σ (x − x̄)(y − ȳ), S_xx = Σ (x − x̄)² and the residuals r = y − ȳ − b (x − x̄).
  /// Both are NaN unless all values are positive and finite, and at two N at least; with two values the
  /// error is.
  ///
  /// - Parameters:
  ///   - counts: N of every rung.
  ///   - values: values[rung][member].
  public init(counts: [Int], values: [[Double]]) {
    exponent = .nan
    error = .nan
    let x = zip(counts, values).flatMap { [Double](repeating: log(Double($0)), count: $1.count) }
    let y = values.joined().map { log($0) }
    guard y.allSatisfy({ $0.isFinite }), Set(x).count > 1 else { return }
    let number = Double(y.count)
    let (meanX, meanY) = (x.reduce(0, +) / number, y.reduce(0, +) / number)
    var (square, product) = (0.0, 0.0)
    for (x, y) in zip(x, y) {
      square += (x - meanX) * (x - meanX)
      product += (x - meanX) * (y - meanY)
    }
    let slope = product / square
    let residue = zip(x, y).reduce(0.0) { sum, point in
      let residual = point.1 - meanY - slope * (point.0 - meanX)
      return sum + residual * residual
    }
    exponent = slope
    error = number > 2 ? (residue / ((number - 2) * square)).squareRoot() : .nan
  }
}
