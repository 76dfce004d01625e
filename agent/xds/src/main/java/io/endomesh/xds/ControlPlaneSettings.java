package io.endomesh.xds;

import io.endomesh.dataplane.Workload;
import io.endomesh.xds.identity.KeyKind;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.spiffe.EndpointSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the connection to the controller is made with. Immutable.
 *
 * @param stateDir for the last known good state of all services of this user
 * @param discoveryTimeout how long the first call to a host waits for the controller's answer
 * @param about this workload, for the registration
 * @param key what kind of key to prove ourselves by
 * @param keepsCredentials false: key and certificate are in memory only
 * @param health asked at each heartbeat; must not block
 * @param workloadApi who gives us certificates; null if the controller does
 */
public record ControlPlaneSettings(
    JoinString join,
    Path stateDir,
    Duration discoveryTimeout,
    Registrar.About about,
    KeyKind key,
    boolean keepsCredentials,
    Supplier<Health> health,
    Log log,
    @Nullable EndpointSocket workloadApi) {

  /** With certificates of the controller. */
  public ControlPlaneSettings(
      JoinString join,
      Path stateDir,
      Duration discoveryTimeout,
      Registrar.About about,
      KeyKind key,
      boolean keepsCredentials,
      Supplier<Health> health,
      Log log) {
    this(
        join,
        stateDir,
        discoveryTimeout,
        about,
        key,
        keepsCredentials,
        health,
        log,
        /* workloadApi= */ null);
  }

  /** With the usual kind of key, which is kept on disk. */
  public ControlPlaneSettings(
      JoinString join,
      Path stateDir,
      Duration discoveryTimeout,
      Registrar.About about,
      Supplier<Health> health,
      Log log) {
    this(join, stateDir, discoveryTimeout, about, KeyKind.EC, true, health, log);
  }

  Workload workload() {
    return about.workload();
  }
}
