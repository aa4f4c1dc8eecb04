extension References {
  /// `atoms.json`: a few weighted atoms on the circle by Taylor series in 448 bits.
  public struct Atoms: Decodable, Sendable {
    public var pairs: [Pair]
    public var fiveTokens: Cloud
    public var staircases: [Cloud]
    public var polygons: [Polygon]

    /// Masses m and 1 − m.
    public struct Pair: Decodable, Sendable {
      public var mass: Double
      public var beta: Double
      public var normalization: String
      public var separation: Digits
      public var separationAtMerger: Digits
      public var merger: Digits
      public var toThousandth: Digits

      enum CodingKeys: String, CodingKey {
        case mass, beta, normalization, separation, separationAtMerger, merger
        case toThousandth = "to0.001"
      }
    }

    public struct Cloud: Decodable, Sendable {
      public var beta: Double
      public var normalization: String
      public var angles: [Digits]
      public var masses: [Digits]
      public var mergers: [Merger]
      public var samples: [Sample]
    }

    public struct Merger: Decodable, Sendable {
      public var time: Digits
      public var point: Digits
      public var parents: [Digits]
    }

    public struct Sample: Decodable, Sendable {
      public var time: Digits
      public var angles: [Digits]
      public var normalizedEnergy: Digits
    }

    /// Equal atoms at equal distances: by normalization, rates of a split atom and of patterns 1, 2, ….
    public struct Polygon: Decodable, Sendable {
      public var clusters: Int
      public var beta: Double
      public var softmax: Rates
      public var unnormalized: Rates
      public var peak: Rates
    }

    public struct Rates: Decodable, Sendable {
      public var contraction: Digits
      public var merging: [Digits]
    }
  }

  /// `metastable25.json`: two narrow bumps, and when they merge.
  public struct Metastable: Decodable, Sendable {
    public var initial: Initial
    public var atoms: Digits
    public var bumps: [Bump]

    public struct Initial: Decodable, Sendable {
      public var means: [Double]
      public var masses: [Double]
    }

    public struct Bump: Decodable, Sendable {
      public var concentration: Double
      public var merger: Digits
    }
  }
}
