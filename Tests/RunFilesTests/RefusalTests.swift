import RunFiles
import Testing

/// Every way a run file can be wrong, with the sentence it is refused with.
struct RefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let text: String
    let message: String

    /// The least run file with one line changed, or added as its fifth.
    init(_ edit: String, _ message: String) {
      self.init([edit], message)
    }

    init(_ edits: [String], _ message: String) {
      text = Samples.least(edits)
      self.message = "circle.yaml:" + message
    }

    init(text: String, _ message: String) {
      self.text = text
      self.message = "circle.yaml:" + message
    }

    var testDescription: String { message }
  }

  @Test(arguments: [
    Case(
      "compare: {counts: 5}", "5:19: compare.counts: found 5, allowed: a list of particle counts"),
    Case(
      "compare: {counts: [5]}",
      "5:19: compare.counts: found a list of 1, allowed: 2 to 15 particle counts"),
    Case(
      "compare: {counts: [\((1...16).map(String.init).joined(separator: ", "))]}",
      "5:19: compare.counts: found a list of 16, allowed: 2 to 15 particle counts"),
    Case(
      "compare: {counts: [7, 7, 7]}",
      "5:19: compare.counts: found 7 alone, allowed: at least two different particle counts"),
    Case(
      "compare: {counts: [10, 0]}",
      "5:24: compare.counts.1: found 0, allowed: a whole number from 1 to 1000000000"),
    Case(
      "compare: {counts: [10, many]}",
      "5:24: compare.counts.1: found 'many', allowed: a whole number from 1 to 1000000000"),
    Case(
      "compare: {count: [10, 20]}",
      "5:11: compare.count: found an unknown key, allowed: sigmas, counts, did you mean 'counts'?"),
  ])
  func ladders(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      "density: {spectral: {degree: 31}}",
      "5:22: density.spectral.degree: is a key for spheres, allowed on the circle: "
        + "points, maximumPoints, tolerance"),
    Case(
      "density: {spectral: {maximumDegree: 31}}",
      "5:22: density.spectral.maximumDegree: is a key for spheres, allowed on the circle: "
        + "points, maximumPoints, tolerance"),
    Case(
      "output: {degree: 63}",
      "5:10: output.degree: is a key for spheres, allowed on the circle: "
        + "file, every, times, points, modes, particles"),
    Case(
      "initial: {harmonics: [{degree: 2, order: 0, amplitude: 1}]}",
      "3:24: initial.harmonics.0.degree: is a key for another manifold, allowed here: "
        + "mode, cosine, sine"),
    Case(
      "initial: orthogonal",
      "3:10: initial: 'orthogonal' needs manifold: {sphere: {dimension: d}}, "
        + "allowed here: uniform, harmonics, vonMises, perturbedUniform, tokens"),
    Case(
      "initial: {vonMises: [{mean: [0, 0, 1], concentration: 1}]}",
      "3:29: initial.vonMises.0.mean: found a list, allowed: an angle, in radians"),
    Case(
      "initial: {vonMises: [{mean: north, concentration: 1}]}",
      "3:29: initial.vonMises.0.mean: found 'north', allowed: an angle, in radians"),
  ])
  func onlyForOtherManifolds(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      "attention: {betta: 4}",
      "2:13: attention.betta: found an unknown key, allowed: beta, normalization, "
        + "did you mean 'beta'?"),
    Case(
      "atention: {beta: 4}",
      "5:1: atention: found an unknown key, allowed: title, manifold, attention, noise, initial, "
        + "density, particles, time, output, compare, did you mean 'attention'?"),
    Case(
      "time: {end: 1, quux: 2}",
      "4:16: time.quux: found an unknown key, allowed: end, tolerance"),
    Case(
      "initial: {vonMisses: []}",
      "3:11: initial.vonMisses: found an unknown key, allowed: uniform, harmonics, vonMises, "
        + "perturbedUniform, tokens, did you mean 'vonMises'?"),
    Case(
      "attention: {beta: 4, normalization: Softmx}",
      "2:37: attention.normalization: found 'Softmx', allowed: softmax, unnormalized, peak, "
        + "did you mean 'softmax'?"),
    Case(
      "manifold: cirlce",
      "1:11: manifold: found 'cirlce', allowed: circle, sphere, zonal, did you mean 'circle'?"),
    Case(
      "density: gaussian",
      "5:10: density: found 'gaussian', allowed: none, spectral, panels"),
    Case(
      "output: {times: {from: 1, to: 2, count: 3, spacing: lograthmic}}",
      "5:53: output.times.spacing: found 'lograthmic', allowed: linear, log"),
    Case(
      "output: {times: {from: 1, to: 2, counts: 3}}",
      "5:34: output.times.counts: found an unknown key, allowed: from, to, count, spacing, "
        + "did you mean 'count'?"),
    Case(
      "particles: {scheme: adaptiv}",
      "5:21: particles.scheme: found 'adaptiv', allowed: adaptive, euler, "
        + "did you mean 'adaptive'?"),
    Case(
      "\"ti\\tle\\e[2J\": 4",
      "5:1: ti\\tle\\u{1B}[2J: found an unknown key, allowed: title, manifold, attention, noise, "
        + "initial, density, particles, time, output, compare"),
  ])
  func misspelled(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      text: "title: nothing else\n", "1:1: manifold: missing, allowed: one of circle, sphere, zonal"
    ),
    Case(
      text: "manifold: circle\n", "1:1: attention.beta: missing, allowed: a number ≥ 0"),
    Case(
      "attention: {normalization: peak}",
      "2:12: attention.beta: missing, allowed: a number ≥ 0"),
    Case(
      text: "manifold: circle\nattention: {beta: 1}\n",
      "1:1: initial: missing, allowed: one of uniform, harmonics, vonMises, perturbedUniform, "
        + "tokens"),
    Case("time: {tolerance: 1e-8}", "4:7: time.end: missing, allowed: a number > 0"),
    Case(
      "initial: vonMises",
      "3:10: initial.vonMises: missing, allowed: a list of {mean, concentration, weight}"),
    Case(
      "initial: {vonMises: [{concentration: 1}]}",
      "3:22: initial.vonMises.0.mean: missing, allowed: an angle, in radians"),
    Case(
      "initial: {vonMises: [{mean: 1}]}",
      "3:22: initial.vonMises.0.concentration: missing, allowed: a number from 0 to 1e6"),
    Case(
      "initial: {harmonics: [{cosine: 1}]}",
      "3:23: initial.harmonics.0.mode: missing, allowed: a whole number from 1 to 100000"),
    Case(
      "initial: perturbedUniform",
      "3:10: initial.perturbedUniform.amplitude: missing, allowed: a number from 0 to 1e6"),
    Case(
      "initial: {perturbedUniform: {amplitude: 0.1}}",
      "3:29: initial.perturbedUniform.modes: missing, allowed: a whole number from 1 to 100000"),
    Case("initial: tokens", "3:10: initial.tokens.file: missing, allowed: text"),
    Case(
      "output: {times: {to: 1, count: 3}}",
      "5:17: output.times.from: missing, allowed: a number from 0 to time.end (10.0)"),
    Case(
      "output: {times: {from: 0, count: 3}}",
      "5:17: output.times.to: missing, allowed: a number from 0 to time.end (10.0)"),
    Case(
      "output: {times: {from: 0, to: 1}}",
      "5:17: output.times.count: missing, allowed: a whole number from 2 to 1000000"),
  ])
  func missing(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }

  @Test(arguments: [
    Case(
      "attention: 4",
      "2:12: attention: found 4, allowed: a mapping with the keys beta, normalization"),
    Case("attention: {beta: four}", "2:19: attention.beta: found 'four', allowed: a number ≥ 0"),
    Case(
      "attention: {beta: \"4\"}", "2:19: attention.beta: found the text '4', allowed: a number ≥ 0"),
    Case("attention: {beta: 0x10}", "2:19: attention.beta: found '0x10', allowed: a number ≥ 0"),
    Case("attention: {beta: [4]}", "2:19: attention.beta: found a list, allowed: a number ≥ 0"),
    Case(
      "attention: {beta: {a: 4}}", "2:19: attention.beta: found a mapping, allowed: a number ≥ 0"),
    Case("attention: {beta: }", "2:19: attention.beta: found nothing, allowed: a number ≥ 0"),
    Case("attention: {beta: ~}", "2:19: attention.beta: found nothing, allowed: a number ≥ 0"),
    Case(
      "attention: {beta: 1, normalization: [peak]}",
      "2:37: attention.normalization: found a list, allowed: softmax, unnormalized, peak"),
    Case(
      "manifold: [circle]",
      "1:11: manifold: found a list, allowed: one of circle, sphere, zonal"),
    Case("title: [a]", "5:8: title: found a list, allowed: text"),
    Case("title: \"\"", "5:8: title: found the text '', allowed: one line of text"),
    Case(
      "title: \"two\\nlines\"",
      "5:8: title: found the text 'two\\nlines', allowed: one line of text"),
    Case(
      "title: \"a\u{FEFF}b\"",
      "5:8: title: found the text 'a\\u{FEFF}b', allowed: one line of text"),
    Case(
      "particles:",
      "5:11: particles: found nothing, allowed: a mapping with the keys "
        + "count, members, seed, scheme, step"),
    Case(
      "particles: {count: 1.5}",
      "5:20: particles.count: found 1.5, allowed: a whole number from 1 to 1000000000"),
    Case(
      "output: {every: [1, 2]}", "5:17: output.every: found a list, allowed: a number > 0"),
    Case(
      "output: {times: 3}",
      "5:17: output.times: found 3, allowed: a list of times or {from, to, count, spacing}"),
    Case(
      "output: {times: [1, two]}",
      "5:21: output.times.1: found 'two', allowed: a number from 0 to time.end (10.0)"),
    Case(
      "output: {particles: some}",
      "5:21: output.particles: found 'some', allowed: all, none or a whole number from 1 to "
        + "1000000000"),
    Case(
      "initial: {harmonics: {mode: 1}}",
      "3:22: initial.harmonics: found a mapping, allowed: a list of {mode, cosine, sine}"),
    Case(
      "initial: {harmonics: [1]}",
      "3:23: initial.harmonics.0: found 1, allowed: a mapping with the keys mode, cosine, sine"),
    Case(
      "density: {none: {points: 8}}", "5:17: density.none: found a mapping, allowed: nothing to set"
    ),
    Case(
      "initial: {uniform: 1}", "3:20: initial.uniform: found 1, allowed: nothing to set"),
    Case(
      "density: {}", "5:10: density: found an empty mapping, allowed: one of none, spectral, panels"
    ),
    Case(
      "initial: {uniform: {}, vonMises: []}",
      "3:10: initial: found 'uniform' and 'vonMises', allowed: one of uniform, harmonics, "
        + "vonMises, perturbedUniform, tokens"),
    Case(
      "attention: {beta: !!binary aGk=}",
      "2:19: found the tag 'tag:yaml.org,2002:binary', allowed: values without tags"),
    Case("{a: 1}: 2", "5:1: found a key that is no word, allowed: a word"),
    Case(
      text: "- a\n- b\n",
      "1:1: found a list, allowed: a mapping with the keys title, manifold, "
        + "attention, noise, initial, density, particles, time, output, compare"),
  ])
  func wrongType(_ refused: Case) {
    Samples.expectRefusal(refused.text, refused.message)
  }
}
