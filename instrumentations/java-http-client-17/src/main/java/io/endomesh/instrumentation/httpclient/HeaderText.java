package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.http.ChangedHeaders;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Headers of this library, which cannot be changed, with those of the mesh. Stateless. */
final class HeaderText {

  private HeaderText() {}

  /** The originals, with what was changed in their place. */
  static HttpHeaders with(HttpHeaders original, Map<String, List<String>> changes) {
    if (changes.isEmpty()) {
      return original;
    }
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(original.map());
    all.putAll(changes);
    return HttpHeaders.of(all, (name, value) -> true);
  }

  /** Of a response as the application is to get it. */
  static HttpHeaders ofResponse(Attempt attempt, HttpHeaders received) {
    if (!attempt.changesResponse()) {
      return received;
    }
    ChangedHeaders changed = new ChangedHeaders(received::allValues);
    attempt.changeResponse(changed);
    return with(received, changed.changes());
  }
}
