/// The wire protocol of fal's queue.
enum FalProtocolPlaceholder {}
