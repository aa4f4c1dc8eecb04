import Foundation

/// An image of the density on even pixels of time and coordinate.
struct Raster {
  static let width = 640
  static let height = 512

  /// Clipped log₁₀ of the density by coordinate, then time.
  private(set) var rows: [[Double]] = []

  /// - Parameter places: where the rows of the density stand on the axis of time; NaN where nowhere.
  init(
    _ law: LineLaw, _ density: [[Double]], _ scale: ColourScale, places: [Double],
    _ times: ClosedRange<Double>
  ) {
    let (width, height) = (Self.width, Self.height)
    let values = law.coordinate.range
    let x = Axis(
      first: times.lowerBound + 0.5 * (times.upperBound - times.lowerBound) / Double(width),
      step: (times.upperBound - times.lowerBound) / Double(width))
    let y = Axis(
      first: values.lowerBound + 0.5 * (values.upperBound - values.lowerBound) / Double(height),
      step: (values.upperBound - values.lowerBound) / Double(height))

    let columns = Self.pixels(count: height, y, law.grid, law.coordinate)
    let known = places.indices.filter { places[$0].isFinite }
    // One snapshot after the other, sampled at the pixels' coordinates.
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
    count: Int, _ axis: Axis, _ grid: [Double], _ coordinate: Coordinate
  ) -> [Pixel] {
    let sorted = grid.indices.map { (place: coordinate.place(grid[$0]), index: $0) }
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
      if coordinate.isPeriodic {
        if above == 0 { low = (last.place - coordinate.length, last.index) }
        if above == sorted.count { high = (first.place + coordinate.length, first.index) }
      }
      let part = high.0 > low.0 ? (place - low.0) / (high.0 - low.0) : 0
      pixels[row].neighbours = (low.1, high.1, min(max(part, 0), 1))
    }
    return pixels
  }
}
