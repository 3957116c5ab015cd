import Testing

/// The parent of all suites here. It is serialized because the selected level belongs to the whole process.
@Suite(.serialized, .timeLimit(.minutes(10)))
enum KernelSuites {}
