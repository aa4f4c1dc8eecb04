import MeanField
import TestSupport

extension References {
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
