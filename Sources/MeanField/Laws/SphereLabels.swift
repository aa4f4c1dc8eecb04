internal import Foundation

/// Basins by the labels of the grid, their borders found on its edges.
extension SphereLandscape {
  /// What halving may leave of a mass.
  private static let borderError = 1e-7

  /// Borders of the basins; every triangle with different labels holds a piece.
  func borderByLabels(_ start: SphereBorder) -> SphereBorder {
    var border = start
    var crossings: [Int: SphereBorder.Point] = [:]
    // Of N borders in cells of size h, each wrong by h · 2^−n, errors add up to some h² √N 2^−n/4π.
    var mixed = 0
    grid.forEachTriangle { a, b, c in
      if labels[a] != labels[b] || labels[b] != labels[c] { mixed += 1 }
    }
    let error = field.spacing * field.spacing * Double(mixed).squareRoot() / (4 * Double.pi)
    // Fine grids have long ways and need no fine borders.
    let halvings = min(max(Int(log2(error / Self.borderError)), 4), mixed > 10_000 ? 5 : 16)
    func crossing(_ a: Int, _ b: Int) -> SphereBorder.Point {
      let edge = min(a, b) * values.count + max(a, b)
      if let known = crossings[edge] { return known }
      let point = crossingPoint(between: min(a, b), and: max(a, b), halvings: halvings)
      crossings[edge] = point
      return point
    }
    grid.forEachTriangle { a, b, c in
      let (i, j, k) = (labels[a], labels[b], labels[c])
      if i == j && j == k { return }
      // A corner that is alone lies to the left of the way from the edge after it to the one before.
      if j == k {
        border.add(crossing(a, b), crossing(a, c), left: i, right: j)
      } else if i == k {
        border.add(crossing(b, c), crossing(b, a), left: j, right: k)
      } else if i == j {
        border.add(crossing(c, a), crossing(c, b), left: k, right: i)
      } else {
        let points = [crossing(a, b), crossing(b, c), crossing(c, a)]
        let sum = points[0].place + points[1].place + points[2].place
        let middle = SphereBorder.Point(place: meetingPoint(sum.direction), tangent: .zero)
        border.add(points[0], middle, left: i, right: j)
        border.add(points[1], middle, left: j, right: k)
        border.add(points[2], middle, left: k, right: i)
      }
    }
    return border
  }

  /// Three basins meet in a minimum.
  private func meetingPoint(_ guess: SIMD3<Double>) -> SIMD3<Double> {
    guard let point = criticalPoint(from: guess), point.curvature.isMinimum,
      (point.place - guess).length < 1.5 * field.spacing
    else { return guess }
    return point.place
  }

  /// Where the border crosses an edge: by halving, each half told by where its middle flows to.
  private func crossingPoint(
    between a: Int, and b: Int, halvings: Int
  ) -> SphereBorder.Point {
    let (p, q) = (field.point(a), field.point(b))
    let middle = (p + q).direction
    // Below the floor nobody is on either side.
    guard labels[a] >= 0, labels[b] >= 0, field.jet(at: middle).w > floor else {
      return SphereBorder.Point(place: middle, tangent: .zero)
    }
    var low = 0.0
    var high = 1.0
    for _ in 0..<halvings {
      let t = 0.5 * (low + high)
      let label = followed(from: (p + t * (q - p)).direction, reach: 1)
      if label == labels[a] {
        low = t
      } else if label == labels[b] {
        high = t
      } else {
        // On the border to the last digit, or a third basin in between.
        break
      }
    }
    let place = (p + 0.5 * (low + high) * (q - p)).direction
    return SphereBorder.Point(place: place, tangent: borderDirection(at: place))
  }

  /// A border is a line of the flow; along a valley where nothing flows, the direction that is flat.
  private func borderDirection(at place: SIMD3<Double>) -> SIMD3<Double> {
    let gradient = field.gradient(at: place)
    let curvature = curvature(at: place)
    let steep = max(abs(curvature.values.0), abs(curvature.values.1))
    let size = gradient.length
    if size > 0.1 * field.spacing * steep { return gradient / size }
    return curvature.directions.0
  }
}
