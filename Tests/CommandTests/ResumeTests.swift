import Foundation
import MeanField
import RunFiles
import SnapshotIO
import Synchronization
import TestSupport
import Testing

@Suite("A run that is stopped anywhere and resumed gives the same bits")
struct ResumeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text = Samples.short.with("every: 0.25", "every: 0.125")
    var compares: Bool
    var change: [String]
    var seed: UInt64
    var testDescription: String { "\(name), seed \(seed)" }
  }

  /// Fifteen chains of five stops each.
  static let cases: [Case] = (1...5).flatMap { seed in
    [
      Case(
        name: "comparison with a ladder", compares: true,
        change: ["time.tolerance=1e-10", "compare.counts=[16, 48]"], seed: seed),
      Case(
        name: "noise", compares: false,
        change: ["noise=0.05", "particles.step=0.01", "particles.count=40"], seed: seed),
      // Panels are halved and joined, and become atoms on the way.
      Case(
        name: "panels", compares: true,
        change: ["density=panels", "time.end=30", "output.every=1.5", "time.tolerance=1e-8"],
        seed: seed),
    ]
  }

  @Test("stopped five times at random steps", arguments: cases)
  func stopped(chain: Case) throws {
    let path = folder.file("stopped.nc")
    let steps = Atomic(0)
    let expected = try reference(chain, path) {
      steps.add(1, ordering: .relaxed)
      return false
    }
    let total = steps.load(ordering: .relaxed)
    #expect(total >= 42)

    var random = SplitMix(seed: chain.seed)
    var stops = 0
    var lastTime = -1.0
    while stops < 5 {
      // Questions left until the answer is yes; some stops come after the very first step.
      let left = Atomic(stops == 2 ? 1 : 1 + Int(random.next() % UInt64(total / 7)))
      do {
        _ = try session(chain, path, start: stops == 0 ? .new : .resume).execute(isInterrupted: {
          left.subtract(1, ordering: .relaxed).newValue < 0
        })
        Issue.record("the run ended after \(stops) stops")
        return
      } catch let stop as RunSession.Interruption {
        #expect(stop.output == path)
        #expect(stop.time >= lastTime)
        lastTime = stop.time
        stops += 1
      }
      #expect(FileManager.default.fileExists(atPath: path + ".checkpoint"))
      #expect(!FileManager.default.fileExists(atPath: path + ".checkpoint.new"))
    }
    _ = try session(chain, path, start: .resume).execute()
    #expect(try Contents(of: path).differences(from: expected) == [])
    #expect(!FileManager.default.fileExists(atPath: path + ".checkpoint"))
  }

  /// Every stop begins with bases that have to find the degree of what was saved.
  @Test("a noisy comparison on the sphere, stopped before and after it is refined")
  func refined() throws {
    let chain = Case(
      name: "sphere", text: Samples.narrowing, compares: true, change: ["compare.counts=[8, 20]"],
      seed: 1)
    let path = folder.file("refined.nc")
    let whole = try session(chain, path).execute()
    #expect(whole.densityResolution == .degree(63))
    let expected = try Contents(of: path)
    try FileManager.default.removeItem(atPath: path)
    var start = RunSession.Start.new
    var saved: [Int] = []
    while true {
      let left = Atomic(4)
      do {
        _ = try session(chain, path, start: start).execute(isInterrupted: {
          left.subtract(1, ordering: .relaxed).newValue < 0
        })
        break
      } catch is RunSession.Interruption {
        start = .resume
        saved.append(try Data(contentsOf: URL(fileURLWithPath: path + ".checkpoint")).count)
      }
    }
    // Nearly all of a checkpoint are fluctuations: four times as many numbers after they are refined.
    #expect(try #require(saved.last) > 3 * #require(saved.first))
    #expect(try Contents(of: path).differences(from: expected) == [])
  }

  @Test("a checkpoint after every step changes nothing", arguments: cases.prefix(3))
  func everyStep(chain: Case) throws {
    let path = folder.file("often.nc")
    let expected = try reference(chain, path)
    _ = try session(chain, path, interval: 0).execute()
    #expect(try Contents(of: path).differences(from: expected) == [])
  }

  @Test("what an older checkpoint does not know is written again")
  func olderCheckpoint() throws {
    let chain = Self.cases[1]
    let path = folder.file("older.nc")
    let expected = try reference(chain, path)
    try interrupt(chain, path, after: 40, start: .new)
    let checkpoint = try Data(contentsOf: URL(fileURLWithPath: path + ".checkpoint"))
    try interrupt(chain, path, after: 60, start: .resume)
    try checkpoint.write(to: URL(fileURLWithPath: path + ".checkpoint"))
    _ = try session(chain, path, start: .resume).execute()
    #expect(try Contents(of: path).differences(from: expected) == [])
  }

  @Test("a checkpoint cut short anywhere is refused, never a crash")
  func truncated() throws {
    let chain = Self.cases[1]
    let path = folder.file("cut.nc")
    try interrupt(chain, path, after: 40, start: .new)
    let url = URL(fileURLWithPath: path + ".checkpoint")
    let whole = try Data(contentsOf: url)
    let output = try Data(contentsOf: URL(fileURLWithPath: path))
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
      try whole.prefix(length).write(to: url)
      let error = #expect(throws: RunFileError.self, "\(length) of \(whole.count) bytes") {
        _ = try session(chain, path, start: .resume).execute()
      }
      #expect(error?.exitCode == 65)
      #expect(error?.message.hasPrefix("\(path).checkpoint: cannot be read (") == true)
      #expect(error?.message.hasSuffix("; start again with --overwrite") == true)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == output)
    try whole.write(to: url)
    _ = try session(chain, path, start: .resume).execute()
  }

  @Test("a checkpoint whose output is gone or damaged is refused")
  func outputGone() throws {
    let chain = Self.cases[1]
    let path = folder.file("gone.nc")
    try interrupt(chain, path, after: 40, start: .new)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try FileManager.default.removeItem(atPath: path)
    let gone = #expect(throws: NetCDFError.self) {
      _ = try session(chain, path, start: .resume).execute()
    }
    #expect(gone?.exitCode == 74)
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    let damaged = #expect(throws: NetCDFError.self) {
      _ = try session(chain, path, start: .resume).execute()
    }
    #expect(damaged?.exitCode == 74)
    #expect(FileManager.default.fileExists(atPath: path + ".checkpoint"))
  }

  @Test("run and compare do not take over each other's checkpoints")
  func otherCommand() throws {
    for chain in [Self.cases[0], Self.cases[1]] {
      let path = folder.file("\(chain.compares).nc")
      let plain = Case(name: "", compares: chain.compares, change: [], seed: 1)
      let other = Case(name: "", compares: !chain.compares, change: [], seed: 1)
      try interrupt(plain, path, after: 10, start: .new)
      let error = #expect(throws: RunFileError.self) {
        _ = try session(other, path, start: .resume).execute()
      }
      let command = chain.compares ? "compare" : "run"
      #expect(
        error?.message
          == "\(path).checkpoint: was saved by meanfield \(command); --resume that, or start with "
          + "--overwrite")
      #expect(error?.exitCode == 65)
    }
  }

  /// What an uninterrupted run writes; at the same path, which is recorded, and taken away again.
  private func reference(
    _ chain: Case, _ path: String, isInterrupted: @escaping @Sendable () -> Bool = { false }
  ) throws -> Contents {
    _ = try session(chain, path).execute(isInterrupted: isInterrupted)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Contents(of: path)
  }

  private func interrupt(
    _ chain: Case, _ path: String, after count: Int, start: RunSession.Start
  ) throws {
    let left = Atomic(count)
    #expect(throws: RunSession.Interruption.self) {
      _ = try session(chain, path, start: start).execute(isInterrupted: {
        left.subtract(1, ordering: .relaxed).newValue < 0
      })
    }
  }

  private func session(
    _ chain: Case, _ path: String, start: RunSession.Start = .new, interval: Double = 3600
  ) throws -> RunSession {
    var runFile = try RunFile(
      text: chain.text, name: "run.yaml", settings: chain.change)
    runFile.output.file = path
    return try RunSession(
      runFile, start: start, compares: chain.compares, threads: 2, checkpointInterval: interval)
  }
}

/// A small generator of random numbers for tests (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
