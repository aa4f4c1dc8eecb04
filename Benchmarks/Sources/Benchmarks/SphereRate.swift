import MeanField
import Transforms

extension Benchmarks {
  /// The right-hand side on S² at degree 127, β = 16, against its transforms.
  static func sphereRate() {
    let degree = 127
    let equation = Equation(manifold: .sphere(dimension: 3), attention: Attention(beta: 16))
    var dynamics = SpectralDynamics(
      equation: equation, basis: SphericalHarmonicBasis(degree: degree), maximum: degree,
      tolerance: 1e-2)
    let law = InitialLaw.vonMises([.init(mean: [0.6, 0, 0.8], concentration: 4)])
    let state = dynamics.basis.coefficients(of: law).state + [0]
    var rate = state
    let time = seconds(repetitions: 100) { dynamics.writeRate(of: state, into: &rate) }

    // The grid of the basis, free of aliasing.
    let latitudes = (3 * degree + 3) / 2
    let longitudes = dynamics.basis.pointCount / latitudes
    let transform = SphericalHarmonicTransform(
      degree: degree, latitudes: latitudes, longitudes: longitudes)
    var samples = [Double](repeating: 0, count: latitudes * longitudes)
    var (value, theta, phi) = (samples, samples, samples)
    let modes = equation.kernel.modes
    let bare = seconds(repetitions: 100) {
      transform.synthesize(state, rowFactors: transform.weights, into: &samples)
      transform.synthesizeGradient(
        state, degree: modes, value: &value, theta: &theta, phi: &phi)
      transform.adjointGradient(theta: theta, phi: phi, into: &rate)
    }
    report(
      "right-hand side on S², softmax, degree \(degree)", time, bare,
      of: "its transforms, six fields of rows", target: 1.3)
  }
}
