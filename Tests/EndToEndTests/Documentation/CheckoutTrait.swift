import Testing

/// Has the checkout made from the beginning of a run on, beside the tests: it takes as long as many of
/// them.
struct CheckoutTrait: SuiteTrait {
  func prepare(for test: Test) async throws { Checkout.start() }
}

extension Trait where Self == CheckoutTrait {
  static var needsCheckout: CheckoutTrait { CheckoutTrait() }
}
