import Foundation

/// Densities as colours: their log₁₀, clipped where clusters are sharp and gaps are empty.
///
/// Without a limit the 10⁶ of a late cluster would leave no colour for the initial law.
struct ColourScale {
  /// Colours are written as integers in this unit.
  static let unit = 0.001

  let range: ClosedRange<Double>
  let tics: [(place: Double, name: String)]

  /// Places from 0 to 1 with names for some of them.
  init(tics: [(place: Double, name: String)]) {
    range = 0...1
    self.tics = tics
  }

  init(_ density: [[Double]]) {
    var least = Double.infinity
    var most = -Double.infinity
    for row in density {
      for value in row where !value.isNaN {
        least = min(least, value)
        most = max(most, value)
      }
    }
    if least > -0.5, most < 0.5 {
      range = -0.5...0.5
      tics = [(log10(0.5), "0.5"), (0, "1"), (log10(2), "2")]
    } else {
      let low = least < -1 ? -2 : -1
      let high = most > 1 ? 2 : 1
      range = Double(low)...Double(high)
      tics = (low...high).map { power in
        let sign = power == low && least < Double(low) ? "≤ " : ""
        let endSign = power == high && most > Double(high) ? "≥ " : ""
        return (Double(power), sign + endSign + Tics.power(power))
      }
    }
  }

  func clip(_ value: Double) -> Double {
    value.isNaN ? .nan : min(max(value, range.lowerBound), range.upperBound)
  }
}
