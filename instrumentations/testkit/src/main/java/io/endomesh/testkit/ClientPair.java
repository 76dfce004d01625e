package io.endomesh.testkit;

import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.identity.TlsFiles;
import io.endomesh.dataplane.identity.TlsMaterial;
import io.endomesh.dataplane.identity.WorkloadKey;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/** A certificate with its key as a workload has them in files, which can change. Thread-safe. */
final class ClientPair implements TlsFiles {

  private volatile TlsMaterial material = TlsMaterial.unusable("nothing is there");

  /** Another pair is in the files. */
  X509Certificate replace(TestAuthority authority) {
    KeyPair key = TestAuthority.newKey();
    X509Certificate certificate = authority.certificate(key, "spiffe://partner/client");
    material =
        new TlsMaterial(
            null, List.of(), new WorkloadKey(key.getPrivate(), List.of(certificate)), null);
    return certificate;
  }

  /** Nothing that could be used is in the files any more. */
  void damage() {
    material = TlsMaterial.unusable("nothing is there");
  }

  @Override
  public TlsMaterial material() {
    return material;
  }

  @Override
  public void refresh(Instant now) {
    // Its tests say what is in them.
  }

  @Override
  public String certificate() {
    return "/etc/certs/client.pem";
  }
}
