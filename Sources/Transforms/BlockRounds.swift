/// All pairs of blocks, each once, in rounds of pairs that have no block in common.
///
/// Blocks I and J meet in round (I + J) mod `count`. Pairs of a round may thus add to their blocks
/// at the same time, and every block is added to in the same order on any number of threads.
struct BlockRounds {
  let count: Int

  /// How many pairs meet in a round, blocks that meet themselves among them.
  func pairCount(in round: Int) -> Int {
    firstKind(in: round) + (round + count) / 2 - round
  }

  /// Two blocks of one round, the first at most the second.
  func pair(_ index: Int, in round: Int) -> (first: Int, second: Int) {
    let sum = index < firstKind(in: round) ? round : round + count
    let first = index < firstKind(in: round) ? index : round + 1 + index - firstKind(in: round)
    return (first, sum - first)
  }

  /// The pairs with I + J = `round`; the others have I + J = `round` + `count`.
  private func firstKind(in round: Int) -> Int { round / 2 + 1 }
}
