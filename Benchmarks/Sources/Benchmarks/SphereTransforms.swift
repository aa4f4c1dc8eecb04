import CountAllocations
import Transforms

extension Benchmarks {
  /// Spherical harmonic transforms on the smallest grid of their degree, against what they cannot do
  /// without: their rows through FFTW, and the Legendre recurrence with nothing summed.
  static func sphereTransforms() {
    for degree in [63, 127, 255] {
      let latitudes = degree + 1
      let longitudes = 2 * degree + 2
      let size = latitudes * longitudes
      let transform = SphericalHarmonicTransform(
        degree: degree, latitudes: latitudes, longitudes: longitudes)
      var coefficients = (0..<transform.layout.count).map { _ in Double.random(in: -1...1) }
      var samples = [Double](repeating: 0, count: size)
      var (theta, phi) = (samples, samples)
      let synthesis = seconds(repetitions: 30) {
        transform.synthesize(coefficients, into: &samples)
      }
      let adjoint = seconds(repetitions: 30) { transform.adjoint(samples, into: &coefficients) }
      let gradient = seconds(repetitions: 30) {
        transform.synthesizeGradient(coefficients, theta: &theta, phi: &phi)
      }
      let divergence = seconds(repetitions: 30) {
        transform.adjointGradient(theta: theta, phi: phi, into: &coefficients)
      }
      // Two real rows in each complex one: half the time of real transforms.
      let row = ComplexFourierTransform(count: longitudes, width: 1)
      let (source, target) = (zeros(longitudes), zeros(longitudes))
      let rows = seconds(repetitions: 30) {
        for _ in 0..<(latitudes / 2) {
          row.backward(source, to: target)
          row.forward(source, to: target)
        }
      }
      source.deallocate()
      target.deallocate()
      let recurrence = seconds(repetitions: 30) { bareRecurrence(degree: degree) }
      let parts = short(rows * 1e6) + " + 2 · " + short(recurrence * 1e6)
      report(
        "sphere, degree \(degree), synthesis and its adjoint "
          + "(\(short(synthesis * 1e6)) + \(short(adjoint * 1e6)) µs)", synthesis + adjoint,
        rows + 2 * recurrence, of: "bare rows and recurrence, \(parts)", target: 3)
      report(
        "sphere, degree \(degree), gradient and its adjoint "
          + "(\(short(gradient * 1e6)) + \(short(divergence * 1e6)) µs)", gradient + divergence,
        2 * (rows + 2 * recurrence), of: "twice the same", target: 3)

      let before = allocations_so_far()
      transform.synthesize(coefficients, degree: degree / 4, into: &samples)
      transform.adjoint(samples, rowFactors: transform.weights, into: &coefficients)
      transform.synthesizeGradient(coefficients, theta: &theta, phi: &phi)
      transform.adjointGradient(theta: theta, phi: phi, into: &coefficients)
      let count = allocations_so_far() - before
      print("  allocations in four transforms: \(count), target 0")
    }
  }

  /// Room for complex numbers, zero at first.
  private static func zeros(_ count: Int) -> UnsafeMutablePointer<Vector> {
    let vectors = UnsafeMutablePointer<Vector>.allocate(capacity: (count + 3) / 4)
    vectors.initialize(repeating: .zero, count: (count + 3) / 4)
    return vectors
  }

  /// q_{j+1} = (a_j y + b_j) q_j + q_{j−1} for every order on as many vectors as the northern half has.
  private static func bareRecurrence(degree: Int) {
    let tiles = (degree / 2 + 32) / 32
    let pairs = [Double](repeating: 1.5, count: degree + 4)
    let squares = InlineArray<4, Vector> { Vector(repeating: 0.1 * Double($0)) }
    var last = InlineArray<4, Vector>(repeating: .zero)
    pairs.withUnsafeBufferPointer { pairs in
      for m in 0...degree {
        for _ in 0..<tiles {
          var value = InlineArray<4, Vector>(repeating: Vector(repeating: 1e-300))
          var previous = InlineArray<4, Vector>(repeating: .zero)
          for j in 0..<((degree - m) / 2 + 1) {
            let a = Vector(repeating: pairs[2 * j])
            let b = Vector(repeating: -pairs[2 * j + 1])
            for v in 0..<4 {
              let next = previous[v].addingProduct(b.addingProduct(a, squares[v]), value[v])
              previous[v] = value[v]
              value[v] = next
            }
          }
          for v in 0..<4 { last[v] += value[v] }
        }
      }
    }
    precondition(last[0][0] == last[0][0], "a recurrence that is not used may be left out")
  }
}
