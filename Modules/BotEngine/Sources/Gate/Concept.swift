/// What a company must not find itself bound to by a bot: each needs a source that says the same.
enum Concept: String, Hashable, Sendable, CaseIterable {
    case discount, free, gift, guarantee, promise, refund, installment, bestPrice, half, cashback, roundTheClock
}
