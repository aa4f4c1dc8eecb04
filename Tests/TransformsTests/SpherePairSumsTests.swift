import Foundation
import TestSupport
import Testing
import Transforms

/// Attention's defining sums on spheres against a plain double loop and closed forms.
struct SpherePairSumsTests {
  static let dimensions = [2, 3, 4, 5, 8, 17, 64, 128, 129]
  static let counts = [1, 2, 7, 8, 9, 64, 257]
  static let betas = [0, 1, 16, 1000, 1e4]

  struct Sums: Equatable {
    var partition: [Double]
    var slope: [Double]
    var radial: [Double]
  }

  /// Points on S^{d−1}, row after row, at distances of order `width` from three centres.
  private func points(
    _ count: Int, _ dimension: Int, width: Double, centres: Int = 3, seed: UInt64 = 1
  ) -> [Double] {
    var random = SplitMix(state: seed &+ UInt64(1000 * dimension + count))
    let middle = random.numbers(centres * dimension, in: -1...1)
    let size = width * (3 / Double(dimension)).squareRoot()
    var rows: [Double] = []
    for i in 0..<count {
      let centre = middle[(i % centres * dimension)..<((i % centres + 1) * dimension)]
      let length = centre.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let noise = random.numbers(dimension, in: -1...1)
      let row = zip(centre, noise).map { $0 / length + size * $1 }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      rows += row.map { $0 / norm }
    }
    return rows
  }

  private func fastSums(
    _ sums: SpherePairSums, _ points: [Double], _ masses: [Double]?, _ beta: Double,
    threads: Int = 1
  ) -> Sums {
    var result = Sums(
      partition: [Double](repeating: .nan, count: sums.count),
      slope: [Double](repeating: .nan, count: points.count),
      radial: [Double](repeating: .nan, count: sums.count))
    sums.evaluate(
      points: points, masses: masses, beta: beta, partition: &result.partition,
      slope: &result.slope, radial: &result.radial, threads: threads)
    return result
  }

  private func fastSums(
    _ points: [Double], dimension: Int, _ masses: [Double]?, _ beta: Double
  ) -> Sums {
    let sums = SpherePairSums(count: points.count / dimension, dimension: dimension)
    return fastSums(sums, points, masses, beta)
  }

  /// Squared distances and products of point i with all the others.
  private func neighbours(_ points: [Double], _ d: Int, of i: Int) -> [(
    square: Double, dot: Double
  )] {
    points.withUnsafeBufferPointer { x in
      (0..<(x.count / d)).map { j in
        var square = 0.0
        var dot = 0.0
        for c in 0..<d {
          let difference = x[j * d + c] - x[i * d + c]
          square += difference * difference
          dot += x[j * d + c] * x[i * d + c]
        }
        return (square, dot)
      }
    }
  }

  /// The sums at point i, term by term as they are defined.
  private func plainSums(
    _ points: [Double], _ d: Int, _ i: Int, _ neighbours: [(square: Double, dot: Double)],
    _ masses: [Double]?, _ beta: Double
  ) -> Sums {
    var sums = Sums(partition: [0], slope: [Double](repeating: 0, count: d), radial: [0])
    let kernels = neighbours.indices.map { j in
      (masses?[j] ?? 1 / Double(neighbours.count)) * exp(-beta * neighbours[j].square / 2)
    }
    sums.partition[0] = kernels.reduce(0, +)
    sums.radial[0] = zip(kernels, neighbours).reduce(0) { $0 + $1.0 * $1.1.dot }
    points.withUnsafeBufferPointer { x in
      sums.slope.withUnsafeMutableBufferPointer { slope in
        // Terms that cannot be seen beside the others are left out: this loop is not optimized.
        for j in kernels.indices where kernels[j] > 1e-20 {
          for c in 0..<d {
            slope[c] += kernels[j] * (x[j * d + c] - neighbours[j].dot * x[i * d + c])
          }
        }
      }
    }
    return sums
  }

