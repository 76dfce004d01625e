package sample.echo;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a server of this application was sent. Not thread-safe.
 *
 * @param by name of the application that received it
 * @param headers by name in lower case; several of one name are joined by commas
 */
record Received(
    @JsonProperty String by,
    @JsonProperty String method,
    @JsonProperty String path,
    @JsonProperty String query,
    @JsonProperty Map<String, String> headers) {

  Received(String by, String method, String path, String query) {
    this(by, method, path, query, new TreeMap<>());
  }

  void header(String name, String value) {
    headers.merge(name.toLowerCase(Locale.ROOT), value, (one, next) -> one + "," + next);
  }
}
