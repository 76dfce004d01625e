package io.endomesh.contracts.httpclient5;

import java.util.List;

/** A server of this library. */
public interface Http2Server extends AutoCloseable {

  int port();

  /** Of each request version, method, authority and path. */
  List<String> received();

  @Override
  void close();
}
