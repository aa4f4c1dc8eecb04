import MeanField
import Testing
import Transforms

@Suite struct Scratch {
  @Test func c19() throws {
    for tol in [1e-6, 1e-9, 1e-12] {
      let r1 = try Evolution.density(
        Equation(attention: Attention(beta: 1, normalization: .unnormalized)),
        from: .harmonics([.init(mode: 1, cosine: 0.5, sine: 0)]), tolerance: tol, end: 1.5)
      for (t, m1, m4, e) in [(0.5, 0.3304895652427, 0.0014727327906, 0.6951488670048), (1.0, 0.4316600765516, 0.0205793641375, 0.7417338242487), (1.5, 0.5497661440167, 0.1081617488588, 0.8188934891183)] {
        try r1.advance(to: t)
        let s = r1.snapshot()
        print("R1", tol, t, s.moments.real(1) - m1, s.moments.real(4) - m4, s.energy - e, s.steps, r1.dynamics.points)
      }
      let r3 = try Evolution.density(
        Equation(attention: Attention(beta: 5, normalization: .softmax)),
        from: .harmonics([.init(mode: 3, cosine: 0.01, sine: 0)]), tolerance: tol, end: 7)
      for (t, m3, e) in [(3.0, 0.0387399242658, 2.7270883228364), (5, 0.1503424184831, 2.7707334494642), (7, 0.5191868734313, 3.2878060281279)] {
        try r3.advance(to: t)
        let s = r3.snapshot()
        print("R3s", tol, t, s.moments.real(3) - m3, s.energy - e, s.steps, r3.evaluations, r3.dynamics.points, s.moments.real(1), s.dissipation, s.clusters())
      }
      let n = try Evolution.density(
        Equation(attention: Attention(beta: 1, normalization: .unnormalized), noise: 1.0/3),
        from: .harmonics([.init(mode: 1, cosine: 0.5, sine: 0)]), tolerance: tol, end: 40)
      for (t, m1, m4) in [(0.5, 0.28002919283055, 0.00038002823892), (1, 0.31220520249447, 0.00174870024066), (40, 0.8639610706, 0.1844116407)] {
        try n.advance(to: t)
        let s = n.snapshot()
        print("noise", tol, t, s.moments.real(1) - m1, s.moments.real(4) - m4, s.freeEnergy, s.steps, n.evaluations, n.dynamics.points)
      }
    }
  }
  @Test func fast() throws {
    for beta in [0.0, 1, 16, 81, 1000, 10_000] {
      for n in [2, 3, 17, 1000, 4001] {
        let angles = (0..<n).map { Double(($0 * 7919) % 4001) * 0.00157 + 0.1 }
        for norm in Attention.Normalization.allCases where norm != .unnormalized || beta < 700 {
          let eq = Equation(attention: Attention(beta: beta, normalization: norm))
          var a = TokenDynamics(equation: eq, count: n, usesPairSums: true)
          var b = TokenDynamics(equation: eq, count: n, usesPairSums: false)
          var ra = [Double](repeating: 0, count: n + 1), rb = ra
          let state = a.state(angles: angles)
          a.writeRate(of: state, into: &ra)
          b.writeRate(of: state, into: &rb)
          let big = ra.dropLast().map(abs).max()!
          let err = zip(ra, rb).dropLast().map { abs($0 - $1) }.max()!
          print("fast", beta, n, norm, big, err / big)
        }
      }
    }
  }
}
