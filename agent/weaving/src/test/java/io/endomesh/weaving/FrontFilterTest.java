package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.weaving.sample.SampleInstrumentation;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.IllegalClassFormatException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrontFilterTest {

  private static final ClassLoader AGENT = FrontFilterTest.class.getClassLoader();
  private static final byte[] NO_CLASS_FILE = new byte[0];

  private final List<ClassFileTransformer> installed = new ArrayList<>();

  private final List<Boolean> retransforming = new ArrayList<>();

  /** A JVM in which nothing is loaded. */
  private final java.lang.instrument.Instrumentation jvm =
      (java.lang.instrument.Instrumentation)
          Proxy.newProxyInstance(
              AGENT,
              new Class<?>[] {java.lang.instrument.Instrumentation.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "addTransformer" -> {
                      installed.add((ClassFileTransformer) arguments[0]);
                      retransforming.add((Boolean) arguments[1]);
                      yield null;
                    }
                    case "getAllLoadedClasses" -> new Class<?>[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                  });

  private byte @Nullable [] transform(ClassLoader loader, @Nullable String internalName)
      throws IllegalClassFormatException {
    install();
    return installed.get(0).transform(null, loader, internalName, null, null, NO_CLASS_FILE);
  }

  private void install() {
    if (installed.isEmpty()) {
      Settings settings = Settings.read(null, name -> null, name -> null);
      SampleInstrumentation sample =
          new SampleInstrumentation("sample.library.Client", List.of(), Map.of());
      FrontFilter.install(Instrumentations.of(settings, sample), AGENT, jvm);
    }
  }

  @Test
  void transform_unknownName_neitherChangesNorStartsAnything() throws Exception {
    assertThat(transform(ClassLoader.getPlatformClassLoader(), "java/lang/Some")).isNull();
    assertThat(transform(ClassLoader.getPlatformClassLoader(), null)).isNull();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("endomesh-weaving");
    assertThat(Suppressed.failedTransformations()).isZero();
  }

  @Test
  void transform_knownNameInTheAgentItself_isLeftAlone() throws Exception {
    assertThat(transform(AGENT, "sample/library/Client")).isNull();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("endomesh-weaving");
  }

  /** Asked first while a class is loaded, and about a class that is loaded only if nobody was. */
  @Test
  void transformAgain_ofWhatWasWovenWhileItWasLoaded_isLeftAlone() throws Exception {
    install();
    assertThat(retransforming).containsExactly(false, true);
    byte[] woven = "xxjava/lang/EndomeshBridgexx".getBytes(StandardCharsets.ISO_8859_1);
    String name = "sample/library/Client";
    ClassLoader library = ClassLoader.getPlatformClassLoader();
    ClassFileTransformer again = installed.get(1);

    assertThat(again.transform(null, library, name, null, null, NO_CLASS_FILE)).isNull();
    assertThat(again.transform(null, library, name, Object.class, null, woven)).isNull();
    assertThat(again.transform(null, library, "x/Y", Object.class, null, NO_CLASS_FILE)).isNull();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("endomesh-weaving");
  }

  @Test
  void instrumentations_switchedOff_wantNothing() {
    Settings settings =
        Settings.read("instrumentation.sample.enabled=false", name -> null, name -> null);
    Instrumentations instrumentations =
        Instrumentations.of(
            settings, new SampleInstrumentation("sample.library.Client", List.of(), Map.of()));

    assertThat(instrumentations.types()).isEmpty();
    assertThat(Objects.requireNonNull(instrumentations.states().get(0)).enabled()).isFalse();
  }
}
