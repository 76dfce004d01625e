package io.endomesh.instrumentation.httpclient;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Headers with the changes of the mesh beside them: the library's own object stays as it is. Not
 * thread-safe.
 */
final class ChangedHeaders implements Headers {

  private final HttpHeaders original;

  /** By name in lower case; no value at all removes a header. */
  private final Map<String, List<String>> changed = new LinkedHashMap<>(4);

  ChangedHeaders(HttpHeaders original) {
    this.original = original;
  }

  /** Of a response as the application is to get it. */
  static HttpHeaders ofResponse(Attempt attempt, HttpHeaders received) {
    if (!attempt.changesResponse()) {
      return received;
    }
    ChangedHeaders changed = new ChangedHeaders(received);
    attempt.changeResponse(changed);
    return changed.all();
  }

  /** The originals, with what was changed in their place. */
  HttpHeaders all() {
    if (changed.isEmpty()) {
      return original;
    }
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.putAll(original.map());
    all.putAll(changed);
    return HttpHeaders.of(all, (name, value) -> true);
  }

  void restore() {
    changed.clear();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = changed.get(name);
    return HeaderValues.joined(name, values == null ? original.allValues(name) : values);
  }

  @Override
  public void setHeader(String name, String value) {
    changed.put(name, List.of(value));
  }

  @Override
  public void addHeader(String name, String value) {
    List<String> before = changed.get(name);
    List<String> values = new ArrayList<>(before == null ? original.allValues(name) : before);
    values.add(value);
    changed.put(name, values);
  }

  @Override
  public void removeHeader(String name) {
    changed.put(name, List.of());
  }
}
