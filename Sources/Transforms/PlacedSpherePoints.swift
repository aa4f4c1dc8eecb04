internal import Foundation

/// Points of S² as places on a grid of the doubled sphere, neighbours next to each other.
///
/// The grid has G cells around and G/2 from pole to pole. Points are sorted by tiles of 4 × 16
/// cells, so that what one point reads is in cache for the next. The sort is stable: the order
/// depends on nothing but the points, and going through them as the caller has them walks every
/// tile from its first point to its last, again in cache.
final class PlacedSpherePoints {
  private(set) var count = 0
  /// θ G/2π ∈ [0, G/2] of the sorted points.
  private(set) var colatitudes: AlignedBuffer
  /// φ G/2π ∈ [0, G) of the sorted points.
  private(set) var longitudes: AlignedBuffer
  /// The place among sorted points of every point of the caller.
  private(set) var ranks: UnsafeMutablePointer<Int32>

  private let cells: Int
  private let tileColumns: Int
  private var capacity = 8
  private var unsorted: AlignedBuffer
  private let starts: UnsafeMutableBufferPointer<Int32>

  init(cells: Int) {
    self.cells = cells
    tileColumns = cells / 16 + 2
    starts = .allocate(capacity: (cells / 8 + 2) * tileColumns)
    colatitudes = AlignedBuffer(count: capacity)
    longitudes = AlignedBuffer(count: capacity)
    unsorted = AlignedBuffer(count: 2 * capacity)
    ranks = .allocate(capacity: capacity)
  }

  deinit {
    starts.deallocate()
    ranks.deallocate()
  }

  /// - Parameter points: N rows (x, y, z).
  func place(_ points: UnsafePointer<Double>, count: Int) {
    self.count = count
    reserve(count)
    starts.update(repeating: 0)
    var first = 0
    while first + 8 <= count {
      locate(points + 3 * first, first: first, count: 8)
      first += 8
    }
    if first < count {
      withPaddedRows(points + 3 * first, count: count - first) {
        locate($0, first: first, count: count - first)
      }
    }
    sort()
  }

  private func reserve(_ count: Int) {
    guard count > capacity else { return }
    capacity = (count + 7) / 8 * 8
    colatitudes = AlignedBuffer(count: capacity)
    longitudes = AlignedBuffer(count: capacity)
    unsorted = AlignedBuffer(count: 2 * capacity)
    ranks.deallocate()
    ranks = .allocate(capacity: capacity)
  }

  /// Writes eight places and the tiles of the first few, which are counted.
  @inline(__always)
  private func locate(_ points: UnsafePointer<Double>, first: Int, count: Int) {
    let (x, y, z) = loadRows(points)
    let scale = Vector(repeating: Double(cells) / (2 * Double.pi))
    let (sine, isPole) = distanceFromAxis(x, y)
    var colatitude = scale * arcTangent(sine, z)
    var longitude = scale * arcTangent(y, x)
    longitude.replace(with: 0, where: isPole)
    let whole = Vector(repeating: Double(cells))
    longitude.replace(with: longitude + whole, where: longitude .< 0)
    // What rounding makes a whole turn, and what is not a number, must have a place too.
    longitude.replace(with: 0, where: .!(longitude .< whole))
    colatitude.replace(with: 0, where: .!(colatitude .<= whole))
    let target = UnsafeMutableRawPointer(unsorted.base + 2 * first)
    target.storeBytes(of: colatitude, as: Vector.self)
    target.storeBytes(of: longitude, toByteOffset: 64, as: Vector.self)
    // Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits.
    let magic = Vector(repeating: 6_755_399_441_055_744)
    let rows = magic.addingProduct(colatitude, Vector(repeating: 0.25)) - magic
    let columns = magic.addingProduct(longitude, Vector(repeating: 0.0625))
    let places = columns.addingProduct(rows, Vector(repeating: Double(tileColumns)))
    let tiles = SIMD8<Int32>(truncatingIfNeeded: unsafeBitCast(places, to: SIMD8<Int64>.self))
    for i in 0..<count {
      ranks[first + i] = tiles[i]
      starts[Int(tiles[i])] &+= 1
    }
  }

  /// Replaces tiles by ranks and puts places into their order.
  private func sort() {
    var start: Int32 = 0
    for tile in starts.indices { (starts[tile], start) = (start, start + starts[tile]) }
    let source = unsorted.base
    let (starts, ranks) = (starts, ranks)
    let (colatitudes, longitudes) = (colatitudes.base, longitudes.base)
    for i in 0..<count {
      let tile = Int(ranks[i])
      let rank = starts[tile]
      starts[tile] = rank &+ 1
      ranks[i] = rank
      let lane = 2 * i - i % 8
      colatitudes[Int(rank)] = source[lane]
      longitudes[Int(rank)] = source[lane + 8]
    }
  }
}
