package dev.signalbox.http;

/// A request that HTTP itself refuses, before any room is asked.
final class HttpRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient ProblemBody problem;

  HttpRefusal(int status, String code, String detail) {
    super(detail, null, false, false);
    this.problem = ProblemBody.of(status, code, detail);
  }

  ProblemBody problem() {
    return problem;
  }
}