  private func largestDifference(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Double {
    zip(a, b).reduce(0) { $1.0.isFinite ? max($0, ($1.0 - $1.1).magnitude) : .infinity }
  }

  /// Uniform points hardly see each other at large β; of points one kernel width apart all count.
  @Test(arguments: dimensions, counts)
  func sumsEqualThePlainLoop(dimension: Int, count: Int) {
    var random = SplitMix(state: UInt64(count))
    let weights = random.masses(count)
    let sums = SpherePairSums(count: count, dimension: dimension)
    // Weights sum to one. Every kernel is wrong by a few roundings, and so is ⟨x, y⟩ in the plain
    // slope; the plain sums are rounded N times.
    let bound = 1e-15 + 2e-17 * Double(count)
    for beta in Self.betas {
      for width in [10, 1 / (1 + beta).squareRoot()] {
        let x = points(count, dimension, width: width)
        let equal = fastSums(sums, x, nil, beta)
        let unequal = fastSums(sums, x, weights, beta)
        for i in stride(from: (count - 1) % 23, to: count, by: 23) {
          let others = neighbours(x, dimension, of: i)
          for (fast, masses) in [(equal, nil), (unequal, weights)] {
            let plain = plainSums(x, dimension, i, others, masses, beta)
            #expect(abs(fast.partition[i] - plain.partition[0]) < bound)
            #expect(abs(fast.radial[i] - plain.radial[0]) < bound)
            let slope = fast.slope[(i * dimension)..<((i + 1) * dimension)]
            #expect(largestDifference(slope, plain.slope) < bound)
          }
        }
      }
    }
  }

  /// Σ_ij w_i w_j k (β (1 − u²) − (d − 1) u), u = ⟨x_i, x_j⟩.
  @Test(arguments: dimensions, counts)
  func curvatureEqualsThePlainLoop(dimension: Int, count: Int) {
    var random = SplitMix(state: UInt64(count))
    let weights = random.masses(count)
    let sums = SpherePairSums(count: count, dimension: dimension)
    for beta in Self.betas {
      let x = points(count, dimension, width: 1 / (1 + beta).squareRoot())
      let others = (0..<count).map { neighbours(x, dimension, of: $0) }
      for masses in [nil, weights] {
        var plain = 0.0
        for i in 0..<count {
          for j in 0..<count {
            let (square, dot) = others[i][j]
            // 1 − u² = s (2 − s), s = |x − y|²/2.
            let bend = beta * square / 2 * (2 - square / 2) - Double(dimension - 1) * dot
            let weight = (masses?[i] ?? 1 / Double(count)) * (masses?[j] ?? 1 / Double(count))
            plain += weight * exp(-beta * square / 2) * bend
          }
        }
        let fast = sums.curvature(points: x, masses: masses, beta: beta)
        // Terms are of order d. Every kernel is wrong by a few roundings, and the plain sum is rounded N²
        // times at random: by N of 10⁻¹⁶.
        #expect(abs(fast - plain) < Double(dimension) * (3e-15 + 1e-16 * Double(count)))
      }
    }
  }

  /// e^{β(⟨x, y⟩ − 1)} from products and from differences is the same, up to what products lose.
  @Test(arguments: dimensions, betas)
  func kernelIsThatOfTheProduct(dimension: Int, beta: Double) {
    let x = points(40, dimension, width: 1 / (1 + beta).squareRoot())
    let fast = fastSums(x, dimension: dimension, nil, beta)
    for i in 0..<40 {
      let partition = neighbours(x, dimension, of: i).reduce(0) {
        $0 + exp(beta * ($1.dot - 1)) / 40
      }
      // A product of unit rows is wrong by some 10⁻¹⁶, the exponent by β times that.
      #expect(abs(fast.partition[i] - partition) < 2e-15 + 1e-15 * beta)
    }
  }

  /// At β = 0 the partition is the mass, the slope the projected mean, however many blocks meet.
  @Test(arguments: dimensions, [100, 600, 1056])
  func withoutInverseTemperatureTheSlopeIsThatOfTheMean(dimension: Int, count: Int) {
    var random = SplitMix(state: 8)
    let masses = random.masses(count)
    let x = points(count, dimension, width: 10)
    let sums = fastSums(x, dimension: dimension, masses, 0)
    var mean = [Double](repeating: 0, count: dimension)
    for i in 0..<count {
      for c in 0..<dimension { mean[c] += masses[i] * x[i * dimension + c] }
    }
    // Sums of N terms, rounded.
    let bound = 1e-15 + 2e-17 * Double(count)
    for i in stride(from: 0, to: count, by: 11) {
      let row = x[(i * dimension)..<((i + 1) * dimension)]
      let along = zip(row, mean).reduce(0) { $0 + $1.0 * $1.1 }
      let slope = sums.slope[(i * dimension)..<((i + 1) * dimension)]
      #expect(abs(sums.partition[i] - 1) < bound)
      #expect(largestDifference(slope, zip(mean, row).map { $0 - along * $1 }) < bound)
    }
  }

  /// On the axes e_1 … e_d: Z = (1 + (d − 1) e^{−β})/d, slope_i = e^{−β}/d Σ_{j≠i} e_j.
  @Test(arguments: dimensions, [0, 1, 16])
  func sumsOfTheAxesHaveAClosedForm(dimension: Int, beta: Double) {
    let d = dimension
    let axes = (0..<(d * d)).map { $0 / d == $0 % d ? 1.0 : 0 }
    let sums = fastSums(axes, dimension: d, nil, beta)
    let other = exp(-beta) / Double(d)
    let partition = [Double](repeating: 1 / Double(d) + Double(d - 1) * other, count: d)
    // A sum of d terms, rounded.
    #expect(largestDifference(sums.partition, partition) < 3e-15)
    #expect(largestDifference(sums.slope, axes.map { $0 == 1 ? 0 : other }) < 1e-15)
  }

  /// Two points at an angle γ: Z = m₁ + m₂ e^{β(cos γ − 1)}, |slope₁| = m₂ e^{β(cos γ − 1)} sin γ.
  @Test(arguments: dimensions, [1e-9, 1e-3, 0.5, 2, Double.pi])
  func sumsOfTwoPointsHaveAClosedForm(dimension: Int, angle: Double) {
    for beta in Self.betas {
      var x = [Double](repeating: 0, count: 2 * dimension)
      x[dimension - 1] = 1
      x[2 * dimension - 1] = cos(angle)
      x[dimension] = sin(angle)
      let sums = fastSums(x, dimension: dimension, [0.25, 0.75], beta)
      let kernel = 0.75 * exp(-2 * beta * pow(sin(angle / 2), 2))
      #expect(abs(sums.partition[0] - 0.25 - kernel) < 1e-15)
      // An exponent t is wrong by t roundings, its exponential by at most 0.4 of one.
      #expect(abs(sums.slope[0] - kernel * sin(angle)) < 1e-15 * sin(angle))
      #expect(sums.slope[1..<dimension].allSatisfy { abs($0) < 1e-15 })
    }
  }

  @Test(arguments: dimensions, betas)
  func tokensAtOnePointStandStill(dimension: Int, beta: Double) {
    let row = points(1, dimension, width: 10)
    let x = (0..<19).flatMap { _ in row }
    let sums = fastSums(x, dimension: dimension, nil, beta)
    // Nineteen nineteenths, rounded.
    #expect(sums.partition.allSatisfy { abs($0 - 1) < 4 * 1.0.ulp })
    #expect(sums.slope.allSatisfy { $0 == 0 })
  }

  @Test(arguments: dimensions)
  func antipodalTokensStandStill(dimension: Int) {
    let row = points(1, dimension, width: 10)
    let sums = fastSums(row + row.map { -$0 }, dimension: dimension, [0.5, 0.5], 1)
    #expect(sums.partition.allSatisfy { abs($0 - 0.5 - 0.5 * exp(-2)) < 1e-15 })
    #expect(sums.slope.allSatisfy { abs($0) < 1e-15 })
  }

  /// Where all tokens nearly coincide slopes keep their digits.
  @Test(arguments: dimensions, [1e-4, 1e-8])
  func slopesInOneNarrowClusterAreAccurateRelativeToItsWidth(dimension: Int, width: Double) {
    let count = 100
    let x = points(count, dimension, width: width, centres: 1)
    let sums = fastSums(x, dimension: dimension, nil, 4)
    for i in stride(from: 0, to: count, by: 9) {
      let others = neighbours(x, dimension, of: i)
      var slope = [Double](repeating: 0, count: dimension)
      for j in 0..<count {
        let kernel = exp(-2 * others[j].square) / Double(count)
        for c in 0..<dimension {
          slope[c] += kernel * (x[j * dimension + c] - x[i * dimension + c])
        }
      }
      let row = x[(i * dimension)..<((i + 1) * dimension)]
      let along = zip(slope, row).reduce(0) { $0 + $1.0 * $1.1 }
      for c in 0..<dimension { slope[c] -= along * x[i * dimension + c] }
      let fast = sums.slope[(i * dimension)..<((i + 1) * dimension)]
      #expect(largestDifference(fast, slope) < 2e-15 * width)
    }
  }

  /// A circle of tokens in the plane of two axes is the same circle.
  @Test(arguments: [2, 3, 7], betas)
  func sumsOnACircleAreThoseOfTheCircle(dimension: Int, beta: Double) {
    let count = 150
    var random = SplitMix(state: 5)
    let angles = random.numbers(count, in: -3...3)
    let masses = random.masses(count)
    var x = [Double](repeating: 0, count: count * dimension)
    for i in 0..<count {
      x[i * dimension] = cos(angles[i])
      x[(i + 1) * dimension - 1] = sin(angles[i])
    }
    let sums = fastSums(x, dimension: dimension, masses, beta)
    var partition = angles
    var slope = angles
    angles.withUnsafeBufferPointer {
      CirclePairSums(count: count).evaluate(
        at: $0, masses: masses, beta: beta, partition: &partition, slope: &slope)
    }
    // Cosines and sines are rounded: distances are wrong by some 10⁻¹⁶, kernels by √β times that.
    #expect(largestDifference(sums.partition, partition) < 1e-15 * (2 + beta.squareRoot()))
    for i in 0..<count {
      #expect(abs(sums.slope[i * dimension] + slope[i] * sin(angles[i])) < 3e-15)
      #expect(abs(sums.slope[(i + 1) * dimension - 1] - slope[i] * cos(angles[i])) < 3e-15)
    }
  }

  @Test(arguments: [2, 3, 4, 5, 40], [1, 16, 129, 700])
  func threadsDoNotChangeTheValues(dimension: Int, count: Int) {
    let x = points(count, dimension, width: 0.5)
    let sums = SpherePairSums(count: count, dimension: dimension)
    let one = fastSums(sums, x, nil, 16)
    for threads in [2, 3] {
      #expect(fastSums(sums, x, nil, 16, threads: threads) == one)
    }
  }

  @Test(arguments: [3, 9])
  func nothingIsLeftFromEarlierSums(dimension: Int) {
    var random = SplitMix(state: 4)
    let masses = random.masses(50)
    let x = points(50, dimension, width: 10)
    let sums = SpherePairSums(count: 50, dimension: dimension)
    let fresh = fastSums(sums, x, masses, 2)
    _ = fastSums(sums, points(50, dimension, width: 0.1, seed: 9), nil, 1000)
    #expect(fastSums(sums, x, masses, 2) == fresh)
  }

  @Test func aSphereOfDimensionZeroIsRefused() async {
    await #expect(processExitsWith: .failure) { _ = SpherePairSums(count: 4, dimension: 1) }
  }

  @Test func massesOfOtherPointsAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var partition = [0.0, 0]
      var slope = [0.0, 0, 0, 0]
      SpherePairSums(count: 2, dimension: 2).evaluate(
        points: [1, 0, 0, 1], masses: [1], beta: 1, partition: &partition, slope: &slope)
    }
  }
}
