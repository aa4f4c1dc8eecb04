/// The cell of an angle and the place s ∈ [−1, 1] in it; cell centres are 2πc/G.
struct CellLocator {
  let scale: Double
  let mask: Int64
  /// Bytes of a cell.
  let rowSize: Int64

  init(cells: Int, rowSize: Int64) {
    scale = Double(cells) / (2 * Double.pi)
    mask = Int64(cells - 1)
    self.rowSize = rowSize
  }

  // Adding 1.5·2⁵² rounds to an integer and leaves it in the low bits, which the mask wraps.
  @inline(__always)
  func callAsFunction(_ angle: Double) -> (cell: Int, place: Double) {
    let magic = 6_755_399_441_055_744.0
    let x = angle * scale
    let shifted = x + magic
    let cell = Int64(bitPattern: shifted.bitPattern) & mask
    return (Int(cell), 2 * (x - (shifted - magic)))
  }

  /// Offsets of cells in bytes, and places, of the points from `first` to `end`, eight at a time.
  @inline(__always)
  func callAsFunction(
    _ angles: UnsafeBufferPointer<Double>, _ first: Int, _ end: Int,
    offsets: UnsafeMutablePointer<UInt32>, places: UnsafeMutablePointer<Double>
  ) {
    let magic = Vector(repeating: 6_755_399_441_055_744)
    let two = Vector(repeating: 2)
    let shift = SIMD8<UInt32>(repeating: UInt32(rowSize.trailingZeroBitCount))
    for i in stride(from: first, to: end, by: 8) {
      let theta = UnsafeRawPointer(angles.baseAddress.unsafelyUnwrapped + i)
        .loadUnaligned(as: Vector.self)
      let x = theta * scale
      let shifted = x + magic
      let cells =
        unsafeBitCast(shifted, to: SIMD16<UInt32>.self).evenHalf
        & SIMD8<UInt32>(repeating: UInt32(mask))
      let bytes = cells &<< shift
      UnsafeMutableRawPointer(offsets + (i &- first)).storeBytes(of: bytes, as: SIMD8<UInt32>.self)
      let place = two * (x - (shifted - magic))
      UnsafeMutableRawPointer(places + (i &- first)).storeBytes(of: place, as: Vector.self)
    }
  }
}

/// What is known of a block of points before its cells are visited.
struct PointScratch {
  /// Points of a block: the next one is on its way while this one is worked on.
  static let block = 2048
  /// Points that are asked at a time whether they share a cell.
  static let group = 32

  let places: UnsafeMutablePointer<Double>
  let offsets: UnsafeMutablePointer<UInt32>
  private let buffer: VectorBuffer

  init() {
    buffer = VectorBuffer(count: Self.block / 8 + Self.block / 16)
    places = buffer.numbers
    offsets = UnsafeMutableRawPointer(places + Self.block)
      .bindMemory(to: UInt32.self, capacity: Self.block)
  }
}

/// Whether some eights of points stand in one cell.
@inline(__always)
func isOneCell(_ offsets: UnsafePointer<UInt32>, count: Int) -> Bool {
  // Most unsorted points are told by two of them.
  guard offsets[0] == offsets[count &- 1] else { return false }
  let one = SIMD8(repeating: offsets[0])
  var changes = SIMD8<UInt32>.zero
  for i in stride(from: 0, to: count, by: 8) {
    changes |= one ^ UnsafeRawPointer(offsets + i).loadUnaligned(as: SIMD8<UInt32>.self)
  }
  let pairs = unsafeBitCast(changes, to: SIMD4<UInt64>.self)
  return pairs[0] | pairs[1] | pairs[2] | pairs[3] == 0
}
