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
    jvm.addTransformer(filter, /* canRetransform= */ true);
    loom.startIfAnyIsLoaded();
  }

  @Override
  public byte @Nullable [] transform(
      @Nullable Module module,
      @Nullable ClassLoader loader,
      @Nullable String internalName,
      @Nullable Class<?> redefined,
      @Nullable ProtectionDomain domain,
      byte[] bytes) {
    if (internalName == null
        || !internalNames.contains(internalName)
        || loader == agentLoader
        || loader instanceof PluginLoader) {
      return null;
    }
    return loom.weave(loader, internalName.replace('/', '.'), bytes);
  }
}
