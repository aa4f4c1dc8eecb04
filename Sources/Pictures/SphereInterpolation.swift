import Foundation

/// Bilinear interpolation on a grid of the sphere, around the circle and across the poles.
struct SphereInterpolation {
  /// The four grid points around a direction, and how much of each.
  struct Place {
    var upperLeft, upperRight, lowerLeft, lowerRight: Int
    /// From the upper to the lower row, and from left to right in either.
    var part, upperPart, lowerPart: Double

    func value(_ values: [Double]) -> Double {
      let upper =
        values[upperLeft] + upperPart * (values[upperRight] - values[upperLeft])
      let lower =
        values[lowerLeft] + lowerPart * (values[lowerRight] - values[lowerLeft])
      return upper + part * (lower - upper)
    }
  }

  private let colatitudes: [Double]
  private let longitudes: [Double]
  /// First row at or below a colatitude, for equal steps of colatitude.
  private let rowsBelow: [Int]

  private static let tableCount = 4096

  /// On the grid of the maps, which has at least one row and one column.
  init(_ maps: SphereMaps) {
    colatitudes = maps.colatitudes
    longitudes = maps.longitudes
    var below = 0
    rowsBelow = (0...Self.tableCount).map { step in
      let colatitude = .pi * Double(step) / Double(Self.tableCount)
      while below < maps.colatitudes.count, maps.colatitudes[below] < colatitude { below += 1 }
      return below
    }
  }

  func place(_ direction: SphereMaps.Direction) -> Place {
    let step = direction.colatitude / .pi * Double(Self.tableCount)
    var below = rowsBelow[min(max(Int(step), 0), Self.tableCount)]
    while below < colatitudes.count, colatitudes[below] < direction.colatitude { below += 1 }
    let last = colatitudes.count - 1
    let here = direction.longitude
    // Beyond a pole the meridian goes on, half way round.
    let (top, bottom) = (here + (below == 0 ? .pi : 0), here + (below > last ? .pi : 0))
    let above = below == 0 ? -colatitudes[0] : colatitudes[below - 1]
    let next = below > last ? 2 * .pi - colatitudes[last] : colatitudes[below]
    let upper = along(max(below - 1, 0), top)
    let lower = along(min(below, last), bottom)
    return Place(
      upperLeft: upper.left, upperRight: upper.right, lowerLeft: lower.left,
      lowerRight: lower.right,
      part: next > above ? (direction.colatitude - above) / (next - above) : 0,
      upperPart: upper.part, lowerPart: lower.part)
  }

  /// Along a row of equally spaced longitudes.
  private func along(
    _ row: Int, _ longitude: Double
  ) -> (left: Int, right: Int, part: Double) {
    let count = longitudes.count
    let turns = (longitude - longitudes[0]) / (2 * .pi)
    let place = (turns - turns.rounded(.down)) * Double(count)
    let left = min(Int(place), count - 1)
    return (row * count + left, row * count + (left + 1) % count, place - Double(left))
  }
}
