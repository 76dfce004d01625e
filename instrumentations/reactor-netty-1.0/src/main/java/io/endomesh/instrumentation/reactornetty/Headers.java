package io.endomesh.instrumentation.reactornetty;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/** Headers of this library with those of the mesh. Stateless. */
final class Headers {

  private Headers() {}

  /**
   * @param changes as {@link io.endomesh.dataplane.http.ChangedHeaders#changes} has them
   */
  static HttpHeaders with(Map<String, List<String>> changes, HttpHeaders original) {
    HttpHeaders all = original.copy();
    changes.forEach(
        (name, values) -> {
          all.remove(name);
          all.add(name, values);
        });
    return all;
  }
}
