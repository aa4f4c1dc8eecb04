import TestSupport

extension References {
  /// `hyperbolic.json`: β = 0 on S^{d−1}, by closed forms, mpmath at 40 digits.
  struct Hyperbolic: Decodable, Sendable {
    var poisson: [Poisson]
    var langevin: [Langevin]

    /// The hyperbolic Poisson kernel, whose radius grows.
    struct Poisson: Decodable, Sendable {
      var dimension: Int
      var radius: Digits
      /// Coefficients of P_1, P_2, … in dμ/dσ at t = 0.
      var terms: [Digits]
      var times: [Time]
      /// Where nearly all mass is at the pole; in low dimensions.
      var late: [Time]?
    }

    struct Time: Decodable, Sendable {
      var time: Double
      var radius: Digits
      /// ∫ P_l dμ, l = 1, 2, ….
      var moments: [Digits]
    }

    /// The stationary law e^{κ r cos θ} with noise D = 1/κ, of mean r.
    struct Langevin: Decodable, Sendable {
      var dimension: Int
      var kappa: Double
      var mean: Digits
    }
  }

  static func hyperbolic() throws -> Hyperbolic { try load("hyperbolic") }
}
