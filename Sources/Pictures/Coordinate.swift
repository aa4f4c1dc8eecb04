import Foundation

/// The number along which a law is laid out, the stretch of it that is shown, and its names.
struct Coordinate {
  var range: ClosedRange<Double>
  /// The part of the range that a panel over time shows; nil for all of it.
  var part: ClosedRange<Double>?
  /// Whether the range is once around a circle.
  var isPeriodic = false
  var tics: [(place: Double, name: String)]
  var label: String
  var densityLabel: String
  /// A density is this multiple of probability per unit of the coordinate.
  var densityUnit = 1.0
  /// What the law is the law of: every one of them has a value of the coordinate.
  var samples = "tokens"

  /// Of densities with respect to the uniform probability.
  static let ratioLabel = "density d{/:Italic μ}/d{/:Italic σ}"

  /// The angle on the circle, from `start` once around.
  static func angle(from start: Double) -> Coordinate {
    let range = start...(start + 2 * .pi)
    return Coordinate(
      range: range, isPeriodic: true, tics: angleTics(range), label: "angle {/:Italic θ}",
      densityLabel: ratioLabel, densityUnit: 2 * .pi)
  }

  /// The angle from the pole.
  ///
  /// Its law has a density per radian that can be shown in any dimension: dμ/dσ may be 10³⁰⁰ where
  /// there is hardly a token.
  static let polarAngle = Coordinate(
    range: 0...Double.pi, tics: angleTics(0...Double.pi), label: "polar angle {/:Italic θ}",
    densityLabel: "density of {/:Italic θ} per radian")

  /// The inner product of two tokens.
  static let innerProduct = Coordinate(
    range: -1...1, tics: [(-1, "−1"), (-0.5, "−0.5"), (0, "0"), (0.5, "0.5"), (1, "1")],
    label: "inner product ⟨{/:Italic x_i}, {/:Italic x_j}⟩",
    densityLabel: "density of ⟨{/:Italic x_i}, {/:Italic x_j}⟩", samples: "pairs")

  private static func angleTics(_ range: ClosedRange<Double>) -> [(place: Double, name: String)] {
    ["−π", "−π/2", "0", "π/2", "π", "3π/2", "2π"].enumerated().compactMap { i, name in
      let angle = Double(i - 2) * .pi / 2
      let isInside = angle > range.lowerBound - 0.1 && angle < range.upperBound + 0.1
      return isInside ? (angle, name) : nil
    }
  }

  /// Cuts the circle far from all values and shows, over time, only the arc where they are, if they
  /// are close to one another.
  mutating func zoom(to values: [Double]) {
    let places = values.filter(\.isFinite).map(place).sorted()
    guard isPeriodic, let first = places.first else { return }
    let gaps = zip(places, places.dropFirst() + [first + length]).map { $1 - $0 }
    let widest = gaps.indices.max { gaps[$0] < gaps[$1] } ?? 0
    let extent = length - gaps[widest]
    guard extent < 0.6 * length else { return }
    var least = widest + 1 < places.count ? places[widest + 1] : first
    if least + 0.5 * extent > .pi { least -= length }
    self = .angle(from: least - 0.5 * gaps[widest])
    let room = max(0.15 * extent, 0.03 * length)
    let (low, high) = (least - room, least + extent + room)
    part = low...high
    // Multiples of π/2ⁿ, three or more of them.
    var divisor = 2
    while (high - low) * Double(divisor) < 3 * .pi { divisor *= 2 }
    let step = .pi / Double(divisor)
    let multiples = Int((low / step).rounded(.up))...Int((high / step).rounded(.down))
    tics = multiples.map { (Double($0) * step, Self.fraction($0, divisor)) }
  }

  /// The name of kπ/n, n a power of 2.
  private static func fraction(_ k: Int, _ n: Int) -> String {
    guard k != 0 else { return "0" }
    let common = min(1 << k.trailingZeroBitCount, n)
    let (top, bottom) = (abs(k) / common, n / common)
    return (k < 0 ? "−" : "") + (top == 1 ? "π" : "\(top)π") + (bottom == 1 ? "" : "/\(bottom)")
  }

  var length: Double { range.upperBound - range.lowerBound }
}

// MARK: - Places

extension Coordinate {
  /// The value's representative in the range.
  func place(_ value: Double) -> Double {
    guard isPeriodic else { return value }
    let turned = value - length * ((value - range.lowerBound) / length).rounded(.down)
    return turned < range.upperBound ? turned : range.lowerBound
  }

  func distance(_ a: Double, _ b: Double) -> Double {
    isPeriodic ? abs(remainder(a - b, length)) : abs(a - b)
  }

  /// The tics as a list for gnuplot, with or without their labels.
  func list(labelled: Bool = true) -> String {
    let entries = tics.map { "'\(labelled ? $0.name : "")' \(Script.number($0.place))" }
    return "(\(entries.joined(separator: ", ")))"
  }

  /// A path in a plane of time and coordinate as rows for gnuplot, going round a circle the short
  /// way.
  func path(_ points: [(x: Double, value: Double)]) -> [[Double]] {
    var rows: [[Double]] = []
    var last: (x: Double, place: Double)?
    for point in points {
      guard point.x.isFinite, point.value.isFinite else {
        rows.append([])
        last = nil
        continue
      }
      let place = place(point.value)
      if isPeriodic, let last {
        let step = remainder(place - last.place, length)
        if abs(last.place + step - place) > 0.5 * length {
          // Out at one end and in at the other; gnuplot clips what is outside.
          rows.append([point.x, last.place + step])
          rows.append([])
          rows.append([last.x, place - step])
        }
      }
      rows.append([point.x, place])
      last = (point.x, place)
    }
    return rows + [[]]
  }
}
