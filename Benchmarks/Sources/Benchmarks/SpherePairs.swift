import Transforms

extension Benchmarks {
  /// All pairs of 4096 tokens on S² and on S¹²⁷.
  static func spherePairSums() {
    let count = 4096
    let pairs = Double(count * count)
    var exponents = [Double](repeating: -0.5, count: 2048)
    let bareExponentials = seconds(repetitions: 5) {
      for _ in 0..<(count * count / 2048) { exponentials2(&exponents) }
    }
    reportSpherePairs(
      count: count, dimension: 3, bareExponentials, of: "as many exponentials in cache", target: 2)

    let (size, products) = (128, 100)
    let factor = (0..<(size * size)).map { Double($0 % 7) }
    var product = factor
    let bareProducts = seconds(repetitions: 5) {
      for _ in 0..<products {
        multiply(factor, factor, into: &product, rows: size, inner: size, columns: size)
      }
    }
    let flops = Double(2 * size * size * size * products) / bareProducts
    reportSpherePairs(
      count: count, dimension: 128, 4 * pairs * 128 / flops,
      of: "4 N² d operations in matrix products in cache", target: 1 / 0.6)
  }

  static func reportSpherePairs(
    count: Int, dimension: Int, _ bound: Double, of boundName: String, target: Double
  ) {
    var points: [Double] = []
    for _ in 0..<count {
      let row = (0..<dimension).map { _ in Double.random(in: -1...1) }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      points += row.map { $0 / norm }
    }
    var partition = [Double](repeating: 0, count: count)
    var slope = points
    let sums = SpherePairSums(count: count, dimension: dimension)
    let time = seconds(repetitions: 5) {
      sums.evaluate(points: points, masses: nil, beta: 4, partition: &partition, slope: &slope)
    }
    let perPair = short(time * 1e9 / Double(count * count))
    report(
      "all pairs of \(count) tokens, d = \(dimension) (\(perPair) ns a pair)", time, bound,
      of: boundName, target: target)
  }
}
