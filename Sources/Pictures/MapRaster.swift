import Foundation

/// Images of densities on the pixels of maps, by inverting the projection.
struct MapRaster {
  static let width = 768
  static let height = 384

  private let maps: SphereMaps
  private let mollweide: Mollweide
  /// From the south to the north, from the west to the east; nil outside the map.
  private let pixels: [SphereInterpolation.Place?]

  init(_ maps: SphereMaps, _ mollweide: Mollweide) {
    self.maps = maps
    self.mollweide = mollweide
    let grid = SphereInterpolation(maps)
    pixels = (0..<Self.width * Self.height).map { pixel in
      let (row, column) = (pixel / Self.width, pixel % Self.width)
      let point = (
        x: 4 * (Double(column) + 0.5) / Double(Self.width) - 2,
        y: 2 * (Double(row) + 0.5) / Double(Self.height) - 1
      )
      return mollweide.direction(point).map(grid.place)
    }
  }

  /// Clipped log₁₀ dμ/dσ by row of pixels; NaN outside the map.
  func rows(_ density: [Double], _ scale: ColourScale) -> [[Double]] {
    // Within what can be interpolated: between −10⁵ and 0 a straight line would be a cliff.
    let bounded = density.map { $0.isNaN ? .nan : min(max($0, -6), 6) }
    var image = pixels.map { $0?.value(bounded) ?? .nan }
    // Where pixels are larger than cells of the grid, a pixel shows the greatest value in it, so
    // that no sharp cluster is lost.
    if 4 * density.count > pixels.count {
      for (i, colatitude) in maps.colatitudes.enumerated() {
        for (j, longitude) in maps.longitudes.enumerated() {
          let point = mollweide.project(.init(colatitude: colatitude, longitude: longitude))
          let row = min(Int((point.y + 1) / 2 * Double(Self.height)), Self.height - 1)
          let column = min(Int((point.x + 2) / 4 * Double(Self.width)), Self.width - 1)
          let value = bounded[i * maps.longitudes.count + j]
          if value > image[row * Self.width + column] { image[row * Self.width + column] = value }
        }
      }
    }
    return stride(from: 0, to: image.count, by: Self.width).map {
      image[$0..<$0 + Self.width].map(scale.clip)
    }
  }
}
