import MeanField
import RunFiles
import Testing

/// `--set path.to.key=value`.
struct SettingTests {
  private static let bumps = Samples.least(
    "initial: {vonMises: [{mean: 1, concentration: 4}, {mean: 2, concentration: 8}]}")

  @Test(arguments: [
    ("attention.beta=9", "attention: {beta: 9}"),
    ("attention={beta: 9, normalization: peak}", "attention: {beta: 9, normalization: peak}"),
    ("noise=0.5", "noise: 0.5"),
    ("time.tolerance=1e-6", "time: {end: 10, tolerance: 1e-6}"),
    ("density.spectral.points=64", "density: {spectral: {points: 64}}"),
    ("density=spectral", "density: spectral"),
    ("particles.count=7", "particles: {count: 7}"),
    ("output.times=[1, 2]", "output: {times: [1, 2]}"),
    ("output.times.from=1 ", "output: {times: {from: 1}}"),
    ("output.file=a=b.nc", "output: {file: a=b.nc}"),
    ("title='a: b'", "title: 'a: b'"),
    (
      "initial.perturbedUniform={amplitude: 0, modes: 1}",
      "initial: {perturbedUniform: {amplitude: 0, modes: 1}}"
    ),
  ])
  func setsWhatTheFileCouldSay(flag: String, line: String) throws {
    let settings =
      flag.hasPrefix("output.times.from")
      ? [flag, "output.times.to=2", "output.times.count=3"] : [flag]
    let edit = settings.count == 1 ? line : "output: {times: {from: 1, to: 2, count: 3}}"
    #expect(
      try Samples.runFile(Samples.least(), settings: settings)
        == Samples.runFile(Samples.least(edit)))
  }

  @Test func laterFlagsWin() throws {
    let run = try Samples.runFile(Samples.least(), settings: ["noise=1", "noise=2"])
    #expect(run.equation.noise == 2)
  }

  @Test(arguments: [
    "spectral", "{spectral: }", "{spectral: {}}", "{spectral: {tolerance: 1e-8}}", "none",
  ])
  func aChoiceBecomesAMapping(_ density: String) throws {
    let run = try Samples.runFile(
      Samples.least("density: \(density)"), settings: ["density.spectral.points=32"])
    guard case .spectral(let spectral) = run.density else {
      Issue.record("the density is not spectral")
      return
    }
    #expect(spectral.resolution == 32)
  }

  @Test func elementsOfListsHaveAnIndex() throws {
    let run = try Samples.runFile(Self.bumps, settings: ["initial.vonMises.1.mean=-3"])
    #expect(
      run.initial.law
        == .vonMises([
          InitialLaw.VonMises(mean: 1, concentration: 4),
          InitialLaw.VonMises(mean: -3, concentration: 8),
        ]))
  }

  @Test(arguments: [
    ("attention.beta=-1", "attention.beta: found -1, allowed: a number ≥ 0"),
    ("attention.beta=", "attention.beta: found nothing, allowed: a number ≥ 0"),
    ("attention.beta=# four", "attention.beta: found nothing, allowed: a number ≥ 0"),
    (
      "attention.betta=4",
      "attention.betta: found an unknown key, allowed: beta, normalization, did you mean 'beta'?"
    ),
    ("time=3", "time: found 3, allowed: a mapping with the keys end, tolerance"),
    ("title.x=1", "title: found a mapping, allowed: text"),
    ("initial.vonMises.2.mean=1", "initial.vonMises: found the element '2', allowed: 0 to 1"),
    ("initial.vonMises.-1.mean=1", "initial.vonMises: found the element '-1', allowed: 0 to 1"),
    ("initial.vonMises.x=1", "initial.vonMises: found the element 'x', allowed: 0 to 1"),
    (
      "initial.vonMises.0.weigth=1",
      "initial.vonMises.0.weigth: found an unknown key, allowed: mean, concentration, weight, "
        + "did you mean 'weight'?"
    ),
    ("attention.beta", "found no '=', allowed: path.to.key=value"),
    ("=4", "found an empty key, allowed: path.to.key=value"),
    ("attention..beta=4", "found an empty key, allowed: path.to.key=value"),
    ("noise=[1", "found invalid YAML: did not find expected ',' or ']'"),
    ("noise=1\n--- 2", "found a second document, allowed: one"),
    ("noise=\u{7}", "found the control character U+0007, allowed: printable text"),
    (
      "particles.members.x=1",
      "particles.members: found a mapping, allowed: a whole number from 1 to 1000000"
    ),
  ])
  func refusalsNameTheFlag(flag: String, sentence: String) {
    let shown = flag.replacing("\n", with: "\\n").replacing("\u{7}", with: "\\u{07}")
    Samples.expectRefusal(Self.bumps, settings: [flag], "--set \(shown): \(sentence)")
  }

  @Test func whatAFlagLeavesOutIsItsFault() {
    Samples.expectRefusal(
      Samples.least(), settings: ["initial.perturbedUniform.amplitude=0.1"],
      "--set initial.perturbedUniform.amplitude=0.1: initial.perturbedUniform.modes: missing, "
        + "allowed: a whole number from 1 to 100000")
  }

  @Test func whatTheFileSaysIsNot() {
    Samples.expectRefusal(
      Samples.least("noise: -1"), settings: ["attention.beta=3"],
      "circle.yaml:5:8: noise: found -1, allowed: a number ≥ 0")
  }

  @Test func depthIsLimited() {
    let path = Array(repeating: "a", count: 65).joined(separator: ".")
    Samples.expectRefusal(
      Samples.least(), settings: [path + "=1"],
      "--set \(path.prefix(80))…: found 65 keys, allowed: at most 64")
  }
}
