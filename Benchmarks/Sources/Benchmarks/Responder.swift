import Foundation
import Transforms

extension Benchmarks {
  /// Times a synthesis and its adjoint for every degree read, so that another program's transforms
  /// can be timed in turns with ours: `Benchmarks/transforms.py`.
  ///
  /// Writes a line with the least seconds of either, on the smallest grid of the degree.
  static func answerDegrees() {
    var transforms: [Int: SphericalHarmonicTransform] = [:]
    while let line = readLine(), let degree = Int(line) {
      let transform =
        transforms[degree]
        ?? SphericalHarmonicTransform(
          degree: degree, latitudes: degree + 1, longitudes: 2 * degree + 2)
      transforms[degree] = transform
      var coefficients = (0..<transform.layout.count).map { _ in Double.random(in: -1...1) }
      let size = transform.latitudes * transform.longitudes
      let samples = UnsafeMutableRawPointer.allocate(byteCount: 8 * size, alignment: 64)
        .bindMemory(to: Double.self, capacity: size)
      samples.initialize(repeating: 0, count: size)
      defer { samples.deallocate() }
      let repetitions = 400_000 / (degree * degree) + 2
      let synthesis = seconds(repetitions: repetitions) {
        transform.synthesize(coefficients, into: samples)
      }
      let adjoint = seconds(repetitions: repetitions) {
        transform.adjoint(samples, rowFactors: transform.weights, into: &coefficients)
      }
      print(synthesis, adjoint)
      fflush(nil)
    }
  }
}
