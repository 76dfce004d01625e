package io.endomesh.controller.ca;

/**
 * The authority made no certificate, or none that can be given out. The message is for the
 * controller's log: a workload is told that it is so, and nothing else.
 */
public final class NotIssued extends RuntimeException {

  NotIssued(String message) {
    super(message);
  }
}
