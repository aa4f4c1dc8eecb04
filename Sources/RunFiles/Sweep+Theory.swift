import MeanField
import SnapshotIO

extension Sweep {
  /// What theory says of every point, to be drawn beside what was found.
  func theory() throws(RunFileError) -> [SweepLayout.Table] {
    var fastest: [Double] = []
    var critical: [Double] = []
    var rootBeta: [Double] = []
    let levels = observables.compactMap { observable -> (name: String, level: Double)? in
      guard case .probability(let level) = observable.quantity, level > 0, level < 1 else {
        return nil
      }
      return (observable.name, level)
    }
    var alignment = levels.map { _ in [Double]() }
    for point in 0..<pointCount {
      let run = try runFile(at: point)
      let linear = LinearTheory(equation: run.equation)
      fastest.append(linear.fastestMode.map(Double.init) ?? .nan)
      critical.append(linear.criticalNoise)
      rootBeta.append(run.equation.attention.beta.squareRoot())
      for (i, level) in levels.map(\.level).enumerated() {
        alignment[i].append(Self.alignmentTime(run, level))
      }
    }
    return [
      SweepLayout.Table(
        name: "fastest_mode", longName: "degree of the fastest growth of the uniform state",
        values: fastest),
      SweepLayout.Table(
        name: "critical_noise", longName: "diffusivity above which the uniform state is stable",
        values: critical),
      SweepLayout.Table(
        name: "square_root_of_beta", longName: "square root of beta", values: rootBeta),
    ]
      + zip(levels, alignment).map {
        SweepLayout.Table(
          name: "\($0.name)_time",
          longName: "time at which orthogonal tokens have inner products of \($0.level)",
          values: $1)
      }
  }

  private static func alignmentTime(_ run: RunFile, _ level: Double) -> Double {
    guard run.equation.noise == 0, let particles = run.particles, particles.count > 1 else {
      return .nan
    }
    return EquiangularTokens(attention: run.equation.attention, count: particles.count)
      .time(to: level, scheme: particles.scheme, end: run.time.end)
  }

  /// What the output holds besides its numbers.
  func layout() throws(RunFileError) -> SweepLayout {
    SweepLayout(
      title: title, runFile: yaml, seed: seed,
      axes: keys.map {
        SweepLayout.Axis(name: $0.name, path: $0.path, labels: $0.labels, numbers: $0.numbers)
      },
      times: times,
      variables: observables.map {
        SweepLayout.Variable(
          name: $0.name, longName: $0.longName, quantity: $0.quantityName,
          hasStandardError: $0.subject == .particles)
      },
      theory: try theory())
  }
}
