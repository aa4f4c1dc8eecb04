import Foundation
import TestSupport
import Testing
import Transforms

/// Points to moments and series to points, against their defining sums.
struct PointTransformTests {
  static let counts = [1, 7, 8, 9, 100, 1001]
  static let modes = [0, 1, 10, 11, 100, 341]

  /// Mode k is wrong by 2 (κ/2)⁸/8!, κ = πk/G (and the next term of that series, 1 % of it).
  private func modeError(_ k: Int, _ cells: Int) -> Double {
    2.1 * pow(Double.pi * Double(k) / Double(2 * cells), 8) / 40320
  }

  /// e^{−ikθ}, k = 0…modes, by repeated multiplication: wrong by k ulp whatever the size of θ.
  private func powers(_ angle: Double, _ modes: Int) -> [(real: Double, imaginary: Double)] {
    let c = cos(angle)
    let s = sin(angle)
    var result = [(real: 1.0, imaginary: 0.0)]
    for _ in 0..<modes {
      let (x, y) = result[result.count - 1]
      result.append((x * c + y * s, y * c - x * s))
    }
    return result
  }

  private func moments(_ transform: PointTransform, _ angles: [Double], _ masses: [Double]?)
    -> [Double]
  {
    var result = [Double](repeating: .nan, count: 2 * (transform.modes + 1))
    angles.withUnsafeBufferPointer { transform.moments(of: $0, masses: masses, into: &result) }
    return result
  }

  private func values(_ transform: PointTransform, _ angles: [Double], field: Int = 0) -> [Double] {
    var result = [Double](repeating: .nan, count: angles.count)
    angles.withUnsafeBufferPointer { transform.evaluate(field: field, at: $0, into: &result) }
    return result
  }

