/// Points, lines and polygons with values at the points, as VTK's XML file of poly data (.vtp).
struct PolyData {
  /// What joins points.
  enum Cells: String, CaseIterable {
    case vertices = "Verts"
    case lines = "Lines"
    case polygons = "Polys"
  }

  private let kind: Cells
  /// x, y, z of one point after another.
  private let points: [Double]
  /// The points of one cell after another.
  private let corners: [Int]
  /// Where in `corners` the cells end.
  private let ends: [Int]

  /// - Parameters:
  ///   - points: x, y, z of one point after another.
  ///   - cells: the points of every cell.
  init(points: [Double], _ kind: Cells, _ cells: [[Int]]) {
    self.points = points
    self.kind = kind
    corners = cells.flatMap { $0 }
    ends = cells.reduce(into: []) { $0.append(($0.last ?? 0) + $1.count) }
  }

  /// Points, each of which is a cell.
  init(points: [Double]) {
    self.points = points
    kind = .vertices
    corners = Array(0..<points.count / 3)
    ends = Array(1..<points.count / 3 + 1)
  }

  /// Writes the file, with an array of values for every name; the first one gives the colours.
  func write(_ values: [VTKArray], to file: FileWriter) throws {
    let counts = Cells.allCases
      .map { "NumberOf\($0.rawValue)=\"\($0 == kind ? ends.count : 0)\"" }
      .joined(separator: " ")
    let scalars = values.first.map { " Scalars=\"\($0.name)\"" } ?? ""
    file.write(
      """
      <?xml version="1.0"?>
      <VTKFile type="PolyData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
      <PolyData>
      <Piece NumberOfPoints="\(points.count / 3)" \(counts)>
      <PointData\(scalars)>

      """)
    for array in values { try array.write(to: file) }
    file.write("</PointData>\n<Points>\n")
    try VTKArray("Points", points, components: 3).write(to: file)
    file.write("</Points>\n<\(kind.rawValue)>\n")
    try VTKArray("connectivity", corners).write(to: file)
    try VTKArray("offsets", ends).write(to: file)
    file.write("</\(kind.rawValue)>\n</Piece>\n</PolyData>\n</VTKFile>\n")
  }
}
