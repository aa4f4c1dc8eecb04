import Foundation
import TestSupport
import Testing
import Transforms

/// Moments of weighted polar angles against their defining sum.
struct GegenbauerMomentsTests {
  /// Both sides of blocks of 32 points and of vectors of eight.
  static let counts = [1, 7, 8, 31, 32, 33, 100]

  private func moments(
    _ angles: [Double], _ masses: [Double]?, dimension: Int, degree: Int
  ) -> [Double] {
    var result = [Double](repeating: .nan, count: degree + 2)
    angles.withUnsafeBufferPointer {
      gegenbauerMoments(
        of: $0, masses: masses, dimension: dimension, degree: degree, into: &result)
    }
    #expect(result[degree + 1].isNaN, "nothing is written behind the end")
    return Array(result.dropLast())
  }

  @Test(arguments: [2, 3, 4, 5, 64, 4096], counts)
  func momentsEqualTheirDefiningSum(dimension: Int, count: Int) {
    var random = SplitMix(state: UInt64(count + dimension))
    let angles = random.numbers(count, in: 0...3.14159)
    for degree in [0, 1, 2, 70] {
      for masses in [nil, random.masses(count)] {
        var expected = [Double](repeating: 0, count: degree + 1)
        for (i, angle) in angles.enumerated() {
          let values = PlainPolynomials.gegenbauer(
            dimension: max(3, dimension), degree: degree, angle: angle)
          for l in 0...degree {
            let value = dimension == 2 ? cos(Double(l) * angle) : values[l]
            expected[l] += (masses?[i] ?? 1 / Double(count)) * value
          }
        }
        let result = moments(angles, masses, dimension: dimension, degree: degree)
        for l in 0...degree {
          // x = cos θ here is known to 10⁻¹⁶, and P_l is at most l² as steep in x.
          let bound = 1e-15 * (1 + Double(l)) + 1e-16 * Double(l * l)
          #expect(abs(result[l] - expected[l]) < bound, "moment \(l)")
        }
      }
    }
  }

  @Test(arguments: [2, 3, 64, 4096])
  func polesHaveMomentsOfOneSign(dimension: Int) {
    #expect(moments([0], nil, dimension: dimension, degree: 300).allSatisfy { $0 == 1 })
    let south = moments([Double.pi], [0.5], dimension: dimension, degree: 300)
    #expect(south.enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? 0.5 : -0.5) })
  }

  /// Closer to the pole than its cosine can tell: cos 10⁻⁹ = 1, yet P_l − 1 = −l(l+1)θ²/4 there.
  @Test func anglesNearThePoleKeepTheirDigits() {
    let angle = 1e-5
    let result = moments([angle], nil, dimension: 3, degree: 200)
    for l in [1, 10, 200] {
      let λ = Double(l * (l + 1))
      let square = angle * angle
      // P_l = 1 − λθ²/4 + λ(3λ−2)θ⁴/192 − …; from cos θ the error would be 10⁻¹⁶ λ/2.
      let expected = 1 - λ * square / 4 + λ * (3 * λ - 2) * square * square / 192
      #expect(abs(result[l] - expected) < 3e-16)
    }
  }

  @Test func noPointsHaveNoMoments() {
    #expect(moments([], nil, dimension: 3, degree: 4) == [0, 0, 0, 0, 0])
  }

  @Test func everyPointNeedsAMass() async {
    await #expect(processExitsWith: .failure) {
      var result = [0.0, 0]
      [1.0, 2].withUnsafeBufferPointer {
        gegenbauerMoments(of: $0, masses: [1], dimension: 3, degree: 1, into: &result)
      }
    }
  }
}
