package io.endomesh.controller.analyze;

/** How bad a finding is, the worst last. */
public enum Severity {
  /** It does not do what its author seems to mean. */
  WARNING,
  /** Calls fail, or are refused. */
  ERROR
}
