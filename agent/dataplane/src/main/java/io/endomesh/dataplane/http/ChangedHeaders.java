package io.endomesh.dataplane.http;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Headers with the changes of the mesh beside them: the library's own object stays as it is. Not
 * thread-safe.
 */
public final class ChangedHeaders implements Headers {

  private final HeaderReader original;

  /** By name in lower case; no value at all removes a header. */
  private final Map<String, List<String>> changed = new LinkedHashMap<>(4);

  public ChangedHeaders(HeaderReader original) {
    this.original = original;
  }

  /**
   * What goes out in place of what the library has: by name in lower case, all values of each; no
   * value removes the header. A view, empty if nothing changed.
   */
  public Map<String, List<String>> changes() {
    return Collections.unmodifiableMap(changed);
  }

  /** Back to the originals. */
  public void restore() {
    changed.clear();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = changed.get(name);
    return HeaderValues.joined(name, values == null ? original.values(name) : values);
  }

  @Override
  public void setHeader(String name, String value) {
    changed.put(name, List.of(value));
  }

  @Override
  public void addHeader(String name, String value) {
    List<String> before = changed.get(name);
    List<String> values = new ArrayList<>(before == null ? original.values(name) : before);
    values.add(value);
    changed.put(name, values);
  }

  @Override
  public void removeHeader(String name) {
    changed.put(name, List.of());
  }
}
