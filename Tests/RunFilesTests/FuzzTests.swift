import RunFiles
import TestSupport
import Testing

/// Random damage to valid run files: never a crash, never a hang, always one sentence.
struct FuzzTests {
  private static let pieces = [
    ":", ": ", "- ", "[", "]", "{", "}", ",", "#", "&a ", "*a", "!", "!!float ", "|\n", ">\n", "'",
    "\"", "%", "@", "`", "? ", "<<: *a", "---\n", "...\n", "~", "\t", "\n", "\r\n", "\\", "\0",
    "\u{85}", "null", ".nan", ".inf", "-1", "1e999", "0", "99999999999999999999", "tokens",
    "sphere",
    "\u{FEFF}", "é", "👩‍🔬",
  ]

  /// One random change of the bytes of a file.
  private static func mutate(_ bytes: inout [UInt8], with random: inout SplitMix) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: bytes.indices, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0:
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1:
      bytes[place] = .random(in: 0...255, using: &random)
    case 2:
      bytes.removeSubrange(line(at: place, of: bytes))
    case 3:
      let line = bytes[line(at: place, of: bytes)]
      let target = Int.random(in: bytes.indices, using: &random)
      bytes.insert(contentsOf: line, at: target)
    case 4:
      var words = bytes.split(separator: 0x20, omittingEmptySubsequences: false)
      words.swapAt(
        .random(in: words.indices, using: &random), .random(in: words.indices, using: &random))
      bytes = Array(words.joined(separator: [0x20]))
    case 5:
      let piece = pieces[Int.random(in: pieces.indices, using: &random)]
      bytes.insert(contentsOf: piece.utf8, at: place)
    default:
      bytes.removeSubrange(place...)
    }
  }

  private static func line(at place: Int, of bytes: [UInt8]) -> Range<Int> {
    let start = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let end = bytes[place...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.endIndex
    return start..<end
  }

  @Test(.timeLimit(.minutes(2)), arguments: Samples.all.indices)
  func damagedFilesAreReadOrRefused(sample: Int) {
    var random = SplitMix(state: UInt64(sample))
    let clock = ContinuousClock()
    var (accepted, refused) = (0, 0)
    for _ in 0..<1500 {
      var bytes = Array(Samples.all[sample].utf8)
      for _ in 0..<([1, 1, 2, 4].randomElement(using: &random) ?? 1) {
        Self.mutate(&bytes, with: &random)
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let start = clock.now
      do {
        let run = try RunFile(text: text, name: "fuzz.yaml", settings: [])
        accepted += 1
        // What was accepted is sound: it reads back to itself.
        #expect(
          try RunFile(text: run.yaml, name: "again.yaml", settings: []) == run, "\(text)")
      } catch {
        refused += 1
        #expect(error.exitCode == 65 || error.exitCode == 74)
        #expect(error.message.hasPrefix("fuzz.yaml:"))
        #expect(!error.message.contains { $0.isNewline }, "\(text)")
      }
      #expect(clock.now - start < .seconds(1), "\(text)")
    }
    // Both kinds occur, so neither branch above is idle.
    #expect(accepted > 10)
    #expect(refused > 500)
  }

  @Test func damagedSettingsAreReadOrRefused() {
    var random = SplitMix(state: 99)
    let flags = [
      "attention.beta=-1", "initial.vonMises.0.mean=1", "density.spectral.points=64",
      "output.times=[1, 2, 3]", "title='a: b'",
    ]
    for flag in flags {
      for _ in 0..<200 {
        var bytes = Array(flag.utf8)
        Self.mutate(&bytes, with: &random)
        let damaged = String(decoding: bytes, as: UTF8.self)
        do {
          _ = try RunFile(text: Samples.all[1], name: "fuzz.yaml", settings: [damaged])
        } catch {
          #expect(error.exitCode == 65)
          #expect(!error.message.contains { $0.isNewline })
        }
      }
    }
  }
}
