package io.endomesh.controller.analyze;

/**
 * What can be found; each is documented in docs/analyze.md under its name, with cause and remedy.
 * The first two digits are the topic. A code keeps its meaning for ever.
 */
public enum Code {
  EM0101(Severity.WARNING, "a rule is for a service that nobody knows"),
  EM0102(Severity.ERROR, "a rule leads to a service that nobody knows"),
  EM0103(Severity.ERROR, "a rule leads to another namespace that does not permit it"),
  EM0104(Severity.ERROR, "a rule leads to a subset that no DestinationRule defines"),
  EM0105(Severity.ERROR, "calls are led to a service that has no workload"),
  EM0106(Severity.WARNING, "a selector selects no workload"),
  EM0107(Severity.ERROR, "a rule delegates to nobody"),
  EM0108(Severity.ERROR, "a rule names a modifier that there is not"),
  EM0109(Severity.WARNING, "a modifier that no rule names"),
  EM0201(Severity.WARNING, "a rule can never match"),
  EM0202(Severity.WARNING, "a resource has no effect beside another kind"),
  EM0203(Severity.WARNING, "an older resource has the host already"),
  EM0301(Severity.WARNING, "a call's timeout is no longer than that of an attempt"),
  EM0302(Severity.WARNING, "the timeout leaves no time for all attempts"),
  EM0401(Severity.WARNING, "a limit is below the traffic there is"),
  EM0402(Severity.WARNING, "outlier detection may eject the only endpoint"),
  EM0501(Severity.WARNING, "a policy names a caller that nobody knows"),
  EM0502(Severity.ERROR, "a policy asks for an identity that no caller can prove"),
  EM0503(Severity.WARNING, "a line names a department that nobody knows"),
  EM0504(Severity.WARNING, "a department can be reached without an identity"),
  EM0505(Severity.ERROR, "a policy names calls that no group describes"),
  EM0506(Severity.ERROR, "a policy asks a provider that there is not"),
  EM0507(Severity.WARNING, "a policy asks for a label that only some of a caller's workloads have"),
  EM0508(Severity.WARNING, "a policy asks for a label that no caller was given"),
  EM0601(Severity.ERROR, "the keys of an issuer are not known"),
  EM0602(Severity.WARNING, "the keys of an issuer cannot be fetched any more"),
  EM0603(Severity.ERROR, "the roots of a trust domain are not known"),
  EM0604(Severity.WARNING, "the roots of a trust domain cannot be fetched any more"),
  EM0701(Severity.ERROR, "a stored resource cannot be read"),
  EM0702(Severity.ERROR, "a workload rejects its configuration");

  private final Severity severity;
  private final String title;

  Code(Severity severity, String title) {
    this.severity = severity;
    this.title = title;
  }

  public Severity severity() {
    return severity;
  }

  /** A phrase without names. */
  public String title() {
    return title;
  }
}
