import Foundation
import MeanField
import RunFiles

/// Linear theory.
extension Report {
  static func text(_ prediction: Prediction) -> String {
    var lines = ["modes of the kernel above 1e-16: K = \(prediction.modes)"]
    lines.append("largest possible speed: \(number(prediction.speedBound))")
    lines.append("")
    lines.append("growth rates of the uniform state: a harmonic of degree l grows like e^(λt)")
    let growing = prediction.growthRates.lastIndex { $0 > 0 } ?? 0
    let shown = min(prediction.growthRates.count, max(5, growing + 2), 40)
    for k in 1...shown {
      let mark = prediction.fastestMode == k ? "   fastest" : ""
      lines.append("  l = \(k): λ = \(number(prediction.growthRates[k - 1]))\(mark)")
    }
    if shown < prediction.growthRates.count { lines.append("  … to l = \(prediction.modes)") }
    lines.append("")
    if let mode = prediction.fastestMode {
      lines.append(
        prediction.expectedClusters.map { "expected number of clusters: \($0)" }
          ?? "fastest degree: \(mode)")
      if let time = prediction.formationTime {
        lines.append("formation time: \(number(time))")
      }
    } else {
      lines.append("the uniform state is stable: no clusters are expected from it")
    }
    let side = prediction.noise < prediction.criticalNoise ? "below" : "above"
    lines.append(
      "critical noise: D = \(number(prediction.criticalNoise)); this run has "
        + "D = \(number(prediction.noise)), \(side)")
    return lines.joined(separator: "\n")
  }

  static func json(_ prediction: Prediction) -> String { encoded(prediction) }
}
