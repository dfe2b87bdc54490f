package dev.signalbox.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row of the route table, from which calls are routed, checked and documented.
///
/// @param path with its parameters in braces
/// @param anyone needs no credentials
/// @param control starts, changes or answers something: refused while control is off
/// @param summary one line for the documentation
/// @param body what the request carries as JSON, or null for nothing (or not JSON)
/// @param answer what the answer carries as JSON, or null for nothing (or not JSON)
/// @param list whether the answer is a list of `answer`
/// @param query names of query parameters
/// @param longest of the body, in bytes
record Route(
    String method,
    String path,
    boolean anyone,
    boolean control,
    String summary,
    @Nullable Class<?> body,
    @Nullable Class<?> answer,
    boolean list,
    int status,
    List<String> query,
    int longest,
    Handler handler) {
  private static final int USUAL = 1 << 20;
  static final int LONGEST = 32 << 20;

  /// Carries a call out. Blocks; a refusal is thrown.
  @FunctionalInterface
  interface Handler {
    Reply handle(Call call) throws Exception;
  }

  static Route get(String path, String summary) {
    return new Route(
        "GET", path, false, false, summary, null, null, false, 200, List.of(), 0, Route::none);
  }

  /// A route that changes something; see [#evenWithoutControl].
  static Route of(String method, String path, String summary) {
    return new Route(
        method, path, false, true, summary, null, null, false, 200, List.of(), USUAL, Route::none);
  }

  static Route post(String path, String summary) {
    return of("POST", path, summary);
  }

  Route forAnyone() {
    return new Route(
        method, path, true, false, summary, body, answer, list, status, query, longest, handler);
  }

  /// Signing in and out, and ending the server, are not control of agents.
  Route evenWithoutControl() {
    return new Route(
        method, path, anyone, false, summary, body, answer, list, status, query, longest, handler);
  }

  Route takes(Class<?> type) {
    return new Route(
        method, path, anyone, control, summary, type, answer, list, status, query, longest,
        handler);
  }

  Route takes(Class<?> type, int longest) {
    return new Route(
        method, path, anyone, control, summary, type, answer, list, status, query, longest,
        handler);
  }

  Route answers(Class<?> type) {
    return answers(200, type);
  }

  Route answers(int status, Class<?> type) {
    return new Route(
        method, path, anyone, control, summary, body, type, false, status, query, longest, handler);
  }

  Route answersListOf(Class<?> type) {
    return new Route(
        method, path, anyone, control, summary, body, type, true, 200, query, longest, handler);
  }

  Route with(String... parameters) {
    return new Route(
        method,
        path,
        anyone,
        control,
        summary,
        body,
        answer,
        list,
        status,
        List.of(parameters),
        longest,
        handler);
  }

  Route by(Handler handler) {
    return new Route(
        method, path, anyone, control, summary, body, answer, list, status, query, longest,
        handler);
  }

  private static Reply none(Call call) {
    throw new IllegalStateException("no handler for " + call.route());
  }
}
