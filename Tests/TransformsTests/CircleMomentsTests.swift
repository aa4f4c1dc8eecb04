import Foundation
import TestSupport
import Testing
import Transforms

/// Moments of many points and modes by cells, of others by recurrences: both are the defining sum.
struct CircleMomentsTests {
  @Test(arguments: [0, 1, 12, 32, 33, 64, 100, 513, 2100], [1, 7, 33, 1000, 3000, 6007])
  func momentsEqualTheirDefiningSum(modes: Int, count: Int) {
    var random = SplitMix(state: UInt64(modes + 7 * count))
    let masses = random.masses(count)
    let moments = CircleMoments(modes: modes)
    // Sorted points take another way into their cells; so do those of one cell.
    let scattered = random.numbers(count, in: 0...2 * Double.pi)
    for angles in [scattered, scattered.sorted(), random.numbers(count, in: 0.3...0.301)] {
      var result = [Double](repeating: .nan, count: 2 * (modes + 1))
      angles.withUnsafeBufferPointer { moments.write(of: $0, masses: masses, into: &result) }
      for k in Set([0, 1, modes / 3, modes - 1, modes]) where (0...modes).contains(k) {
        var expected = (0.0, 0.0)
        for (angle, mass) in zip(angles, masses) {
          expected.0 += mass * cos(Double(k) * angle)
          expected.1 -= mass * sin(Double(k) * angle)
        }
        // Cells round their number over 2π, its product with θ, and the other side kθ: half an ulp of 2πk each; sums are random
        // walks of N roundings; 2 · 10⁻¹⁵ is what cells leave of the last mode.
        let bound = 2e-15 + 1.1e-16 * (Double(count).squareRoot() + 6 * Double.pi * Double(k))
        #expect(
          hypot(result[2 * k] - expected.0, result[2 * k + 1] - expected.1) < bound, "mode \(k)")
      }
    }
  }

  /// One point at a time, so that errors of many do not cancel: at borders of cells, in their middle, and at −7.
  @Test(arguments: [32, 64])
  func everyPlaceInACellIsResolved(modes: Int) {
    let moments = CircleMoments(modes: modes)
    let width = Double.pi / Double(modes)
    for angle in [0, 0.5 * width, (0.5 * width).nextUp, 0.4 * width, 3.5 * width, -7] {
      // As many points as it takes to go by cells.
      let angles = [Double](repeating: angle, count: 4000)
      var result = [Double](repeating: .nan, count: 2 * (modes + 1))
      angles.withUnsafeBufferPointer {
        moments.write(
          of: $0, masses: [Double](repeating: 1 / 4000.0, count: 4000), into: &result)
      }
      for k in 0...modes {
        let phase = Double(k) * angle
        // Mode k is wrong by 2 (κ/2)¹⁶/16! ≤ 2 · 10⁻¹⁵, κ = πk/2K, by k ulp of the angle, and by a random walk of 500
        // roundings in each of eight lanes, 2.5 · 10⁻¹⁵. Half the cells or powers would leave 10⁻¹⁰ or more.
        let bound = 1e-14 + 2 * Double(k) * 8.9e-16
        #expect(hypot(result[2 * k] - cos(phase), result[2 * k + 1] + sin(phase)) < bound)
      }
    }
  }

  @Test func noPointsHaveNoMoments() {
    var result = [Double](repeating: .nan, count: 8)
    [].withUnsafeBufferPointer {
      CircleMoments(modes: 3).write(of: $0, masses: [], into: &result)
    }
    #expect(result == [Double](repeating: 0, count: 8))
  }
}
