import Foundation

extension SphereMaps {
  /// The longitude, 0, π/2, π or 3π/2, whose opposite has least of tokens, clusters and density: a
  /// map is cut there.
  var middle: Double {
    let choices = (0..<4).map { 0.5 * .pi * Double($0) }
    let weights = choices.map { choice in
      maps.reduce(0) { $0 + weight(ofCut: choice + .pi, in: $1) }
    }
    let least = weights.min() ?? 0
    // Not for a little less is the map turned.
    return zip(choices, weights).first { $1 <= 1.2 * least + 1e-3 }?.0 ?? 0
  }

  private func weight(ofCut cut: Double, in map: Map) -> Double {
    func isNear(_ longitude: Double) -> Bool { cos(longitude - cut) > 0.94 }
    var weight = 0.0
    if let density = map.density {
      let count = longitudes.count
      for j in longitudes.indices where isNear(longitudes[j]) {
        for (i, colatitude) in colatitudes.enumerated() {
          let value = density[i * count + j]
          if value.isFinite {
            weight += sin(colatitude) * pow(10, min(value, 1)) / Double(density.count)
          }
        }
      }
    }
    let near = map.tokens.count { isNear($0.longitude) }
    weight += Double(near) / Double(max(1, map.tokens.count))
    // Near the poles a cut is short.
    weight += map.clusters.reduce(0) {
      $0 + (isNear($1.longitude) ? 0.2 * sin($1.colatitude) : 0)
    }
    return weight
  }
}
