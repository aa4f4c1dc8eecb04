import TestSupport

extension References {
  /// `special.json`: Bessel functions, Q(a, x) and linear theory, mpmath at 50 digits.
  struct Special: Decodable, Sendable {
    var scaledBessel: [Bessel]
    var upperGamma: [UpperGamma]
    var growth: [Growth]
    /// By dimension: β at which modes l and l + 1 grow equally fast, l = 1, 2, ….
    var switches: [String: [Digits]]
    var critical: [Critical]
    var largestSpeed: [Speed]
    var kernelModes: [KernelModes]

    enum CodingKeys: String, CodingKey {
      case growth, switches, critical
      case scaledBessel = "scaled_bessel"
      case upperGamma = "upper_gamma"
      case largestSpeed = "largest_speed"
      case kernelModes = "kernel_modes"
    }

    struct Bessel: Decodable, Sendable {
      var beta: Digits
      var order: Int
      var value: Digits
    }

    struct UpperGamma: Decodable, Sendable {
      var a: Digits
      var x: Digits
      var tail: Digits

      enum CodingKeys: String, CodingKey {
        case a, x
        case tail = "Q"
      }
    }

    struct Growth: Decodable, Sendable {
      var dimension: Int
      var beta: Digits
      var fastest: Int
      var unnormalized: Digits
      var softmax: Digits
      var peak: Digits
      var softmaxRates: [Digits]

      enum CodingKeys: String, CodingKey {
        case dimension, beta, fastest, unnormalized, softmax, peak
        case softmaxRates = "softmax_rates_1_to_8"
      }
    }

    struct Critical: Decodable, Sendable {
      var dimension: Int
      var beta: Digits
      var unnormalized: Digits
      var softmax: Digits
      var peak: Digits

      enum CodingKeys: String, CodingKey {
        case dimension, beta
        case unnormalized = "D_unnormalized"
        case softmax = "D_softmax"
        case peak = "D_peak"
      }
    }

    struct Speed: Decodable, Sendable {
      var beta: Digits
      var unnormalized: Digits
      var peak: Digits
      var cosine: Digits
    }

    struct KernelModes: Decodable, Sendable {
      var beta: Digits
      var modes: Int
    }
  }

  /// `transport.json`: distances of small weighted measures by linear programming.
  struct Transport: Decodable, Sendable {
    var cases: [Case]
    var closedForms: [ClosedForm]

    enum CodingKeys: String, CodingKey {
      case cases
      case closedForms = "closed_forms"
    }

    struct Case: Decodable, Sendable {
      var x: [Double]
      var xWeights: [Double]
      var y: [Double]
      var yWeights: [Double]
      var wasserstein1: Double
      var wasserstein2: Double

      enum CodingKeys: String, CodingKey {
        case x, y
        case xWeights = "x_weights_60ths"
        case yWeights = "y_weights_60ths"
        case wasserstein1 = "w1"
        case wasserstein2 = "w2"
      }
    }

    struct ClosedForm: Decodable, Sendable {
      var what: String
      var wasserstein1: Double
      var wasserstein2: Double?

      enum CodingKeys: String, CodingKey {
        case what
        case wasserstein1 = "w1"
        case wasserstein2 = "w2"
      }
    }
  }

  /// `clt.json`: lim N Cov of the moments of N independent draws, by influence functions.
  struct Fluctuations: Decodable, Sendable {
    var cases: [Case]

    struct Case: Decodable, Sendable {
      var name: String
      var equation: EquationEntry
      var entries: [Entry]
      var joint: Joint?
    }

    struct Entry: Decodable, Sendable {
      var time: Double
      /// lim N E|Δm_k|², k = 1, 2, …, and its real and imaginary parts.
      var sizes: [Double]
      var real: [Double]
      var imaginary: [Double]
      var error: Double
      /// Of (Re m₁, Im m₁, Re m₂, …).
      var covariance: [[Double]]

      enum CodingKeys: String, CodingKey {
        case time, error, covariance
        case sizes = "C"
        case real = "C_real"
        case imaginary = "C_imaginary"
      }
    }

    /// Covariance of the moments at two times, those of the first time before those of the second.
    struct Joint: Decodable, Sendable {
      var times: [Double]
      var modes: Int
      var covariance: [[Double]]
    }
  }

  /// The equation as the tables write it.
  struct EquationEntry: Decodable, Sendable {
    var beta: Double
    var normalization: String
    var noise: Double
  }

  /// `clusters.json`: clusters of the demo's law, by moved labels.
  struct Clusters: Decodable, Sendable {
    var equation: EquationEntry
    var entries: [Entry]

    struct Entry: Decodable, Sendable {
      var time: Double
      var energy: Double
      var normalizedEnergy: Double
      var clusters: [Cluster]

      enum CodingKeys: String, CodingKey {
        case time, energy, clusters
        case normalizedEnergy = "normalized_energy"
      }
    }

    struct Cluster: Decodable, Sendable {
      var position: Double
      var mass: Double
    }
  }
}
