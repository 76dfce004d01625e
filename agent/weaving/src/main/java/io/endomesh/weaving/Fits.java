package io.endomesh.weaving;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import net.bytebuddy.pool.TypePool;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, for each class loader of the application, which instrumentations fit its libraries.
 * Thread-safe; holds no loader.
 */
final class Fits {

  private final Instrumentations instrumentations;
  private final Map<@Nullable ClassLoader, Map<String, Boolean>> verdicts = new WeakHashMap<>();

  Fits(Instrumentations instrumentations) {
    this.instrumentations = instrumentations;
  }

  /** Checks at the first question; a mismatch is said once and shown in the state. */
  boolean fits(AdviceCode code, @Nullable ClassLoader loader, TypePool library) throws IOException {
    String name = code.instrumentation().name();
    Boolean known = known(loader, name);
    if (known != null) {
      return known;
    }
    // Outside of the lock: it reads resources of the application. Doing it twice does no harm.
    if (!ReferenceCheck.isFor(code, library)) {
      remember(loader, name, /* fits= */ false);
      return false;
    }
    String missing = ReferenceCheck.missing(code, library);
    boolean first = remember(loader, name, missing == null);
    if (missing != null && first) {
      String reason = "this version of the library has no " + missing;
      instrumentations.off(name, reason);
      AgentLog.warn(
          "instrumentation "
              + name
              + " is off for "
              + describe(loader)
              + ": "
              + reason
              + " (expected: a version that docs/compatibility.md lists); its calls go on without"
              + " the mesh");
    }
    return missing == null;
  }

  private synchronized @Nullable Boolean known(@Nullable ClassLoader loader, String name) {
    Map<String, Boolean> ofLoader = verdicts.get(loader);
    return ofLoader == null ? null : ofLoader.get(name);
  }

  private synchronized boolean remember(@Nullable ClassLoader loader, String name, boolean fits) {
    return verdicts.computeIfAbsent(loader, key -> new HashMap<>()).put(name, fits) == null;
  }

  /** Not {@code toString}, which some application servers use to list all their jars. */
  private static String describe(@Nullable ClassLoader loader) {
    if (loader == null) {
      return "the JDK's boot loader";
    }
    String name = loader.getName();
    return name != null
        ? "the class loader " + name
        : "a class loader of type " + loader.getClass().getName();
  }
}
