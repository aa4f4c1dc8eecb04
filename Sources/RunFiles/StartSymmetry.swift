import Foundation
import MeanField

/// Whether a start on the circle is its own image under the rotation by 2π/k.
enum StartSymmetry {
  /// An angle given in twelve digits is as good as exact.
  private static let rounding = 1e-12

  /// What breaks the symmetry, and what would be allowed; nil where nothing does.
  static func flaw(of law: InitialLaw, folds: Int) -> String? {
    guard folds > 1 else { return nil }
    switch law {
    case .uniform: return nil
    case .tokens(let tokens): return flaw(of: tokens, folds: folds)
    case .harmonics, .vonMises, .perturbedUniform: return flawOfModes(of: law, folds: folds)
    case .orthogonal: preconditionFailure("orthogonal tokens are vectors, not angles")
    }
  }

  /// A density is symmetric if all its modes are multiples of k.
  private static func flawOfModes(of law: InitialLaw, folds: Int) -> String? {
    let moments = law.circularMoments(modes: max(1, law.circularModes))
    let present = (1..<moments.count).filter {
      moments.squaredMagnitude($0).squareRoot() > rounding * Double($0)
    }
    guard let broken = present.first(where: { $0 % folds != 0 }) else { return nil }
    let size = Quoting.rounded(2 * moments.squaredMagnitude(broken).squareRoot())
    let divisor = present.reduce(0, greatestCommonDivisor)
    let allowed = divisor == 1 ? "1" : "a divisor of \(divisor)"
    return "the start has mode \(broken), of amplitude \(size), allowed: \(allowed)"
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }

  /// Points are symmetric if every one has an image of the same mass.
  private static func flaw(of tokens: InitialLaw.Tokens, folds: Int) -> String? {
    let turn = 2 * Double.pi / Double(folds)
    let points = merged(tokens)
    let order = points.map(\.angle)
    for (angle, mass) in points {
      let image = wrappedAngle(angle + turn)
      let above = order.partitioningIndex { $0 >= image }
      // The nearest is one of the two on either side, round the circle.
      let found = [above, above + order.count - 1].map { points[$0 % order.count] }.first {
        abs(remainder($0.angle - image, 2 * Double.pi)) < rounding
      }
      guard let found, abs(found.mass - mass) < rounding else {
        return "the token at angle \(Quoting.rounded(angle)) has none of its mass at "
          + "\(Quoting.rounded(image)), allowed: 1, or tokens that have"
      }
    }
    return nil
  }

  /// Points in order, those at the same place as one.
  private static func merged(_ tokens: InitialLaw.Tokens) -> [(angle: Double, mass: Double)] {
    let sorted = zip(tokens.points.map { wrappedAngle($0) }, tokens.masses)
      .sorted { $0.0 < $1.0 }
    var points: [(angle: Double, mass: Double)] = []
    for (angle, mass) in sorted {
      if let last = points.last, angle - last.angle < rounding {
        points[points.count - 1].mass += mass
      } else {
        points.append((angle, mass))
      }
    }
    // The first and the last may be one point, seen from both sides of 0.
    if points.count > 1, points[0].angle + 2 * .pi - points[points.count - 1].angle < rounding {
      points[0].mass += points.removeLast().mass
    }
    return points
  }
}

extension [Double] {
  /// Where an ascending array begins to fulfil a condition, by bisection; its count if nowhere.
  fileprivate func partitioningIndex(where holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
