package io.endomesh.weaving;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;

/**
 * {@code java.lang.EndomeshBridge} as the agent sees it: defined once in {@code java.base}, without
 * a change to the boot class path, which would cost the application its shared class data.
 * Immutable.
 *
 * @param link its bootstrap method
 * @param report its exception sink
 */
record Bridge(Method link, Method report) {

  private static final String RESOURCE = "java/lang/EndomeshBridge.class";

  /** Defines the class and connects it. */
  static Bridge install(
      java.lang.instrument.Instrumentation jvm, ClassLoader agentLoader, MethodHandle linker)
      throws IOException, ReflectiveOperationException {
    byte[] bytes;
    try (InputStream in = agentLoader.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException(RESOURCE + " is not in the agent jar");
      }
      bytes = in.readAllBytes();
    }
    Module ours = Bridge.class.getModule();
    jvm.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of(),
        Map.of("java.lang", Set.of(ours)),
        Set.of(),
        Map.of());
    Class<?> type =
        MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup()).defineClass(bytes);
    MethodHandle reporter =
        MethodHandles.lookup()
            .findStatic(
                Suppressed.class, "report", MethodType.methodType(void.class, Throwable.class));
    Object first =
        type.getMethod("install", MethodHandle.class, MethodHandle.class)
            .invoke(null, linker, reporter);
    if (!Boolean.TRUE.equals(first)) {
      throw new IllegalStateException("another Endomesh agent is connected already");
    }
    return new Bridge(
        type.getMethod(
            "link", MethodHandles.Lookup.class, String.class, MethodType.class, Object[].class),
        type.getMethod("report", Throwable.class));
  }
}
