/// SplitMix64 (Steele, Lea, Flood 2014): the same random numbers in every run of the tests.
public struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  /// - Parameter state: the seed.
  public init(state: UInt64) { self.state = state }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Numbers in a range, multiples of 2⁻⁴⁰: differences and sums of a few of them are exact.
  public mutating func numbers(_ count: Int, in range: ClosedRange<Double>) -> [Double] {
    (0..<count).map { _ in
      (Double.random(in: range, using: &self) * 0x1p40).rounded() * 0x1p-40
    }
  }

  /// Weights summing to one up to rounding; every fifth is zero where there are more than five.
  public mutating func masses(_ count: Int) -> [Double] {
    let values = (0..<count).map { i in
      count > 5 && i % 5 == 4 ? 0 : Double.random(in: 0.1...1, using: &self)
    }
    let total = values.reduce(0, +)
    return values.map { $0 / total }
  }
}
