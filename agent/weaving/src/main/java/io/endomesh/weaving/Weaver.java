package io.endomesh.weaving;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.TypeResolutionStrategy;
import net.bytebuddy.dynamic.VisibilityBridgeStrategy;
import net.bytebuddy.dynamic.scaffold.InstrumentedType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.bytecode.StackManipulation;
import net.bytebuddy.implementation.bytecode.member.MethodInvocation;
import net.bytebuddy.pool.TypePool;
import net.bytebuddy.utility.JavaConstant;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites one class: puts a call of the advice in front of and behind the methods that
 * instrumentations name. Thread-safe.
 *
 * <p>The code put in names only {@code java.lang.EndomeshBridge}; advice is connected at the first
 * use, by {@link AdviceLinker}. Only method bodies change, so a class loaded before the agent is
 * rewritten just as well. Byte Buddy is used without its {@code AgentBuilder}, which costs start-up
 * time and defines classes of its own into the JVM.
 */
final class Weaver {

  /** An instrumentation, and Byte Buddy's advice set-up that carries its name to the linker. */
  private record Part(AdviceCode code, Advice.WithCustomMapping advice) {}

  private final Instrumentations instrumentations;
  private final ClassLoader agentLoader;
  private final Fits fits;
  private final Map<String, Part> parts = new HashMap<>();
  private final StackManipulation report;
  private final ByteBuddy byteBuddy =
      new ByteBuddy()
          .with(TypeValidation.DISABLED)
          .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE)
          .with(VisibilityBridgeStrategy.Default.NEVER)
          .with(InstrumentedType.Factory.Default.FROZEN);

  /** Installs the bridge, so there can be only one in a JVM. */
  Weaver(
      Instrumentations instrumentations,
      ClassLoader agentLoader,
      java.lang.instrument.Instrumentation jvm)
      throws IOException, ReflectiveOperationException {
    this.instrumentations = instrumentations;
    this.agentLoader = agentLoader;
    this.fits = new Fits(instrumentations);
    Map<String, AdviceCode> codes = new HashMap<>();
    for (String type : instrumentations.types()) {
      for (Instrumentations.Match match : instrumentations.of(type)) {
        Instrumentation instrumentation = match.instrumentation();
        codes.computeIfAbsent(
            instrumentation.name(), name -> new AdviceCode(instrumentation, agentLoader));
      }
    }
    AdviceLinker linker = new AdviceLinker(codes, new PluginLoaders(agentLoader, jvm));
    Bridge bridge = Bridge.install(jvm, agentLoader, linker.handle());
    report = MethodInvocation.invoke(new MethodDescription.ForLoadedMethod(bridge.report()));
    codes.forEach((name, code) -> parts.put(name, new Part(code, adviceOf(name, bridge))));
  }

  /**
   * Rewrites a class.
   *
   * @param loader null for the JVM's own classes
   * @return null if it stays as it is
   */
  byte @Nullable [] weave(@Nullable ClassLoader loader, String type, byte[] found)
      throws IOException {
    byte[] original = OldClassFile.atLeastJava7(found);
    if (original == null) {
      AgentLog.warnOnce(
          "old " + type,
          type
              + " is left alone: its class file is older than Java 6, or has no stack maps"
              + " (expected: one that can be woven); it makes its calls without the mesh");
      return null;
    }
    ClassFileLocator library =
        new ClassFileLocator.Compound(
            ClassFileLocator.Simple.of(type, original),
            loader == null
                ? ClassFileLocator.ForClassLoader.ofPlatformLoader()
                : ClassFileLocator.ForClassLoader.of(loader));
    TypePool pool = pool(library);
    TypeDescription description = pool.describe(type).resolve();
    DynamicType.Builder<?> builder = byteBuddy.decorate(description, library);
    Set<String> woven = new HashSet<>();
    for (Instrumentations.Match match : instrumentations.of(type)) {
      String name = match.instrumentation().name();
      Part part = parts.get(name);
      if (part == null || !fits.fits(part.code(), loader, pool)) {
        continue;
      }
      Weave weave = match.weave();
      if (!Hooks.isThere(weave, description)) {
        AgentLog.debug(
            "instrumentation "
                + name
                + ": "
                + type
                + " has no method "
                + weave.methods()
                + " as "
                + weave.advice()
                + " wants it");
        continue;
      }
      ClassFileLocator locator = new AdviceLocator(part.code(), agentLoader, library);
      Advice advice =
          part.advice()
              .to(pool(locator).describe(weave.advice()).resolve(), locator)
              .withExceptionHandler(report);
      builder = builder.visit(advice.on(each -> Hooks.matches(weave, each)));
      woven.add(name);
    }
    if (woven.isEmpty()) {
      return null;
    }
    byte[] result = builder.make(TypeResolutionStrategy.Disabled.INSTANCE, pool).getBytes();
    woven.forEach(instrumentations::woven);
    if (AgentLog.isDebug()) {
      AgentLog.debug("wove " + type + " for " + String.join(", ", woven));
    }
    return result;
  }

  /**
   * Advice by invokedynamic. Types of its signatures are widened to Object at the call site,
   * because the class it is put into cannot see them; the linker narrows them again.
   */
  private static Advice.WithCustomMapping adviceOf(String instrumentation, Bridge bridge) {
    return Advice.withCustomMapping()
        .with(new Advice.AssignReturned.Factory().withSuppressed(Throwable.class))
        .bootstrap(
            bridge.link(),
            (advice, exit) ->
                (type, method) ->
                    List.of(
                        JavaConstant.Simple.ofLoaded(instrumentation),
                        JavaConstant.Simple.ofLoaded(advice.getDeclaringType().getName()),
                        JavaConstant.Simple.ofLoaded(advice.getDescriptor())),
            TypeDescription.Generic.Visitor.Generalizing.INSTANCE);
  }

  private static TypePool pool(ClassFileLocator locator) {
    return new TypePool.Default.WithLazyResolution(
        new TypePool.CacheProvider.Simple(), locator, TypePool.Default.ReaderMode.FAST);
  }

  /** Finds classes the way {@link PluginLoader} does, as bytes. Thread-safe. */
  private record AdviceLocator(AdviceCode code, ClassLoader agentLoader, ClassFileLocator library)
      implements ClassFileLocator {

    /** The advice's annotations; of another name in the agent jar than on a class path. */
    private static final String BYTE_BUDDY = ByteBuddy.class.getPackageName() + ".";

    @Override
    public Resolution locate(String name) throws IOException {
      if (!name.startsWith("io.endomesh.") && !name.startsWith(BYTE_BUDDY)) {
        return library.locate(name);
      }
      byte[] bytes = code.owns(name) ? code.read(name) : null;
      return bytes != null
          ? new Resolution.Explicit(bytes)
          : ForClassLoader.of(agentLoader).locate(name);
    }

    @Override
    public void close() {
      // The library's locator belongs to the caller, and holds nothing open.
    }
  }
}
