import Foundation
import RunFiles
import TestSupport
import Testing

/// Run files and helpers that several suites share.
enum Samples {
  /// The fewest keys a run file can have.
  static let least = [
    "manifold: circle",
    "attention: {beta: 4}",
    "initial: uniform",
    "time: {end: 10}",
  ]

  /// The least run file with some of its top-level keys replaced, or others added, by whole lines.
  static func least(_ edits: String...) -> String { least(edits) }

  static func least(_ edits: [String]) -> String {
    func key(_ line: String) -> Substring { line.prefix { $0 != ":" } }
    var lines = least
    for edit in edits {
      if let index = lines.firstIndex(where: { key($0) == key(edit) }) {
        lines[index] = edit
      } else {
        lines.append(edit)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Valid run files that use every construct between them.
  static let all = [
    least(),
    """
    # The example of the manual.
    title: Metastable clusters on the circle
    manifold: circle
    attention:
      beta: 9
      normalization: softmax
    noise: 0
    initial:
      vonMises:
        - {mean: 0.3, concentration: 4, weight: 1}
        - {mean: 2.5, concentration: 8, weight: 2}
    density: {spectral: {points: 512, maximumPoints: 4096, tolerance: 1e-9}}
    particles: {count: 1024, members: 8, seed: 1}
    time: {end: 20, tolerance: 1e-8}
    output: {file: output/metastable.nc, every: 0.5}
    compare: {sigmas: 4}
    """,
    """
    manifold: circle
    attention: {beta: 5, normalization: unnormalized}
    noise: 0.05
    initial:
      harmonics:
      - mode: 2
        cosine: 0.25
      - mode: 3
        sine: -1e-2
    density: spectral
    particles: {count: 20000, seed: 18446744073709551615, step: 1e-3, scheme: adaptive}
    time: {end: 2410.23228}
    output:
      times: {from: 0.1, to: 2410, count: 40, spacing: log}
      points: 2048
      modes: 128
      particles: 100
    """,
    """
    title: "quoted: # not a comment"
    manifold: {circle: {}}
    attention: {beta: 10000, normalization: peak}
    initial: &start
      perturbedUniform: {amplitude: 0.1, modes: 12, seed: 7}
    density: none
    particles: {}
    time:
      end: 1.5
      tolerance: 1e-10
    output: {times: [0.25, 0.5, 1, 1.25], particles: none}
    """,
    """
    manifold: sphere
    attention: {beta: 4}
    noise: 0.1
    initial:
      harmonics:
      - {degree: 1, order: 0, amplitude: 0.1}
      - {degree: 4, order: -3, amplitude: -0.05}
      - {degree: 4, order: 3, amplitude: 0}
    density: {spectral: {degree: 15, maximumDegree: 63, tolerance: 1e-7}}
    particles: {count: 100, step: 0.01}
    time: {end: 2}
    output: {degree: 8, particles: 10}
    """,
    """
    manifold: {zonal: {dimension: 8}}
    attention: {beta: 20, normalization: peak}
    initial:
      vonMises:
      - {mean: north, concentration: 10}
      - {mean: south, concentration: 5, weight: 2}
    density: {spectral: {degree: 31}}
    time: {end: 4, tolerance: 1e-9}
    output: {every: 0.5}
    """,
    """
    manifold: circle
    attention: {beta: 25}
    initial:
      vonMises:
      - {mean: 0, concentration: 40}
      - {mean: 3.141592653589793, concentration: 40}
    density: {panels: {tolerance: 1e-10, symmetry: 2}}
    time: {end: 2e5}
    output: {times: {from: 1, to: 2e5, count: 40, spacing: log}}
    """,
    """
    manifold: {zonal: {dimension: 16}}
    attention: {beta: 4}
    initial: {harmonics: [{degree: 3, amplitude: 0.1}]}
    density: panels
    time: {end: 1}
    """,
    """
    manifold: {zonal: {dimension: 64}}
    attention: {beta: 3}
    initial: {harmonics: [{degree: 2, amplitude: 0.5}, {degree: 1, amplitude: -0.25}]}
    time: {end: 1}
    """,
    """
    manifold: {sphere: {dimension: 4}}
    attention: {beta: 1, normalization: unnormalized}
    initial: {vonMises: [{mean: [1, 0, -2.5, 1e-3], concentration: 3}]}
    density: none
    particles: {count: 50, members: 3, scheme: {euler: {step: 0.125}}}
    time: {end: 3}
    """,
    """
    manifold: {sphere: {dimension: 128}}
    attention: {beta: 9}
    initial: orthogonal
    particles: {count: 32}
    time: {end: 3}
    output: {degree: 16}
    """,
  ]

  /// The message and exit code with which a run file is refused.
  static func refusal(
    _ text: String, settings: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) -> (message: String, exitCode: Int32)? {
    do {
      _ = try RunFile(text: text, name: "circle.yaml", settings: settings)
      Issue.record("the run file was accepted", sourceLocation: sourceLocation)
      return nil
    } catch {
      return (error.message, error.exitCode)
    }
  }

  static func expectRefusal(
    _ text: String, settings: [String] = [], _ message: String, exitCode: Int32 = 65,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard let found = refusal(text, settings: settings, sourceLocation: sourceLocation) else {
      return
    }
    #expect(found.message == message, sourceLocation: sourceLocation)
    #expect(found.exitCode == exitCode, sourceLocation: sourceLocation)
  }

  static func runFile(_ text: String, settings: [String] = []) throws -> RunFile {
    try RunFile(text: text, name: "configs/circle.yaml", settings: settings)
  }
}

/// A folder that is removed with everything in it.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "runfiles-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path()
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file and returns its path.
  func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  func write(_ text: String, to name: String) throws -> String {
    try write(text.utf8, to: name)
  }
}
