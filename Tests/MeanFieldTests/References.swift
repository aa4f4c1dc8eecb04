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
      var softmaxRates1To8: [Digits]
    }

    struct Critical: Decodable, Sendable {
      var dimension: Int
      var beta: Digits
      var unnormalized: Digits
      var softmax: Digits
      var peak: Digits

      enum CodingKeys: String, CodingKey {
        case dimension, beta
        case unnormalized = "dUnnormalized"
        case softmax = "dSoftmax"
        case peak = "dPeak"
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

    struct Case: Decodable, Sendable {
      var x: [Double]
      var xWeights: [Double]
      var y: [Double]
      var yWeights: [Double]
      var wasserstein1: Double
      var wasserstein2: Double

      enum CodingKeys: String, CodingKey {
        case x, y
        case xWeights = "xWeights60Ths"
        case yWeights = "yWeights60Ths"
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
        case real = "cReal"
        case imaginary = "cImaginary"
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
      var moments: Moments
      var clusters: [Cluster]
    }
  }
}
