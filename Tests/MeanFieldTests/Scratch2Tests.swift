import MeanField
import Testing

@Suite struct Scratch2 {
  @Test func clt() throws {
    for (norm, beta, t, c1, c2, re1, re2) in [
      (Attention.Normalization.unnormalized, 1.0, 1.0, 2.5798450, 4.2358706, 1.1479796, 2.0148305),
      (.softmax, 1, 2, 3.8403793, 5.6791062, 1.4598292, 2.6223512),
      (.softmax, 0, 2, 4.1336418, 5.4247206, 1.4299768, 2.0097025),
    ] {
      let eq = Equation(attention: Attention(beta: beta, normalization: norm))
      let law = InitialLaw.harmonics([.init(mode: 1, cosine: 0.5, sine: 0)])
      let d = FluctuationDynamics(equation: eq, count: 128)
      let e = Evolution(dynamics: d, state: d.state(of: law, seed: 1), stepping: .adaptive(Stepper(scheme: .dormandPrince8, tolerance: 1e-4, longest: t)))
      try e.advance(to: t)
      let r = e.dynamics.response(of: e.state)
      for (k, c, re) in [(1, c1, re1), (2, c2, re2)] {
        let (a, b) = r.influence(on: k)
        let va = a.reduce(0) { $0 + $1 * $1 } / 128
        let vb = b.reduce(0) { $0 + $1 * $1 } / 128
        print("clt", norm, k, va + vb - c, va - re, e.evaluations)
      }
    }
  }
  @Test func demo() throws {
    let eq = Equation(attention: Attention(beta: 9))
    let law = InitialLaw.vonMises([.init(mean: 0.3, concentration: 4, weight: 1), .init(mean: 2.5, concentration: 8, weight: 2)])
    let d = try Evolution.density(eq, from: law, end: 8)
    let f = FluctuationDynamics(equation: eq, count: 256)
    let e = Evolution(dynamics: f, state: f.state(of: law, seed: 1), stepping: .adaptive(Stepper(scheme: .dormandPrince8, tolerance: 1e-4, longest: 8)))
    let n = 4096
    let sampler = Sampler(law: law)
    let members = (0..<8).map { m in
      let t = TokenDynamics(equation: eq, count: n)
      return Evolution(dynamics: t, state: t.state(angles: sampler.draws(count: n, seed: 1, member: m)), stepping: .adaptive(Stepper(scheme: .dormandPrince8, tolerance: 1e-8, longest: 8)))
    }
    var c = Comparison(tokens: n, members: 8, sigmas: 4, snapshotCount: 17, hasNoise: false, threads: 2)
    let clock = ContinuousClock()
    var times = [Duration](repeating: .zero, count: 4)
    do {
    for i in 0...16 {
      let t = Double(i) * 0.5
      times[0] += try clock.measure { try d.advance(to: t) }
      times[1] += try clock.measure { try e.advance(to: t) }
      times[2] += try clock.measure { for m in members { try m.advance(to: t) } }
      let s = d.snapshot()
      times[3] += clock.measure { c.record(density: s, members: members.map { $0.snapshot() }, response: e.dynamics.response(of: e.state)) }
      print(t, d.dynamics.points, s.steps, s.clusters().map { ($0.position, $0.mass) }, s.dissipationDefect, s.normalizedEnergy)
      let x = c.entries.last!
      print("   ", x.distances[0], x.distances[1].wasserstein1, x.sampling, e.memory.acceptedSteps, members[0].memory.acceptedSteps)
    }
    } catch { print(error) }
    print(c.verdict(), times)
  }
}
