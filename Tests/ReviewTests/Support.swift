import KeyreelCore
import Testing

@testable import Review
