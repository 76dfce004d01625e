package io.endomesh.dataplane;

/** What a request speaks; it decides how an outcome is read and how a reply is shaped. */
public enum Protocol {
  HTTP,
  GRPC,
  /**
   * Bytes of somebody else's protocol, as a database's: the call is the opening of a connection.
   */
  TCP
}
