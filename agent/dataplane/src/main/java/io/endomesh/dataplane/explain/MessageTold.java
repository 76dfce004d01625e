package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What goes on the wire. Stateless. */
final class MessageTold {

  private MessageTold() {}

  /**
   * @param timeoutNanos of the attempt; {@link Call#NO_TIMEOUT}
   */
  static Step step(ExplainedRequest request, long timeoutNanos) {
    List<Candidate> changes = new ArrayList<>();
    if (!request.sentTarget().equals(request.target())) {
      changes.add(
          new Candidate(
              path(request.sentTarget()).equals(request.path()) ? "query" : "path",
              true,
              request.target() + " → " + request.sentTarget()));
    }
    if (!request.sentAuthority().equals(request.authority())) {
      changes.add(
          new Candidate("host", true, request.authority() + " → " + request.sentAuthority()));
    }
    TreeSet<String> names = new TreeSet<>(request.sentHeaders().keySet());
    names.addAll(request.writtenHeaders().keySet());
    for (String name : names) {
      List<String> before = request.writtenHeaders().getOrDefault(name, List.of());
      List<String> after = request.sentHeaders().getOrDefault(name, List.of());
      if (!before.equals(after)) {
        changes.add(new Candidate("header " + name, true, change(before, after)));
      }
    }
    String time =
        timeoutNanos == Call.NO_TIMEOUT ? "" : ", given up after " + Words.duration(timeoutNanos);
    return new Step(
        "message",
        request.method()
            + " "
            + request.sentTarget()
            + " of "
            + request.sentAuthority()
            + (changes.isEmpty() ? ", as the application wrote it" : ", changed")
            + time,
        null,
        changes);
  }

  private static String path(String target) {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  private static String change(List<String> before, List<String> after) {
    if (after.isEmpty()) {
      return "removed";
    }
    String value = String.join(", ", after);
    return before.isEmpty() ? value : String.join(", ", before) + " → " + value;
  }
}
