import Foundation
import Pictures
import SnapshotIO
import TestSupport
import Testing

@Suite("Sweeps become maps, curves and histograms")
struct SweepPictureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Axis: Sendable {
    var path: String
    var labels: [String]
    var isNumeric = true

    static let beta = Axis(path: "attention.beta", labels: ["1", "2", "4", "8"])
    static let noise = Axis(path: "noise", labels: ["0", "0.1", "0.3"])
    static let manifold = Axis(
      path: "manifold", labels: ["circle", "{sphere: {dimension: 8}}"], isNumeric: false)
    static let initial = Axis(
      path: "initial",
      labels: ["{harmonics: [{mode: 1, cosine: 0.02}]}", "{vonMises: [{mean: 0}]}"],
      isNumeric: false)
    static let seed = Axis(path: "particles.seed", labels: (1...9).map(String.init))
  }

  struct Sweep: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var axes: [Axis]
    var quantity = "probability"
    var snapshots = 5
    var missing = 0..<0
    /// What stands in the picture and what does not.
    var words: [String] = []
    var absent: [String] = []

    func write(to path: String) throws {
      let axes = axes.map { axis in
        SweepLayout.Axis(
          name: String(axis.path.split(separator: ".").last ?? ""), path: axis.path,
          labels: axis.labels, numbers: axis.isNumeric ? axis.labels.compactMap(Double.init) : nil)
      }
      let count = axes.reduce(1) { $0 * $1.labels.count }
      let layout = SweepLayout(
        title: testDescription,
        runFile: "manifold: circle\nattention:\n  beta: 4\n  normalization: softmax\nnoise: 0\n",
        seed: nil, axes: axes, times: (0..<snapshots).map { Double($0) },
        variables: [
          SweepLayout.Variable(
            name: "found", longName: "", quantity: quantity, hasStandardError: true)
        ],
        theory: [
          SweepLayout.Table(
            name: "found_time", longName: "", values: (0..<count).map { 1 + Double($0 % 3) }),
          SweepLayout.Table(
            name: "fastest_mode", longName: "", values: (0..<count).map { 2 + Double($0 % 2) }),
          SweepLayout.Table(
            name: "critical_noise", longName: "", values: (0..<count).map { _ in 0.2 }),
          SweepLayout.Table(
            name: "square_root_of_beta", longName: "", values: (0..<count).map { Double($0) }),
        ])
      let file = try SweepFile(creating: path, layout: layout, overwrite: true)
      for point in 0..<count where !missing.contains(point) {
        var rest = point
        let indices = axes.reversed().map { axis in
          defer { rest /= axis.labels.count }
          return rest % axis.labels.count
        }
        let values = (0..<snapshots).map {
          quantity == "cluster_count" ? Double(1 + (point + $0) % 4) : 1 / Double(1 + $0 + point)
        }
        try file.write(
          SweepPoint(
            outcome: .done([
              SweepPoint.Series(values: values, standardErrors: values.map { 0.1 * $0 })
            ]), particleStep: nil),
          at: indices.reversed())
      }
      try file.close()
    }
  }

  @Test(arguments: [
    Sweep(
      testDescription: "time and one key", axes: [.beta],
      words: ["time t", "orthogonal tokens", "t = 4", "softmax"], absent: ["β = 4"]),
    Sweep(
      testDescription: "a key and manifolds", axes: [.manifold, .beta],
      words: ["d = 2", "d = 8", "found"]),
    Sweep(
      testDescription: "clusters", axes: [.beta], quantity: "cluster_count",
      words: ["√β", "max"], absent: ["orthogonal tokens"]),
    Sweep(
      testDescription: "two starts", axes: [.initial, .noise], quantity: "moment",
      words: ["harmonics", "vonMises", "critical D"], absent: ["cosine"]),
    Sweep(
      testDescription: "two keys", axes: [.beta, .noise], quantity: "moment",
      words: ["critical D", "t = 4"]),
    Sweep(
      testDescription: "a histogram", axes: [.beta, .seed], quantity: "cluster_count",
      words: ["β = 8", "samples of 9", "max"]),
    Sweep(
      testDescription: "means", axes: [.seed, .beta], quantity: "moment",
      words: ["time t"], absent: ["samples"]),
    Sweep(
      testDescription: "no numeric key", axes: [.manifold], words: ["time t", "d = 8"]),
    Sweep(testDescription: "two snapshots", axes: [.beta], snapshots: 2, words: ["t = 1"]),
    Sweep(testDescription: "some points missing", axes: [.beta, .noise], missing: 0..<5),
    Sweep(testDescription: "three keys", axes: [.manifold, .beta, .noise], words: ["d = 8"]),
  ])
  func whateverIsSwept(_ sweep: Sweep) throws {
    let output = folder.file("out.nc")
    try sweep.write(to: output)
    try draw(outputFile: output, picture: folder.file("picture.svg"))
    let svg = try String(contentsOfFile: folder.file("picture.svg"), encoding: .utf8)
    // The words of a label stand in elements of their own wherever its style changes.
    let text = svg.replacing(/<[^>]*>/, with: "").replacing(/\s+/, with: " ")
    for word in [sweep.testDescription] + sweep.words { #expect(text.contains(word), "\(word)") }
    for word in sweep.absent { #expect(!text.contains(word), "\(word)") }
  }

  @Test("nothing solved yet is said")
  func empty() throws {
    let output = folder.file("out.nc")
    try Sweep(testDescription: "empty", axes: [.beta], missing: 0..<4).write(to: output)
    #expect(throws: PictureError.self) {
      try draw(outputFile: output, picture: folder.file("picture.svg"))
    }
  }
}
