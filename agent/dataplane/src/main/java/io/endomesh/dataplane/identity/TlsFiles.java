package io.endomesh.dataplane.identity;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Files at this workload that TLS with a server outside the mesh is made of. Two that name the same
 * files are equal. Thread-safe.
 */
public interface TlsFiles {

  /** What is in them; the same object for as long as that stays. Reads nothing. */
  TlsMaterial material();

  /** Looks at them, and reads what is another than before. */
  void refresh(Instant now);

  /** Of the certificate that is shown; null if none is. */
  @Nullable String certificate();
}
