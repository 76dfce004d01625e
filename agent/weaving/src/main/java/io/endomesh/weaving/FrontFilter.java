package io.endomesh.weaving;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM asks about every class it loads: a look into a set of names, and for nearly all of
 * them nothing more. Thread-safe. Until the first hit, Byte Buddy is not even loaded.
 */
public final class FrontFilter implements ClassFileTransformer {

  private final Set<String> internalNames;
  private final ClassLoader agentLoader;
  private final Loom loom;

  private FrontFilter(Set<String> internalNames, ClassLoader agentLoader, Loom loom) {
    this.internalNames = internalNames;
    this.agentLoader = agentLoader;
    this.loom = loom;
  }

  /**
   * Weaves from now on what the instrumentations name, and what of it is loaded already.
   *
   * @param agentLoader where advice is read from
   */
  public static void install(
      Instrumentations instrumentations,
      ClassLoader agentLoader,
      java.lang.instrument.Instrumentation jvm) {
    Loom loom = new Loom(instrumentations, agentLoader, jvm);
    FrontFilter filter = new FrontFilter(instrumentations.internalNames(), agentLoader, loom);
    // Asked before all that can retransform, whichever agent the command line names first: what
    // they put into a method is around what is put here. So a trace's header is there when we look.
    jvm.addTransformer(filter, /* canRetransform= */ false);
    jvm.addTransformer(new LoadedEarlier(filter), /* canRetransform= */ true);
    if (isTraced()) {
      loom.startNow();
    } else {
      loom.startIfAnyIsLoaded();
    }
  }

  /**
   * True beside an OpenTelemetry Java agent that started before. What the JVM loads while Byte
   * Buddy is loading would be woven late, and so around that agent's.
   */
  private static boolean isTraced() {
    try {
      Class.forName(
          "io.opentelemetry.javaagent.bootstrap.AgentInitializer",
          /* initialize= */ false,
          /* loader= */ null);
      return true;
    } catch (ClassNotFoundException | LinkageError alone) {
      return false;
    }
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable Module module,
      @Nullable ClassLoader loader,
      @Nullable String internalName,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    return internalName == null || !wants(loader, internalName)
        ? null
        : loom.weave(loader, internalName.replace('/', '.'), bytes);
  }

  boolean wants(@Nullable ClassLoader loader, @Nullable String internalName) {
    return internalName != null
        && internalNames.contains(internalName)
        && loader != agentLoader
        && !(loader instanceof PluginLoader);
  }
}
