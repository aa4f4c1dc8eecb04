import Foundation
import MeanField
import RunFiles
import Testing

/// What is wrong before any key is looked at.
struct YAMLSyntaxTests {
  @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "~\n", "\u{FEFF}"])
  func empty(_ text: String) {
    Samples.expectRefusal(text, "circle.yaml: found an empty file, allowed: a run file")
  }

  @Test func errorsOfSyntaxHaveAPosition() {
    Samples.expectRefusal(
      "manifold: circle\nattention: {beta: 4\ntime: {end: 1}\n",
      "circle.yaml:3:5: found invalid YAML: did not find expected ',' or '}'")
  }

  @Test func aKeyStandsOnce() {
    Samples.expectRefusal(
      Samples.least() + "attention: {beta: 5}\n",
      "circle.yaml:2:1: found the key 'attention' twice, allowed: once")
    Samples.expectRefusal(
      Samples.least("attention: {beta: 5, \"beta\": 6}"),
      "circle.yaml:2:13: found the key 'beta' twice, allowed: once")
  }

  @Test func oneDocument() {
    Samples.expectRefusal(
      Samples.least() + "---\ntitle: another\n",
      "circle.yaml:6:1: found a second document, allowed: one")
  }

  @Test func controlCharactersHaveAPosition() {
    Samples.expectRefusal(
      "title: one\r\nnoise: \u{0}1\n",
      "circle.yaml:2:8: found the control character U+0000, allowed: printable text")
    Samples.expectRefusal(
      "title: öne\u{7F}\n",
      "circle.yaml:1:11: found the control character U+007F, allowed: printable text")
  }

  @Test func aByteOrderMarkDoesNotCount() throws {
    #expect(try Samples.runFile("\u{FEFF}" + Samples.least()) == Samples.runFile(Samples.least()))
    Samples.expectRefusal(
      "\u{FEFF}title: []\n", "circle.yaml:1:8: title: found a list, allowed: text")
  }

  @Test func columnsCountCharactersNotBytes() {
    Samples.expectRefusal(
      Samples.least("attention: {\"normalization\": \"sóftmax\", beta: -1}"),
      "circle.yaml:2:47: attention.beta: found -1, allowed: a number ≥ 0")
  }

  @Test func aliasesMayStandForValues() throws {
    let run = try Samples.runFile(
      Samples.least("attention: {beta: &b 4}", "noise: *b", "title: \"3 * *b\""))
    #expect(run.equation.noise == 4)
    #expect(run.title == "3 * *b")
  }

  @Test func mergeKeysAreUnknown() throws {
    let text = Samples.least("time: &t {end: 10}", "output: {<<: *t}")
    let message = try #require(Samples.refusal(text)).message
    #expect(message.hasPrefix("circle.yaml:5:10: output.<<: found an unknown key"))
  }

  @Test func anUndefinedAliasIsRefused() {
    Samples.expectRefusal(
      Samples.least("noise: *b"),
      "circle.yaml:5:8: found invalid YAML: found undefined alias")
  }

  /// Nine lists of nine of the one before: 9⁹ numbers.
  private static let bomb = (1...9).reduce("a0: &a0 [1, 1]\n") { text, level in
    let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
    return text + "a\(level): &a\(level) [\(aliases)]\n"
  }

  @Test(.timeLimit(.minutes(1))) func aliasBombsAreRefused() {
    Samples.expectRefusal(
      Self.bomb + "title: *a9\n",
      "circle.yaml:1:5: found more than 1000000 values, allowed: fewer")
  }

  @Test(.timeLimit(.minutes(1))) func aliasBombsInKeysAreRefused() {
    Samples.expectRefusal(
      Self.bomb + "? *a9\n: 1\n", "circle.yaml:11:3: found an alias as a key, allowed: a word")
    Samples.expectRefusal(
      Self.bomb + "? [1, {b: *a9}]\n: 1\n",
      "circle.yaml:11:11: found an alias as a key, allowed: a word")
  }

  /// A text too long for the log.
  struct LongText: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String

    init(_ name: String, _ text: String) {
      testDescription = name
      self.text = text
    }
  }

  @Test(arguments: [
    LongText("open lists", String(repeating: "[", count: 999_999)),
    LongText("open mappings", String(repeating: "{a: ", count: 200_000)),
    LongText("list entries", String(repeating: "- ", count: 400_000)),
    LongText("complex keys", String(repeating: "? ", count: 400_000)),
    LongText(
      "closed lists", String(repeating: "[", count: 900) + String(repeating: "]", count: 900)),
    LongText(
      "indentation", (0..<1200).map { String(repeating: " ", count: $0) + "a:\n" }.joined()),
  ])
  func deepNestingIsRefused(_ long: LongText) throws {
    #expect(try #require(Samples.refusal(long.text)).exitCode == 65)
  }

  @Test func nestingIsLimited() {
    Samples.expectRefusal(
      "title: " + String(repeating: "[", count: 65) + String(repeating: "]", count: 65) + "\n",
      "circle.yaml:1:72: found more than 64 nested levels, allowed: fewer")
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      LongText("a word", String(repeating: "a", count: 999_999)),
      LongText("stars", String(repeating: "*", count: 999_999)),
      LongText("quoted stars", "\"" + String(repeating: "*a ", count: 300_000) + "\""),
      LongText("keys", (0..<120_000).map { "k\($0): 1\n" }.joined()),
      LongText("numbers", "title: [" + (0..<140_000).map { "\($0)," }.joined() + "]\n"),
    ])
  func longFilesAreReadInTime(_ long: LongText) throws {
    #expect(try #require(Samples.refusal(long.text)).exitCode == 65)
  }

  @Test func manyTimesAreAllowed() throws {
    let times = (1...100_000).map { "\($0)" }.joined(separator: ",")
    let run = try Samples.runFile(Samples.least("time: {end: 2e5}", "output: {times: [\(times)]}"))
    #expect(run.output.schedule.snapshotTimes(end: 2e5).count == 100_002)
  }

  @Test func theResolvedFileMustBeReadableToo() throws {
    let terms = Array(repeating: "{mean: 9e9, concentration: .1}", count: 32_000)
    let text = Samples.least("initial: {vonMises: [\(terms.joined(separator: ","))]}")
    let refusal = try #require(Samples.refusal(text))
    #expect(text.utf8.count <= 1_000_000)
    #expect(refusal.exitCode == 65)
    #expect(refusal.message.hasPrefix("circle.yaml: found 1"))
    #expect(
      refusal.message.hasSuffix(
        " bytes once every default is filled in, allowed: at most 1000000"))
  }
}
