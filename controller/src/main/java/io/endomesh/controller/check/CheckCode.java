package io.endomesh.controller.check;

/**
 * What {@code endomesh check} can find; each is documented in docs/check.md under its name, with
 * cause and remedy. The first two digits are the topic. A code keeps its meaning for ever.
 */
public enum CheckCode {
  EC0101(
      "error",
      "a stored resource cannot be read",
      "apply it anew in a form that this version knows, or delete it"),
  EC0201(
      "error",
      "a workload rejected its configuration",
      "change what the reason names; `endomesh history` shows what was changed last"),
  EC0202(
      "warning",
      "a workload has lost its connection",
      "look whether it still runs, and reaches the controller's port"),
  EC0203(
      "error",
      "a workload refuses calls for want of a file",
      "put the file that is named in place"),
  EC0204(
      "warning",
      "a certificate is not renewed in time",
      "look in the workload's log why; it has to reach the controller with a certificate that is"
          + " valid"),
  EC0205(
      "warning",
      "a workload says more of itself than its token does",
      "let it join anew with a token that gives the labels"),
  EC0206(
      "warning",
      "an instrumentation is off",
      "use a version of the library that docs/compatibility.md lists, or turn it on"),
  EC0207(
      "note",
      "an agent has another version than the controller",
      "replace the agent's jar at the next start of the application"),
  EC0301(
      "warning",
      "reports of agents were not accepted",
      "start the controller with --log-level=debug to see why"),
  EC0302(
      "warning",
      "telemetry is not sent on",
      "look whether the receiver runs and takes what it is sent; the message has its answer"),
  EC0401("warning", "the clocks differ", "set the time on both machines, by NTP"),
  EC0402(
      "note",
      "no login is needed",
      "start the controller with --login for anything else than a demo"),
  EC0403(
      "error",
      "nothing can be written to the store",
      "mend what the message names; until then nothing can be applied, and traffic goes on");

  private final String severity;
  private final String title;
  private final String remedy;

  CheckCode(String severity, String title, String remedy) {
    this.severity = severity;
    this.title = title;
    this.remedy = remedy;
  }

  /** {@code error}, {@code warning}, or {@code note}, which is nothing wrong. */
  public String severity() {
    return severity;
  }

  /** A phrase without names. */
  public String title() {
    return title;
  }

  /** What to do, in a phrase. */
  public String remedy() {
    return remedy;
  }
}
