/// What the process tells its caller; the table stands in `docs/exit-codes.md` too.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// The film is made, or there was nothing to do.
  case success = 0
  /// The run failed; finished work is kept.
  case runFailed = 1
  /// The plan has work to do (only with `--detailed-exitcode`).
  case workToDo = 2
  /// The pipeline is invalid.
  case pipelineInvalid = 3
  /// The budget does not cover the plan.
  case overBudget = 4
  /// A submission of unknown outcome needs a decision.
  case unknownSubmission = 5
  /// A saved plan no longer fits and was refused.
  case planRefused = 6
  /// What was made is not what was planned.
  case verificationFailed = 7
  /// A policy denied the plan.
  case policyDenied = 8
  /// The command line is wrong.
  case usage = 64
  /// The store or a disk failed.
  case storeFailed = 74
  /// Another process holds what is needed.
  case busy = 75
  /// Interrupted by SIGINT.
  case interrupted = 130
  /// Ended by SIGTERM.
  case terminated = 143
}
