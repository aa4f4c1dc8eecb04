import TestSupport

@testable import MeanField

extension References {
  /// `noisy.json`: variances of moments of noisy tokens on spheres, by a Lyapunov equation.
  struct Noisy: Decodable, Sendable {
    var dimension: Int
    var equation: EquationEntry
    /// Coefficients of P_1, P_2, … in dμ/dσ at t = 0.
    var terms: [Double]
    var entries: [Entry]

    struct Entry: Decodable, Sendable {
      var time: Double
      /// lim N Var of ∫ P_l dμ, l = 1, 2, …; for d = 3 the sums over m of those of ∫ Y_lm dμ.
      var zonal: [Double]
      var sphere: [Double]?
    }

    func equation(on manifold: Manifold) -> Equation {
      Equation(
        manifold: manifold,
        attention: Attention(
          beta: equation.beta,
          normalization: Attention.Normalization(rawValue: equation.normalization) ?? .softmax),
        noise: equation.noise)
    }
  }

  static func noisy() throws -> [Noisy] { try load("noisy") }
}
