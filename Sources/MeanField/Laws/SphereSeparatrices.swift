internal import Foundation

/// Basins of ascent meet along the lines that run down from saddles to minima: backwards, the flow
/// draws to them, so that they can be followed to many digits.
extension SphereLandscape {
  /// Borders of the basins; nil where the lines do not close.
  ///
  /// Every line begins at its saddle.
  func borderBySeparatrices(_ start: SphereBorder) -> SphereBorder? {
    guard !hasRing else { return nil }
    var border = start
    var minima: [SIMD3<Double>] = []
    // What comes in minus what goes out, by basin and minimum.
    var balance: [[Int]] = []
    var lineCounts = [Int](repeating: 0, count: maxima.count)
    func count(_ basin: Int, at minimum: Int, _ change: Int) {
      while balance.count <= minimum {
        balance.append([Int](repeating: 0, count: maxima.count))
      }
      balance[minimum][basin] += change
      lineCounts[basin] += 1
    }
    guard let critical = criticalPoints() else { return nil }
    // Euler: maxima − saddles + minima = 2, unless some were missed or are no points.
    let others = critical.reduce(0) { $0 + ($1.curvature.isMinimum ? 1 : -1) }
    guard maxima.count + others == 2 else { return nil }
    for saddle in critical where !saddle.curvature.isMinimum {
      let up = saddle.curvature.directions.1
      let offset = 0.05 * field.spacing
      guard let left = maximumAbove((saddle.place + offset * up).direction),
        let right = maximumAbove((saddle.place - offset * up).direction)
      else { return nil }
      if left == right { continue }
      guard !saddle.curvature.isDegenerate(1e-5) else { return nil }
      // Going this way, the side `up` points to is on the left.
      let way = up.cross(saddle.place)
      for (direction, near, far) in [(way, left, right), (-way, right, left)] {
        guard
          let end = followLine(
            from: saddle.place, direction, left: near, right: far, adding: &border,
            minima: &minima)
        else { return nil }
        let sign = near == left ? 1 : -1
        count(left, at: end, sign)
        count(right, at: end, -sign)
      }
    }
    let isClosed = balance.allSatisfy { $0.allSatisfy { $0 == 0 } }
    return isClosed && lineCounts.allSatisfy { $0 > 0 } ? border : nil
  }

  /// Saddles and minima: points of the grid around which the function goes up and down twice, or
  /// only up, and from there by Newton's method; nil where some minimum is in a void, in which lines
  /// end and rounding has critical points without number.
  private func criticalPoints() -> [CriticalPoint]? {
    var candidates: [Int] = []
    let isOnVoid = values.withUnsafeBufferPointer { values in
      for j in values.indices {
        let surroundings = grid.surroundings(of: j, values)
        if surroundings.isBottom && values[j] <= floor { return true }
        if surroundings.changes >= 4 || surroundings.isBottom { candidates.append(j) }
      }
      return false
    }
    if isOnVoid { return nil }
    var found: [CriticalPoint] = []
    for j in candidates {
      guard let point = criticalPoint(from: field.point(j)), !point.curvature.isMaximum,
        !found.contains(where: { ($0.place - point.place).length < 1e-6 })
      else { continue }
      found.append(point)
    }
    return found
  }

  /// Follows the line that leaves a saddle downhill; returns the number of the minimum it ends in.
  private func followLine(
    from saddle: SIMD3<Double>, _ direction: SIMD3<Double>, left: Int, right: Int,
    adding border: inout SphereBorder, minima: inout [SIMD3<Double>]
  ) -> Int? {
    var point = SphereBorder.Point(place: saddle, tangent: direction)
    var place = (saddle + 0.02 * field.spacing * direction).direction
    for step in 0..<6000 {
      guard field.jet(at: place).w > floor else { return nil }
      let gradient = field.gradient(at: place)
      let next = SphereBorder.Point(place: place, tangent: gradient.direction)
      border.add(point, next, left: left, right: right)
      point = next
      let curvature = curvature(at: place)
      if step > 4, curvature.isMinimum, let move = curvature.newtonMove(gradient),
        move.length < 0.02 * field.spacing
      {
        guard let minimum = criticalPoint(from: place) else { return nil }
        let end = SphereBorder.Point(place: minimum.place, tangent: .zero)
        border.add(point, end, left: left, right: right)
        if let known = minima.firstIndex(where: { ($0 - minimum.place).length < 1e-6 }) {
          return known
        }
        minima.append(minimum.place)
        return minima.count - 1
      }
      // Much longer steps would throw the line off where the flow draws to it the most.
      let steepest = max(abs(curvature.values.0), abs(curvature.values.1))
      let length = min(0.4 * field.spacing, 0.4 * gradient.length / steepest)
      guard let further = self.step(from: place, length: length, uphill: false) else { return nil }
      place = further
    }
    return nil
  }
}
