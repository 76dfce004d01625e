package io.endomesh.controller;

/** The version of this build. */
public final class Version {

  private Version() {}

  /** From the jar's manifest; {@code dev} for classes that are in no jar. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
