package io.endomesh.xds.identity;

import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import io.endomesh.dataplane.identity.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Also a target of Jazzer. */
public class PemFuzzTest {

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    try {
      Pem.certificates(text);
    } catch (GeneralSecurityException refused) {
      // As it says.
    }
    try {
      Pem.publicKeys(text);
    } catch (GeneralSecurityException refused) {
      // As it says.
    }
    try {
      Pem.revocations(text);
    } catch (GeneralSecurityException refused) {
      // As it says.
    }
    try {
      Pem.privateKey(text);
    } catch (GeneralSecurityException refused) {
      // As it says.
    }
  }

  @Test
  void pem_mutated_isReadOrRefused() throws IOException, GeneralSecurityException {
    List<byte[]> corpus = new ArrayList<>(Fuzzing.corpus("pem"));
    TestAuthority authority = new TestAuthority();
    String pem =
        Pem.encode("CERTIFICATE", authority.root().getEncoded())
            + Pem.encode("PRIVATE KEY", TestAuthority.newKey().getPrivate().getEncoded());
    corpus.add(pem.getBytes(StandardCharsets.US_ASCII));
    Mutator mutator =
        Mutator.of(
            "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "=", "\n", "MIIB", "/");
    Fuzzing.run(corpus, mutator, 10_000, PemFuzzTest::fuzzerTestOneInput);
  }
}
