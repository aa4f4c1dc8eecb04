import Foundation

// World lines of clusters, as thick as they are heavy, and where they join.

extension Figure {
  /// Parts of the greatest mass are told apart in so many steps.
  private static let massSteps = 24.0

  /// Beside profiles the sharp density itself is to be seen, and lines are thin.
  private func thickness(_ step: Double) -> Double {
    let isAlone = run.line?.profiles.isEmpty != false
    return 0.8 + (isAlone ? 5 : 1.6) * step / Self.massSteps
  }

  /// Entries of a plot, one for every thickness: a line has the same all along.
  func treePlots(
    _ tree: ClusterTree, _ coordinate: Coordinate, _ script: inout Script
  ) -> [String] {
    guard let clock else { return [] }
    let heaviest = tree.lines.joined().map(\.mass).max() ?? 1
    func massStep(_ point: ClusterTree.Point) -> Double {
      (Self.massSteps * point.mass / heaviest).rounded()
    }
    var paths: [Double: [[Double]]] = [:]
    for line in tree.lines {
      var start = 0
      for i in line.indices.dropFirst()
      where i + 1 == line.count || massStep(line[i + 1]) != massStep(line[i]) {
        let piece = line[start...i].map { (clock.place($0.time), $0.value) }
        paths[massStep(line[i]), default: []] += coordinate.path(piece)
        start = i
      }
    }
    var plots: [String] = []
    for (step, path) in paths.sorted(by: { $0.key < $1.key }) {
      let name = script.data(path)
      let thickness = Script.number(thickness(step))
      plots.append("\(name) with lines lw \(thickness) lc rgb '\(Palette.clusters)'")
    }
    let lone = tree.lines.filter { $0.count == 1 }.map { $0[0] }
    if !lone.isEmpty {
      plots.append(
        "\(points(lone, coordinate, &script)) with points pt 7 ps 0.12"
          + " lc rgb '\(Palette.clusters)'")
    }
    if !tree.joints.isEmpty {
      let name = points(tree.joints, coordinate, &script)
      plots.append("\(name) with points pt 7 ps 0.8 lc rgb '\(Palette.ink)'")
      plots.append("\(name) with points pt 7 ps 0.58 lc rgb '#ffffff'")
    }
    return plots
  }

  /// Atoms on their way into clusters, as thin lines.
  func atomPlots(
    _ atoms: ClusterTree, _ coordinate: Coordinate, _ script: inout Script
  ) -> [String] {
    guard let clock else { return [] }
    let rows = atoms.lines.flatMap { line in
      coordinate.path(line.map { (clock.place($0.time), $0.value) })
    }
    return ["\(script.data(rows)) with lines lw 0.8 lc rgb '\(Palette.ink)'"]
  }

  private func points(
    _ points: [ClusterTree.Point], _ coordinate: Coordinate, _ script: inout Script
  ) -> String {
    script.data(points.map { [clock?.place($0.time) ?? .nan, coordinate.place($0.value)] })
  }
}
