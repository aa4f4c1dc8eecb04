/// Places in a void, followed back in time until the watershed is all there is.
///
/// A state is θ_i and ℓ_i = ∫ (X′(watershed) − X′(θ_i)) ds over the past: in the end ℓ_i is by how
/// much log dμ/dσ at the place exceeds that at the watershed. Atoms drift so slowly that their
/// velocities count as constant.
struct VoidTracing: Dynamics {
  private let flow: CircleFlow
  private let watershed: CircleFlow.Watershed
  private let speeds: [Double]
  private let count: Int

  /// log dμ/dσ above that at the watershed; NaN at places that do not come back to it.
  ///
  /// Those are places beyond an atom. Where steps fail, no place that is still on its way has a value.
  static func rises(
    of places: [Double], in flow: CircleFlow, from watershed: CircleFlow.Watershed
  ) -> [Double] {
    var dynamics = VoidTracing(flow: flow, watershed: watershed, count: places.count)
    var state = places + [Double](repeating: 0, count: places.count + 1)
    let unit = 5 / watershed.slope
    var stepper = Stepper(scheme: .dormandPrince8, tolerance: 1e-9, longest: unit)
    let indices = places.indices
    /// How far a place is from where the watershed was at that time.
    func distance(_ i: Int) -> Double {
      abs(state[i] - (watershed.position - state[2 * places.count] * watershed.drift))
    }
    // Beside an atom the way back begins slowly, at rates as much as β below that of the watershed.
    for doublings in 0..<15 {
      let past = unit * Double(1 << doublings)
      do { try stepper.advance(&dynamics, &state, to: past) } catch { break }
      if indices.allSatisfy({ distance($0) < Self.reach }) { break }
    }
    return indices.map { distance($0) < Self.reach ? state[places.count + $0] : .nan }
  }

  /// So near the watershed a place has come back to it.
  private static let reach = 1e-9

  private init(flow: CircleFlow, watershed: CircleFlow.Watershed, count: Int) {
    self.flow = flow
    self.watershed = watershed
    self.count = count
    speeds = flow.positions.map { flow.jet(at: $0).velocity }
  }

  /// The last entry of a state is the time gone back.
  mutating func writeRate(
    of state: UnsafePointer<Double>, into rate: UnsafeMutablePointer<Double>
  ) {
    let past = state[2 * count]
    let flow = flow.moved(by: speeds, times: -past)
    let slope = flow.jet(at: watershed.position - past * watershed.drift).slope
    for i in 0..<count {
      let jet = flow.jet(at: state[i])
      rate[i] = -jet.velocity
      rate[count + i] = slope - jet.slope
    }
    rate[2 * count] = 1
  }
}
