internal import Foundation

/// A point that labels of the response on the circle have become: one label at first, in the end a cluster.
///
/// Once a group of labels is narrow beside the kernel it moves as one. It then is a point at its centre of
/// mass, its labels keep their places beside it, and what crossed a gap on either side of it stays behind as
/// masses: H_pb, the mass that point p has gained from a unit of mass added at label b. A law displaced by the
/// response of b changes ∫ φ dμ by Σ_p H_pb φ_p + Σ_p w_p Ξ_pb φ′_p, the flux past torn points aside
/// (`TornPoints`).
struct ResponsePoint: Sendable, Equatable {
  /// A label, and the angle from the point to it: as it was when the last one joined, or as it is (`narrow`).
  struct Place: Sendable, Equatable {
    var label: Int
    var offset = 0.0
  }

  /// In the order of their angles.
  fileprivate(set) var places: [Place]
  /// w_p, which sum to one.
  fileprivate(set) var mass: Double
  /// How far apart the neighbours of a label were at the start; infinite for what is not a label by itself, which
  /// nothing tears.
  fileprivate(set) var gap: Double
  /// How much of the circle the labels took at the start.
  fileprivate(set) var extent: Double
  /// H_p, empty where it is zero.
  fileprivate(set) var transfers: [Double] = []
  /// The same at second order, in units of `SecondOrder.scale`.
  fileprivate(set) var secondTransfer = SIMD16<Double>.zero
  /// Extra masses of the samples of second order at first order: those of its labels, and Σ_b H_pb x_b.
  fileprivate(set) var extra: SIMD16<Double>
  /// A massless point where the flow divides.
  fileprivate(set) var isSeparator = false
  /// In a void so deep that nothing crosses any more: what did has become masses.
  var isSettled = false
  /// What `TornPoints` calls s, k, r and c: the same for a whole step, so that rates are smooth.
  var stretch = 0.0
  var reference: Int?
  var share = 0.0
  var nextShare = 0.5
  /// How much a displacement and its error count: those of a torn point times its density.
  var errorWeight = 1.0

  /// Not several labels.
  var hasDensity: Bool { gap.isFinite }

  /// Whether labels beside it can still be told from it.
  var hasWidth: Bool { places.contains { $0.offset != 0 } }

  /// How far labels reach before and behind the point.
  ///
  /// - Parameter narrowing: −log of the factor by which offsets have become smaller.
  func reach(_ narrowing: Double) -> (before: Double, after: Double) {
    guard let first = places.first, let last = places.last, hasWidth else { return (0, 0) }
    let factor = exp(-narrowing)
    return (-first.offset * factor, last.offset * factor)
  }

  /// Mass that has come from elsewhere for good.
  ///
  /// - Parameters:
  ///   - row: by every label; empty for none.
  ///   - second: at second order.
  ///   - extra: of the samples of second order.
  mutating func add(_ row: [Double], second: SIMD16<Double>, extra: SIMD16<Double>) {
    transfers =
      transfers.isEmpty ? row : row.isEmpty ? transfers : zip(transfers, row).map { $0 + $1 }
    secondTransfer += second
    self.extra += extra
  }

  /// Labels that cannot be told from the point any more have its place.
  mutating func forgetWidth() {
    for i in places.indices { places[i].offset = 0 }
  }

  /// Offsets as they are by now.
  mutating func narrow(by narrowing: Double) {
    guard hasWidth else { return }
    let factor = exp(-narrowing)
    for i in places.indices { places[i].offset *= factor }
  }
}

/// What labels of the response are at the start.
struct ResponseLabels: Sendable {
  var masses: [Double]
  var gaps: [Double]
  /// x_b, extra masses of the samples of second order.
  var extras: [SIMD16<Double>]

  /// Every label by itself.
  var points: [ResponsePoint] {
    masses.indices.map { b in
      ResponsePoint(
        places: [.init(label: b)], mass: masses[b], gap: gaps[b], extent: 0.5 * gaps[b],
        extra: extras[b])
    }
  }
}

extension [ResponsePoint] {
  var masses: [Double] { map(\.mass) }

  /// The point that each label belongs to.
  var owners: [Int] {
    var result = [Int](repeating: 0, count: reduce(0) { $0 + $1.places.count })
    for (p, point) in enumerated() {
      for place in point.places { result[place.label] = p }
    }
    return result
  }

