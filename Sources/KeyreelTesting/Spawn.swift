import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a child process starts with; only its three standard files are open in it.
struct Spawn {
  var words: [String]
  var folder: FilePath?
  var environment: [String: String?]
  var input: FileDescriptor?
  var output: FileDescriptor
  var errors: FileDescriptor

  /// Starts the process as the leader of a new process group, with no signal ignored or blocked.
  func start() throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let input {
      posix_spawn_file_actions_adddup2(&actions, input.rawValue, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output.rawValue, 1)
    posix_spawn_file_actions_adddup2(&actions, errors.rawValue, 2)
    // Other threads open files too, not all of them closed on exec, and at any moment: not only those
    // that are open now are closed.
    for file in 3..<Self.mostFiles { posix_spawn_file_actions_addclose(&actions, file) }
    var attributes = Self.attributes()
    defer { posix_spawnattr_destroy(&attributes) }
    var process: pid_t = 0
    // The shell changes the folder, which Swift's view of the C library cannot.
    let words = (folder.map { ["sh", "-c", #"cd "$0" && exec "$@""#, $0.string] } ?? []) + words
    let status = Self.withPointers(to: words) { pointers in
      Self.withPointers(to: variables) { variables in
        posix_spawnp(&process, words[0], &actions, &attributes, pointers, variables)
      }
    }
    guard status == 0 else {
      let reason = status == ENOENT ? "is not there (scripts/setup --tests)" : "does not start"
      throw ChildProcess.Failure(description: "\(words[0]) \(reason): \(Errno(rawValue: status))")
    }
    return process
  }

  /// Few test processes open more files than this.
  private static let mostFiles: Int32 = 1024

  private static func attributes() -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    var (all, none) = (sigset_t(), sigset_t())
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_init(&attributes)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    return attributes
  }

  private var variables: [String] {
    var variables: [String] = []
    var next = environ
    while let entry = next.pointee {
      let text = String(cString: entry)
      if !environment.keys.contains(String(text.prefix { $0 != "=" })) { variables.append(text) }
      next += 1
    }
    return variables + environment.compactMap { name, value in value.map { "\(name)=\($0)" } }
  }

  private static func withPointers<Result>(
    to words: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
      .allocate(capacity: words.count + 1)
    defer {
      for index in words.indices { free(pointers[index]) }
      pointers.deallocate()
    }
    for (index, word) in words.enumerated() { pointers[index] = strdup(word) }
    pointers[words.count] = nil
    return body(pointers)
  }
}

/// Pipes whose ends no child process gets unless they are given to it.
enum ClosedOnExec {
  /// Two connected ends; what is written to the second is read from the first.
  static func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    // A pair of sockets, since it can be closed on exec from the beginning: another thread may start a
    // process at any moment.
    let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
    guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else { throw Errno(rawValue: errno) }
    return (ends[0], ends[1])
  }
}
