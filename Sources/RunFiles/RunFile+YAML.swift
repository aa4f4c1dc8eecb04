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

  /// The same before it is text.
  var node: Node {
    var entries: [(String, Node)] = [
      ("title", text(title)),
      ("manifold", equation.manifold.node),
      ("attention", equation.attention.node),
      ("noise", number(equation.noise)),
      ("initial", initial.node(on: equation.manifold)),
      ("density", density.node(ResolutionKeys(equation.manifold))),
    ]
    if let particles { entries.append(("particles", particles.node)) }
    entries += [
      ("time", mapping([("end", number(time.end)), ("tolerance", number(time.tolerance))])),
      ("output", output.node(ResolutionKeys(equation.manifold))),
      ("compare", compare.node),
    ]
    return mapping(entries)
  }
}

extension Manifold {
  fileprivate var node: Node {
    func dimension(_ dimension: Int) -> Node { mapping([("dimension", whole(dimension))]) }
    return switch self {
    case .circle: word("circle")
    case .sphere(3): word("sphere")
    case .sphere(let d): mapping([("sphere", dimension(d))])
    case .zonal(let d): mapping([("zonal", dimension(d))])
    }
  }
}

extension Attention {
  fileprivate var node: Node {
    mapping([("beta", number(beta)), ("normalization", word(normalization.rawValue))])
  }
}

extension RunFile.Initial {
  fileprivate func node(on manifold: Manifold) -> Node {
    switch law {
    case .uniform:
      word("uniform")
    case .orthogonal:
      word("orthogonal")
    case .harmonics(let harmonics):
      mapping([("harmonics", list(harmonics.flatMap { $0.nodes(on: manifold) }))])
    case .vonMises(let densities):
      mapping([
        (
          "vonMises",
          list(
            densities.map {
              row([
                ("mean", $0.meanNode(on: manifold)), ("concentration", number($0.concentration)),
                ("weight", number($0.weight)),
              ])
            })
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

extension InitialLaw.Harmonic {
  /// On S² a term for the cosine and one for the sine, whichever there is.
  fileprivate func nodes(on manifold: Manifold) -> [Node] {
    switch manifold {
    case .circle:
      return [row([("mode", whole(degree)), ("cosine", number(cosine)), ("sine", number(sine))])]
    case .zonal:
      return [row([("degree", whole(degree)), ("amplitude", number(cosine))])]
    case .sphere:
      let terms = sine == 0 ? [(order, cosine)] : [(order, cosine), (-order, sine)]
      return terms.filter { $0.1 != 0 || terms.count == 1 }.map { order, amplitude in
        row([
          ("degree", whole(degree)), ("order", whole(order)), ("amplitude", number(amplitude)),
        ])
      }
    }
  }
}

extension InitialLaw.VonMises {
  fileprivate func meanNode(on manifold: Manifold) -> Node {
    switch manifold {
    case .circle: number(mean[0])
    case .zonal: word(mean[0] > 0 ? "north" : "south")
    case .sphere: .sequence(Node.Sequence(mean.map(number), .implicit, .flow))
    }
  }
}

extension RunFile.Density {
  fileprivate func node(_ names: ResolutionKeys) -> Node {
    switch self {
    case .none:
      word("none")
    case .spectral(let spectral):
      mapping([
        (
          "spectral",
          mapping([
            (names.key, whole(spectral.resolution)), (names.maximumKey, whole(spectral.maximum)),
            ("tolerance", number(spectral.tolerance)),
          ])
        )
      ])
    case .panels(let panels):
      mapping([
        (
          "panels",
          mapping(
            [("tolerance", number(panels.tolerance))]
              + (names.hasSymmetry ? [("symmetry", whole(panels.symmetry))] : []))
        )
      ])
    }
  }
}

extension RunFile.Particles {
  fileprivate var node: Node {
    var entries: [(String, Node)] = [
      ("count", whole(count)), ("members", whole(members)), ("seed", whole(seed)),
      ("scheme", scheme.node),
    ]
    if let step { entries.append(("step", number(step))) }
    return mapping(entries)
  }
}

extension TokenScheme {
  fileprivate var node: Node {
    switch self {
    case .adaptive: word("adaptive")
    case .euler(let step): mapping([("euler", mapping([("step", number(step))]))])
    }
  }
}

extension RunFile.Output {
  fileprivate func node(_ names: ResolutionKeys) -> Node {
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
    let finenesses = zip(names.outputKeys, [resolution, modes]).map { ($0, whole($1)) }
    return mapping([("file", text(file)), times] + finenesses + [("particles", written)])
  }
}

extension RunFile.Compare {
  fileprivate var node: Node {
    var entries = [("sigmas", number(sigmas))]
    if !counts.isEmpty {
      entries.append(("counts", .sequence(Node.Sequence(counts.map(whole), .implicit, .flow))))
    }
    return mapping(entries)
  }
}

// MARK: - Nodes

private func mapping(_ entries: [(String, Node)]) -> Node {
  .mapping(Node.Mapping(entries.map { (word($0.0), $0.1) }, .implicit, .block))
}

private func list(_ nodes: [Node]) -> Node { .sequence(Node.Sequence(nodes)) }

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
