import MeanField
import Yams

extension RunFile {
  /// The run file with every default filled in, as YAML that reads back to the same values.
  public var yaml: String {
    do {
      // The default width breaks long lines, and with them file names.
      return try serialize(node: node, width: -1, allowUnicode: true)
    } catch {
      preconditionFailure("plain nodes can always be serialized: \(error)")
    }
  }

  private var node: Node {
    var entries: [(String, Node)] = [
      ("title", text(title)),
      ("manifold", word(manifold.rawValue)),
      ("attention", equation.attention.node),
      ("noise", number(equation.noise)),
      ("initial", initial.node),
      ("density", density.node),
    ]
    if let particles { entries.append(("particles", particles.node)) }
    entries += [
      ("time", mapping([("end", number(time.end)), ("tolerance", number(time.tolerance))])),
      ("output", output.node),
      ("compare", mapping([("sigmas", number(compare.sigmas))])),
    ]
    return mapping(entries)
  }
}

extension Attention {
  fileprivate var node: Node {
    mapping([("beta", number(beta)), ("normalization", word(normalization.rawValue))])
  }
}

extension RunFile.Initial {
  fileprivate var node: Node {
    switch law {
    case .uniform:
      word("uniform")
    case .harmonics(let harmonics):
      mapping([
        (
          "harmonics",
          .sequence(
            Node.Sequence(
              harmonics.map {
                row([
                  ("mode", whole($0.mode)), ("cosine", number($0.cosine)),
                  ("sine", number($0.sine)),
                ])
              }))
        )
      ])
    case .vonMises(let densities):
      mapping([
        (
          "vonMises",
          .sequence(
            Node.Sequence(
              densities.map {
                row([
                  ("mean", number($0.mean)), ("concentration", number($0.concentration)),
                  ("weight", number($0.weight)),
                ])
              }))
        )
      ])
    case .perturbedUniform(let amplitude, let modes, let seed):
      mapping([
        (
          "perturbedUniform",
          mapping([
            ("amplitude", number(amplitude)), ("modes", whole(modes)), ("seed", whole(seed)),
          ])
        )
      ])
    case .tokens:
      mapping([("tokens", mapping([("file", text(tokenFile ?? ""))]))])
    }
  }
}

extension RunFile.Density {
  fileprivate var node: Node {
    switch self {
    case .none:
      word("none")
    case .spectral(let spectral):
      mapping([
        (
          "spectral",
          mapping([
            ("points", whole(spectral.points)),
            ("maximumPoints", whole(spectral.maximumPoints)),
            ("tolerance", number(spectral.tolerance)),
          ])
        )
      ])
    }
  }
}

extension RunFile.Particles {
  fileprivate var node: Node {
    var entries: [(String, Node)] = [
      ("count", whole(count)), ("members", whole(members)), ("seed", whole(seed)),
      ("scheme", word("adaptive")),
    ]
    if let step { entries.append(("step", number(step))) }
    return mapping(entries)
  }
}

extension RunFile.Output {
  fileprivate var node: Node {
    let times: (String, Node) =
      switch schedule {
      case .every(let every): ("every", number(every))
      case .times(let times):
        ("times", .sequence(Node.Sequence(times.map(number), .implicit, .flow)))
      case .range(let from, let to, let count, let spacing):
        (
          "times",
          row([
            ("from", number(from)), ("to", number(to)), ("count", whole(count)),
            ("spacing", word(spacing.rawValue)),
          ])
        )
      }
    let written =
      switch particles {
      case .all: word("all")
      case .none: word("none")
      case .first(let count): whole(count)
      }
    return mapping([
      ("file", text(file)), times, ("points", whole(points)), ("modes", whole(modes)),
      ("particles", written),
    ])
  }
}

// MARK: - Nodes

private func mapping(_ entries: [(String, Node)]) -> Node {
  .mapping(Node.Mapping(entries.map { (word($0.0), $0.1) }, .implicit, .block))
}

/// A mapping on one line.
private func row(_ entries: [(String, Node)]) -> Node {
  .mapping(Node.Mapping(entries.map { (word($0.0), $0.1) }, .implicit, .flow))
}

private func word(_ word: String) -> Node {
  Node(word, .implicit, .plain)
}

/// Text of the user, quoted: `no`, `1e3` and `a: b` stay what they are.
private func text(_ text: String) -> Node {
  Node(text, .implicit, .doubleQuoted)
}

private func whole(_ value: some BinaryInteger) -> Node {
  word(String(value))
}

/// The shortest decimals that read back to the same number, whole numbers without their `.0`.
private func number(_ value: Double) -> Node {
  let text = "\(value)"
  return word(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
}