  /// Point p and the next become one, in the place of the lower index.
  ///
  /// - Parameters:
  ///   - steps: angles from where it will be to the two.
  ///   - narrowings: how much narrower the two have become.
  mutating func join(
    _ p: Int, steps: (Double, Double), narrowings: (Double, Double)
  ) {
    var next = self[(p + 1) % count]
    self[p].narrow(by: narrowings.0)
    next.narrow(by: narrowings.1)
    for i in self[p].places.indices { self[p].places[i].offset += steps.0 }
    for i in next.places.indices { next.places[i].offset += steps.1 }
    self[p].places += next.places
    self[p].mass += next.mass
    self[p].extent += next.extent
    self[p].gap = .infinity
    self[p].nextShare = next.nextShare
    self[p].add(next.transfers, second: next.secondTransfer, extra: next.extra)
    self[p].isSettled = false
    self[p].isSeparator = self[p].isSeparator && next.isSeparator
    if p + 1 < count { remove(at: p + 1) } else { self[0] = removeLast() }
  }

  /// Takes a separator away; masses that have come to it go to the point before.
  mutating func giveUp(_ p: Int) {
    let point = self[p]
    self[(p + count - 1) % count].add(
      point.transfers, second: point.secondTransfer, extra: point.extra)
    remove(at: p)
  }

  /// Puts a separator before point p.
  mutating func insertSeparator(before p: Int) {
    insert(ResponsePoint(places: [], mass: 0, gap: 0, extent: 0, extra: .zero), at: p)
    self[p].isSeparator = true
  }
}

/// As numbers, for `SavedEvolution`.
extension [ResponsePoint] {
  /// Empty while every label is by itself and none is torn.
  func encoded(_ labels: ResponseLabels) -> [Double] {
    guard self != labels.points else { return [] }
    var numbers = [Double(count)]
    for point in self {
      numbers += [
        point.mass, point.extent, point.gap, point.stretch, point.share, point.nextShare,
        point.errorWeight, point.reference.map(Double.init) ?? -1, point.isSeparator ? 1 : 0,
        point.isSettled ? 1 : 0, Double(point.places.count), Double(point.transfers.count),
      ]
      numbers += point.places.map { Double($0.label) } + point.places.map(\.offset)
      numbers += point.transfers
      for values in [point.secondTransfer, point.extra] { numbers += (0..<16).map { values[$0] } }
    }
    return numbers
  }

  /// nil where the numbers are none of `encoded`.
  init?(decoding numbers: [Double], _ labels: ResponseLabels) {
    self = labels.points
    if numbers.isEmpty { return }
    var rest = numbers[...]
    func take(_ count: Int?) -> [Double]? {
      guard let count, 0 <= count, count <= rest.count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return [Double](rest.prefix(count))
    }
    func whole(_ number: Double, below bound: Int) -> Int? {
      Int(exactly: number).flatMap { $0 < bound ? $0 : nil }
    }
    guard let count = take(1).flatMap({ Int(exactly: $0[0]) }), 0 < count, count <= rest.count
    else { return nil }
    var found: [ResponsePoint] = []
    for _ in 0..<count {
      guard let head = take(12), let reference = whole(head[7], below: count),
        let places = take(Int(exactly: head[10])), let offsets = take(places.count),
        head[11] == 0 || head[11] == Double(self.count), let row = take(Int(exactly: head[11])),
        let second = take(16), let extra = take(16)
      else { return nil }
      let labels = places.compactMap { whole($0, below: self.count) }
      guard labels.count == places.count, labels.allSatisfy({ $0 >= 0 }) else { return nil }
      found.append(
        ResponsePoint(
          places: zip(labels, offsets).map { .init(label: $0, offset: $1) },
          mass: head[0], gap: head[2], extent: head[1], transfers: row,
          secondTransfer: SIMD16(second), extra: SIMD16(extra), isSeparator: head[8] == 1,
          isSettled: head[9] == 1, stretch: head[3], reference: reference < 0 ? nil : reference,
          share: head[4], nextShare: head[5], errorWeight: head[6]))
    }
    let places = found.flatMap(\.places).map(\.label)
    guard rest.isEmpty, Set(places).count == self.count, places.count == self.count else {
      return nil
    }
    self = found
  }
}
