import MeanField
import RunFiles
import Transforms

extension Benchmarks {
  /// Figure 3 of arXiv 2312.10794 at d = 128, by the authors' step: a tenth of a point of the sweep.
  static func alignment() throws {
    let (count, dimension, members, steps) = (32, 128, 26, 300)
    let text = """
      manifold: {sphere: {dimension: \(dimension)}}
      initial: uniform
      density: none
      particles: {count: \(count), members: \(members), scheme: {euler: {step: 0.1}}}
      time: {end: 30}
      output: {file: /nowhere.nc, every: 0.5}
      sweep:
        keys:
          - {key: attention.beta, values: [5]}
        observables:
          - {name: aligned, of: particles, probability: {innerProductAtLeast: 0.999}}
      """
    let sweep = try Sweep(RunFileSource(text: text, name: "bench.yaml"))
    var failure: (any Error)?
    let time = seconds(repetitions: 5) {
      do { _ = try sweep.solved(0, threads: 1) } catch let error { failure = error }
    }
    if let failure { throw failure }

    let rounds = members * steps
    let (size, products) = (128, 100)
    let factor = (0..<(size * size)).map { Double($0 % 7) }
    var product = factor
    let bareProducts = seconds(repetitions: 9) {
      for _ in 0..<products {
        multiply(factor, factor, into: &product, rows: size, inner: size, columns: size)
      }
    }
    let rate = Double(2 * size * size * size * products) / bareProducts
    var exponents = [Double](repeating: -0.5, count: count * count)
    let bareExponentials = seconds(repetitions: 9) {
      for _ in 0..<1000 { exponentials2(&exponents) }
    }
    let step = 4 * Double(count * count * dimension) / rate + bareExponentials / 1000
    report(
      "figure 3 at d = 128, \(members) members of \(count) tokens, 300 steps, probability every 5 "
        + "(\(short(time * 1e6 / Double(rounds))) µs a step)",
      time, step * Double(rounds),
      of: "4 N² d operations in matrix products and N² exponentials in cache", target: 1.5)
  }
}
