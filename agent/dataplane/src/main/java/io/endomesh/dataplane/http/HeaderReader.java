package io.endomesh.dataplane.http;

import java.util.List;

/** The headers of a library's message, to be read. As thread-safe as the message. */
@FunctionalInterface
public interface HeaderReader {

  /**
   * All values in their order, none if there is no such header.
   *
   * @param name in lower case
   */
  List<String> values(String name);
}
