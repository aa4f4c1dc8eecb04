import Foundation

/// Densities as colours: log₁₀ dμ/dσ, clipped where clusters are sharp and gaps are empty.
///
/// Without a limit the 10⁶ of a late cluster would leave no colour for the initial law.
struct ColourScale {
  let range: ClosedRange<Double>
  let tics: [(place: Double, name: String)]

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

/// An image of the density on even pixels of time and angle.
struct Raster {
  static let width = 640
  static let height = 512

  /// Clipped log₁₀ dμ/dσ by angle, then time.
  private(set) var rows: [[Double]] = []

  init(
    _ run: DrawnRun, _ density: [[Double]], _ scale: ColourScale, _ window: AngleWindow,
    _ clock: TimeAxis
  ) {
    let (width, height) = (Self.width, Self.height)
    let angles = window.range
    let times = clock.range
    let x = Axis(
      first: times.lowerBound + 0.5 * (times.upperBound - times.lowerBound) / Double(width),
      step: (times.upperBound - times.lowerBound) / Double(width))
    let y = Axis(
      first: angles.lowerBound + 0.5 * (angles.upperBound - angles.lowerBound) / Double(height),
      step: (angles.upperBound - angles.lowerBound) / Double(height))

    let columns = Self.pixels(count: height, y, run.grid, window)
    let places = run.times.map(clock.place)
    let known = places.indices.filter { places[$0].isFinite }
    // One snapshot after the other, sampled at the pixels' angles.
    let sampled = known.map { i in columns.map { $0.value(density[i]) } }
    rows = Array(repeating: Array(repeating: .nan, count: width), count: height)
    var after = 0
    for column in 0..<width {
      let place = x.first + Double(column) * x.step
      while after < known.count - 1, places[known[after]] < place { after += 1 }
      let before = max(0, after - 1)
      let span = places[known[after]] - places[known[before]]
      let part = span > 0 ? (place - places[known[before]]) / span : 0
      for row in 0..<height {
        let (a, b) = (sampled[before][row], sampled[after][row])
        rows[row][column] = scale.clip(a.isNaN ? b : b.isNaN ? a : a + part * (b - a))
      }
    }
  }

  /// Centre of the first pixel, and the distance to the next.
  private struct Axis {
    var first, step: Double
  }

  /// What a pixel shows: the greatest value of the grid points in it, so that no sharp cluster is
  /// lost, or where there is none, the line between its neighbours.
  private struct Pixel {
    var inside: [Int] = []
    var neighbours = (below: 0, above: 0, part: 0.0)

    func value(_ density: [Double]) -> Double {
      if !inside.isEmpty {
        var most = Double.nan
        for i in inside where most.isNaN || density[i] > most { most = density[i] }
        return Self.bounded(most)
      }
      let (a, b) = (density[neighbours.below], density[neighbours.above])
      return Self.bounded(a) + neighbours.part * (Self.bounded(b) - Self.bounded(a))
    }

    /// Within what can be interpolated: between −10⁵ and 0 a straight line would be a cliff.
    private static func bounded(_ value: Double) -> Double {
      value.isNaN ? .nan : min(max(value, -6), 6)
    }
  }

  private static func pixels(
    count: Int, _ axis: Axis, _ grid: [Double], _ window: AngleWindow
  ) -> [Pixel] {
    let sorted = grid.indices.map { (place: window.place(grid[$0]), index: $0) }
      .sorted { $0.place < $1.place }
    guard let first = sorted.first, let last = sorted.last else { return [] }
    var pixels = Array(repeating: Pixel(), count: count)
    for point in sorted {
      let row = ((point.place - axis.first) / axis.step + 0.5).rounded(.down)
      pixels[min(max(Int(row), 0), count - 1)].inside.append(point.index)
    }
    var above = 0
    for row in 0..<count where pixels[row].inside.isEmpty {
      let place = axis.first + Double(row) * axis.step
      while above < sorted.count, sorted[above].place < place { above += 1 }
      var low = above > 0 ? sorted[above - 1] : first
      var high = above < sorted.count ? sorted[above] : last
      if window.isCircle, above == 0 { low = (last.place - 2 * .pi, last.index) }
      if window.isCircle, above == sorted.count { high = (first.place + 2 * .pi, first.index) }
      let part = high.0 > low.0 ? (place - low.0) / (high.0 - low.0) : 0
      pixels[row].neighbours = (low.1, high.1, min(max(part, 0), 1))
    }
    return pixels
  }
}