  @Test(arguments: modes, counts)
  func momentsEqualTheirDefiningSum(modes: Int, count: Int) {
    let transform = PointTransform(modes: modes, fieldCount: 1)
    var random = SplitMix(state: UInt64(modes + 7 * count))
    let angles = random.numbers(count, in: -20...20)
    for masses in [nil, random.masses(count)] {
      var real = [Double](repeating: 0, count: modes + 1)
      var imaginary = real
      for (i, angle) in angles.enumerated() {
        for (k, power) in powers(angle, modes).enumerated() {
          real[k] += (masses?[i] ?? 1) * power.real
          imaginary[k] += (masses?[i] ?? 1) * power.imaginary
        }
      }
      let scale = masses == nil ? 1 / Double(count) : 1
      let result = moments(transform, angles, masses)
      for k in 0...modes {
        // The place of an angle is known to 20 ulp, mode k turns k times as far.
        let bound = modeError(k, transform.cells) + 2e-15 + Double(k) * 20 * 2.3e-16
        #expect(
          hypot(
            result[2 * k] - scale * real[k], result[2 * k + 1] - scale * imaginary[k]) < bound,
          "mode \(k)")
      }
    }
  }

  @Test(arguments: modes, counts)
  func evaluationEqualsItsDefiningSum(modes: Int, count: Int) {
    let transform = PointTransform(modes: modes, fieldCount: 1)
    var random = SplitMix(state: UInt64(modes + 7 * count))
    let angles = random.numbers(count, in: -20...20)
    let coefficients = (0..<(2 * (modes + 1))).map { _ in
      Double.random(in: -1...1, using: &random)
    }
    transform.prepare(field: 0, coefficients: coefficients)
    let result = values(transform, angles)
    // c_{−k} = conj c_k: mode 0 counts once, by its real part.
    var bound = 1e-15 * Double(modes + 1)
    for k in 1..<(modes + 1) {
      let size = 2 * hypot(coefficients[2 * k], coefficients[2 * k + 1])
      bound += size * (modeError(k, transform.cells) + Double(k) * 20 * 2.3e-16)
    }
    for (i, angle) in angles.enumerated() {
      var sum = coefficients[0]
      for (k, power) in powers(angle, modes).enumerated().dropFirst() {
        sum += 2 * (coefficients[2 * k] * power.real + coefficients[2 * k + 1] * power.imaginary)
      }
      #expect(abs(result[i] - sum) < bound)
    }
  }

  /// Σ_i w_i F(θ_i) = Σ_k c_k conj m_k to rounding, though each side has its own error of 10⁻⁹.
  @Test(arguments: modes, counts)
  func momentsAreTheTransposeOfEvaluation(modes: Int, count: Int) {
    let transform = PointTransform(modes: modes, fieldCount: 1)
    var random = SplitMix(state: UInt64(3 * modes + count))
    let angles = random.numbers(count, in: -7...7)
    let masses = random.masses(count)
    // All of one size up to the last mode, where the error of either side is largest.
    let coefficients = (0..<(2 * (modes + 1))).map { _ in random.next() & 1 == 0 ? 1.0 : -1.0 }
    transform.prepare(field: 0, coefficients: coefficients)
    let left = zip(masses, values(transform, angles)).reduce(0) { $0 + $1.0 * $1.1 }
    let m = moments(transform, angles, masses)
    var right = coefficients[0] * m[0]
    for k in 1..<(modes + 1) {
      right += 2 * (coefficients[2 * k] * m[2 * k] + coefficients[2 * k + 1] * m[2 * k + 1])
    }
    // 2K + 1 terms of size up to 2√2 at a few ulp each.
    #expect(abs(left - right) < 2e-15 * Double(2 * modes + 1))
  }

  /// Points are taken in blocks of 2048, groups of 32 and eights; neighbours share a cell or not.
  @Test(
    arguments: [31, 32, 40, 63, 64, 72, 2048, 2057, 4109],
    [(0.001, false), (6, false), (6, true)])
  func blocksOfPointsHaveNoSeam(count: Int, points: (width: Double, isSorted: Bool)) {
    let (width, isSorted) = points
    let modes = 3
    let transform = PointTransform(modes: modes, fieldCount: 1)
    var random = SplitMix(state: UInt64(count))
    var angles = random.numbers(count, in: 0...width)
    if isSorted { angles.sort() }
    let masses = random.masses(count)
    let coefficients = [0.3, 0, 0.5, -0.1, 0, 0.2, -0.4, 0.3]
    transform.prepare(field: 0, coefficients: coefficients)
    let result = values(transform, angles)
    let weighted = moments(transform, angles, masses)
    let equal = moments(transform, angles, nil)
    var expected = [[Double]](repeating: [Double](repeating: 0, count: 2 * (modes + 1)), count: 2)
    // Angles to 20 ulp, in modes up to three.
    let bound = modeError(modes, transform.cells) + 3e-14
    // Adding N numbers one after another costs up to N roundings of their sum, here and there.
    let sumBound = bound + 2 * Double(count) * 1.1e-16
    for (i, angle) in angles.enumerated() {
      var sum = coefficients[0]
      for k in 0...modes {
        let c = cos(Double(k) * angle)
        let s = sin(Double(k) * angle)
        if k > 0 { sum += 2 * (coefficients[2 * k] * c - coefficients[2 * k + 1] * s) }
        expected[0][2 * k] += masses[i] * c
        expected[0][2 * k + 1] -= masses[i] * s
        expected[1][2 * k] += c / Double(count)
        expected[1][2 * k + 1] -= s / Double(count)
      }
      #expect(abs(result[i] - sum) < bound)
    }
    #expect(zip(weighted, expected[0]).allSatisfy { abs($0 - $1) < sumBound })
    #expect(zip(equal, expected[1]).allSatisfy { abs($0 - $1) < sumBound })
  }

  /// Angles of up to 10⁹: their place in a cell is known to one ulp of the angle.
  @Test(arguments: [1e3, 1e6, 1e9])
  func largeAnglesLoseNoMoreThanTheirOwnRounding(size: Double) {
    let modes = 50
    let transform = PointTransform(modes: modes, fieldCount: 1)
    var random = SplitMix(state: 9)
    let angles = (0..<20).map { _ in Double.random(in: -size...size, using: &random) }
    for angle in angles {
      let result = moments(transform, [angle], nil)
      for (k, power) in powers(angle, modes).enumerated() {
        let bound = modeError(k, transform.cells) + 1e-14 + Double(k) * size.ulp
        #expect(hypot(result[2 * k] - power.real, result[2 * k + 1] - power.imaginary) < bound)
      }
    }
  }

  @Test func cellBordersAreNoSeam() {
    let transform = PointTransform(modes: 10, fieldCount: 1)
    let width = 2 * Double.pi / Double(transform.cells)
    for cell in [-1, 0, 31, 63, 64, 1000] {
      let border = (Double(cell) + 0.5) * width
      for angle in [border.nextDown, border, border.nextUp] {
        let result = moments(transform, [angle], nil)
        for (k, power) in powers(angle, 10).enumerated() {
          let bound = modeError(k, transform.cells) + 1e-14 + Double(k) * 2 * abs(angle).ulp
          #expect(hypot(result[2 * k] - power.real, result[2 * k + 1] - power.imaginary) < bound)
        }
      }
    }
  }

  @Test func fieldsAreIndependent() {
    let transform = PointTransform(modes: 3, fieldCount: 2)
    let angles = [0.1, 2, -3]
    transform.prepare(field: 0, coefficients: [1, 0, 0, 0, 0, 0, 0, 0])
    transform.prepare(field: 1, coefficients: [0, 0, 0.5, 0, 0, 0, 0, 0])
    // κ = π/64 at mode 1: its error is 10⁻¹⁷.
    #expect(values(transform, angles, field: 0).allSatisfy { abs($0 - 1) < 1e-15 })
    for (value, angle) in zip(values(transform, angles, field: 1), angles) {
      #expect(abs(value - cos(angle)) < 1e-15)
    }
    // Taking moments leaves prepared fields alone.
    _ = moments(transform, [1, 2], nil)
    #expect(values(transform, angles, field: 0).allSatisfy { abs($0 - 1) < 1e-15 })
  }

  /// Velocities in one pass are those of two: factor · F₀, or F₀/F₁, and Σ m v F₀; sorted points take another
  /// way than others.
  @Test(arguments: counts + [4000], [true, false])
  func flowsAreProductsAndQuotientsOfFields(count: Int, divides: Bool) {
    let transform = PointTransform(modes: 3, fieldCount: 2)
    var random = SplitMix(state: UInt64(count))
    var angles = random.numbers(count, in: -20...20)
    if count == 4000 { angles = angles.map { 0.1 * $0 }.sorted() }
    transform.prepare(field: 0, coefficients: [0, 0, 0.1, -0.2, 0.3, 0, 0, 0.1])
    transform.prepare(field: 1, coefficients: [2, 0, 0.2, 0.1, 0, 0, 0.3, 0])
    let slopes = values(transform, angles, field: 0)
    let partitions = values(transform, angles, field: 1)
    for masses in [nil, random.masses(count)] {
      var velocities = [Double](repeating: .nan, count: count)
      let sum = angles.withUnsafeBufferPointer { angles in
        divides
          ? transform.evaluateQuotient(at: angles, masses: masses, share: 0, into: &velocities).sum
          : transform.evaluateFlow(factor: 0.7, at: angles, masses: masses, into: &velocities)
      }
      var expected = 0.0
      for i in angles.indices {
        let velocity = divides ? slopes[i] / partitions[i] : 0.7 * slopes[i]
        expected += (masses?[i] ?? 1) * velocity * slopes[i]
        // Factor before or after the quotient: two roundings of numbers up to two.
        #expect(abs(velocities[i] - velocity) < 1e-15)
      }
      #expect(abs(sum - expected) < 1e-15 * Double(count))
    }
  }

  /// Where F₁ is below its floor −∞ stands for the quotient, and the sum leaves it out.
  @Test(arguments: counts)
  func quotientsAreLeftOutWhereTheirDivisorIsLow(count: Int) {
    let transform = PointTransform(modes: 1, fieldCount: 2)
    var random = SplitMix(state: UInt64(count))
    let angles = random.numbers(count, in: -20...20)
    transform.prepare(field: 0, coefficients: [0.5, 0, 0, 0])
    // 1 + cos θ, whose largest value is 2.
    transform.prepare(field: 1, coefficients: [1, 0, 0.5, 0])
    var velocities = [Double](repeating: .nan, count: count)
    let (sum, isWhole) = angles.withUnsafeBufferPointer {
      transform.evaluateQuotient(at: $0, masses: nil, share: 0.1, into: &velocities)
    }
    var expected = 0.0
    for i in angles.indices {
      let divisor = 1 + cos(angles[i])
      if divisor < 0.2 {
        #expect(velocities[i] == -.infinity)
      } else {
        // The divisor is known to its rounding, 4·10⁻¹⁶ of 2.
        #expect(abs(velocities[i] - 0.5 / divisor) < 3e-14)
        expected += 0.25 / divisor
      }
    }
    #expect(isWhole == angles.allSatisfy { 1 + cos($0) >= 0.2 })
    #expect(abs(sum - expected) < 3e-14 * Double(count))
  }

  @Test func noPointsHaveNoMoments() {
    let transform = PointTransform(modes: 4, fieldCount: 1)
    #expect(moments(transform, [], nil).allSatisfy { $0 == 0 })
    #expect(moments(transform, [], []).allSatisfy { $0 == 0 })
  }

  @Test(arguments: [0, 1, 10, 11, 100, 1000, 10_000])
  func cellsAreAPowerOfTwoOfAtLeastSixTimesTheModes(modes: Int) {
    let cells = PointTransform.cellCount(modes: modes)
    #expect(cells & (cells - 1) == 0)
    #expect(cells >= 64 && cells >= 6 * modes)
    #expect(cells == 64 || cells / 2 < 6 * modes)
  }

  // MARK: The kernel field

  /// e^{−β} I_k(β), k = 0…K, to the mode where they fall below 10⁻¹⁶ of the first: backwards by
  /// I_{k−1} = I_{k+1} + (2k/β) I_k, scaled so that they sum to one.
  private func kernelCoefficients(_ beta: Double) -> [Double] {
    guard beta > 0 else { return [1, 0] }
    let start = Int(9 * beta.squareRoot()) + 30
    var values = [Double](repeating: 0, count: start + 2)
    values[start] = 1e-60
    for k in stride(from: start, to: 0, by: -1) {
      values[k - 1] = values[k + 1] + 2 * Double(k) / beta * values[k]
    }
    let total = values[0] + 2 * values.dropFirst().reduce(0, +)
    let last = values.lastIndex { $0 > 1e-16 * values[0] } ?? 1
    return values[0...max(1, last)].map { $0 / total }
  }

  /// Field of weighted sources at targets: largest difference from Σ_j w_j e^{β(cos Δ − 1)}.
  private func fieldError(
    _ beta: Double, _ sources: [Double], _ masses: [Double], _ targets: [Double]
  ) -> Double {
    let kernel = kernelCoefficients(beta)
    let transform = PointTransform(modes: kernel.count - 1, fieldCount: 1)
    var coefficients = moments(transform, sources, masses)
    for i in coefficients.indices { coefficients[i] *= kernel[i / 2] }
    transform.prepare(field: 0, coefficients: coefficients)
    return zip(targets, values(transform, targets)).reduce(0) { worst, pair in
      var sum = 0.0
      for (source, mass) in zip(sources, masses) {
        let half = sin((pair.0 - source) / 2)
        sum += mass * exp(-2 * beta * half * half)
      }
      return max(worst, abs(pair.1 - sum))
    }
  }

  /// One source near 0, where angles have no rounding to speak of: the documented 10⁻¹⁴ of the
  /// kernel's largest value, which is 1.
  @Test(arguments: [0, 1, 5, 16, 81, 400, 1000, 1e4])
  func theKernelFieldIsWithinItsDocumentedError(beta: Double) {
    var random = SplitMix(state: 12)
    let width = min(3, 6 / (1 + beta).squareRoot())
    let targets = random.numbers(200, in: -width...width)
    for source in random.numbers(5, in: -0.01...0.01) {
      #expect(fieldError(beta, [source], [1], targets) < 1e-14)
    }
  }

  /// Anywhere on the circle: an angle is known to 4·10⁻¹⁶, twice, and the kernel is as steep as
  /// √(β/e).
  @Test(arguments: [0, 1, 5, 16, 81, 400, 1000, 1e4])
  func theKernelFieldOfManySourcesIsWithinItsDocumentedError(beta: Double) {
    var random = SplitMix(state: 13)
    let sources = random.numbers(101, in: 0...6.28)
    let masses = random.masses(101)
    let targets = random.numbers(203, in: 0...6.28)
    let bound = 1e-14 + 2 * 4.4e-16 * (beta / exp(1)).squareRoot()
    #expect(fieldError(beta, sources, masses, targets) < bound)
  }
}
