package io.endomesh.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;
import net.bytebuddy.utility.OpenedClassReader;
import org.jspecify.annotations.Nullable;

/**
 * The class files of one instrumentation's advice, with the library names it asked to have
 * replaced. What is checked, woven and loaded is the same bytes, because all of it comes from here.
 * Thread-safe.
 */
final class AdviceCode {

  private final Instrumentation instrumentation;
  private final ClassLoader agentLoader;
  private final String packagePrefix;
  private final @Nullable Remapper remapper;

  AdviceCode(Instrumentation instrumentation, ClassLoader agentLoader) {
    this.instrumentation = instrumentation;
    this.agentLoader = agentLoader;
    this.packagePrefix = instrumentation.getClass().getPackageName() + ".";
    Map<String, String> relocations = instrumentation.relocations();
    this.remapper = relocations.isEmpty() ? null : new PrefixRemapper(relocations);
  }

  Instrumentation instrumentation() {
    return instrumentation;
  }

  /** True for the advice and what it calls in its own package or below. */
  boolean owns(String binaryName) {
    return binaryName.startsWith(packagePrefix);
  }

  /** Null if there is no such class. */
  byte @Nullable [] read(String binaryName) throws IOException {
    String resource = binaryName.replace('.', '/') + ".class";
    try (InputStream in = agentLoader.getResourceAsStream(resource)) {
      if (in == null) {
        return null;
      }
      byte[] original = in.readAllBytes();
      return remapper == null ? original : remap(original, remapper);
    }
  }

  private static byte[] remap(byte[] original, Remapper remapper) {
    ClassReader reader = OpenedClassReader.of(original);
    ClassWriter writer = new ClassWriter(0);
    reader.accept(new ClassRemapper(writer, remapper), 0);
    return writer.toByteArray();
  }

  /** Replaces the first prefix that fits. */
  private static final class PrefixRemapper extends Remapper {
    private final Map<String, String> prefixes;

    PrefixRemapper(Map<String, String> prefixes) {
      super(OpenedClassReader.ASM_API);
      this.prefixes = Map.copyOf(prefixes);
    }

    @Override
    public String map(String internalName) {
      String binaryName = internalName.replace('/', '.');
      for (Map.Entry<String, String> entry : prefixes.entrySet()) {
        if (binaryName.startsWith(entry.getKey())) {
          String rest = binaryName.substring(entry.getKey().length());
          return (entry.getValue() + rest).replace('.', '/');
        }
      }
      return internalName;
    }
  }
}
