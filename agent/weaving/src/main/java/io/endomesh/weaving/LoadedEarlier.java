package io.endomesh.weaving;

import java.lang.instrument.ClassFileTransformer;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM asks about a class that is woven after it was loaded, because {@link Loom} or
 * another agent wants it to be transformed again. What {@link FrontFilter} did while a class was
 * loaded is in the bytes that are shown here. Thread-safe.
 */
final class LoadedEarlier implements ClassFileTransformer {

  /** All that is woven names it; no other class file does. */
  private static final byte[] BRIDGE =
      "java/lang/EndomeshBridge".getBytes(StandardCharsets.ISO_8859_1);

  private final FrontFilter filter;

  LoadedEarlier(FrontFilter filter) {
    this.filter = filter;
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable Module module,
      @Nullable ClassLoader loader,
      @Nullable String internalName,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    return redefined == null || !filter.wants(loader, internalName) || isWoven(bytes)
        ? null
        : filter.transform(module, loader, internalName, redefined, domain, bytes);
  }

  private static boolean isWoven(byte[] bytes) {
    for (int at = 0; at + BRIDGE.length <= bytes.length; at++) {
      if (bytes[at] == BRIDGE[0]
          && Arrays.equals(bytes, at, at + BRIDGE.length, BRIDGE, 0, BRIDGE.length)) {
        return true;
      }
    }
    return false;
  }
}
