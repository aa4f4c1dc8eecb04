import MeanField
import TestSupport

extension References {
  /// `atoms.json`: a few weighted atoms on the circle by Taylor series in 448 bits.
  struct Atoms: Decodable, Sendable {
    var pairs: [Pair]
    var fiveTokens: Cloud
    var staircases: [Cloud]
    var polygons: [Polygon]

    enum CodingKeys: String, CodingKey {
      case pairs, staircases, polygons
      case fiveTokens = "five_tokens"
    }

    /// Masses m and 1 − m.
    struct Pair: Decodable, Sendable {
      var mass: Double
      var beta: Double
      var normalization: String
      var separation: Digits
      var separationAtMerger: Digits
      var merger: Digits
      var toThousandth: Digits

      enum CodingKeys: String, CodingKey {
        case mass, beta, normalization, separation, merger
        case separationAtMerger = "separation_at_merger"
        case toThousandth = "to_0.001"
      }
    }

    struct Cloud: Decodable, Sendable {
      var beta: Double
      var normalization: String
      var angles: [Digits]
      var masses: [Digits]
      var mergers: [Merger]
      var samples: [Sample]
    }

    struct Merger: Decodable, Sendable {
      var time: Digits
      var point: Digits
      var parents: [Digits]
    }

    struct Sample: Decodable, Sendable {
      var time: Digits
      var angles: [Digits]
      var normalizedEnergy: Digits

      enum CodingKeys: String, CodingKey {
        case time, angles
        case normalizedEnergy = "normalized_energy"
      }
    }

    /// Equal atoms at equal distances: by normalization, rates of a split atom and of patterns 1, 2, ….
    struct Polygon: Decodable, Sendable {
      var clusters: Int
      var beta: Double
      var softmax: Rates
      var unnormalized: Rates
      var peak: Rates
    }

    struct Rates: Decodable, Sendable {
      var contraction: Digits
      var merging: [Digits]
    }
  }

  /// `metastable25.json`: two narrow bumps, and when they merge.
  struct Metastable: Decodable, Sendable {
    var initial: Initial
    var atoms: Digits
    var bumps: [Bump]

    struct Initial: Decodable, Sendable {
      var means: [Double]
      var masses: [Double]
    }

    struct Bump: Decodable, Sendable {
      var concentration: Double
      var merger: Digits
    }
  }

  /// `logdensity.json`: log dμ/dσ on 64 points, by characteristics traced back.
  struct LogDensities: Decodable, Sendable {
    var poisson: Series
    var moebius: Series
    var sphere: Series
    var highSphere: Series
    var circle: Series

    enum CodingKeys: String, CodingKey {
      case poisson, moebius, circle
      case sphere = "zonal-3"
      case highSphere = "zonal-64"
    }

    struct Series: Decodable, Sendable {
      var entries: [Entry]
    }

    struct Entry: Decodable, Sendable {
      var time: Double
      var logDensity: [Double]
      /// Difference of two computations; none where the form is closed.
      var error: Double?

      enum CodingKeys: String, CodingKey {
        case time, error
        case logDensity = "log_density"
      }
    }
  }
}

extension Attention {
  /// As the tables write it.
  init(beta: Double, named normalization: String) {
    guard let normalization = Normalization(rawValue: normalization) else {
      preconditionFailure("no normalization: \(normalization)")
    }
    self.init(beta: beta, normalization: normalization)
  }
}
