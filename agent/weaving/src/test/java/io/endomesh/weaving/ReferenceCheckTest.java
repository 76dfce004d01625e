package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.weaving.sample.SampleInstrumentation;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.pool.TypePool;
import org.junit.jupiter.api.Test;
import sample.library.Client;

class ReferenceCheckTest {

  private static final ClassLoader LOADER = ReferenceCheckTest.class.getClassLoader();

  private static AdviceCode code(List<String> requires, Map<String, String> relocations) {
    String type = relocations.isEmpty() ? "sample.library.Client" : "shaded.library.Client";
    return new AdviceCode(new SampleInstrumentation(type, requires, relocations), LOADER);
  }

  private static final String ADVICE = "io.endomesh.weaving.sample.SampleAdvice";

  private static Weave.Builder send() {
    return Weave.types("sample.library.Client").method("send");
  }

  private static AdviceCode weaving(Weave weave) {
    return new AdviceCode(
        new SampleInstrumentation("sample.library.Client", List.of(), Map.of()) {
          @Override
          public List<Weave> weaves() {
            return List.of(weave);
          }
        },
        LOADER);
  }

  /** A version of the library with other methods than the one the advice was compiled with. */
  private static TypePool library(String type, String... methods) {
    DynamicType.Builder<?> builder = new ByteBuddy().subclass(Object.class).name(type);
    for (String method : methods) {
      builder =
          builder
              .defineMethod(method, String.class, Modifier.PUBLIC)
              .intercept(FixedValue.value("x"));
    }
    return TypePool.Default.of(
        new ClassFileLocator.Compound(
            ClassFileLocator.Simple.of(type, builder.make().getBytes()),
            ClassFileLocator.ForClassLoader.ofBootLoader()));
  }

  @Test
  void missing_libraryAsCompiled_nothing() throws IOException {
    TypePool library = TypePool.Default.of(LOADER);

    assertThat(ReferenceCheck.missing(code(List.of(), Map.of()), library)).isNull();
  }

  @Test
  void missing_methodThatAdviceCallsIndirectly_isNamed() throws IOException {
    TypePool library = library(Client.class.getName(), "send");

    assertThat(ReferenceCheck.missing(code(List.of(), Map.of()), library))
        .isEqualTo("method sample.library.Client#name()Ljava/lang/String;");
  }

  @Test
  void missing_witness_isNamedFirst() throws IOException {
    AdviceCode code = code(List.of("sample.library.Client#sendAsync"), Map.of());

    assertThat(ReferenceCheck.missing(code, TypePool.Default.of(LOADER)))
        .isEqualTo("sample.library.Client#sendAsync");
  }

  @Test
  void missing_methodToWeave_renamed_isNamed() throws IOException {
    TypePool library = library(Client.class.getName(), "sendNow", "name");

    assertThat(ReferenceCheck.missing(code(List.of(), Map.of()), library))
        .isEqualTo("sample.library.Client#send");
  }

  @Test
  void missing_methodToWeave_withOtherParameters_isNamedWithThem() throws IOException {
    TypePool library = library(Client.class.getName(), "send", "name");

    assertThat(ReferenceCheck.missing(weaving(send().taking("byte[]").advice(ADVICE)), library))
        .isEqualTo("sample.library.Client#send(byte[])");
  }

  @Test
  void missing_classToWeave_isNamed() throws IOException {
    TypePool other = library("sample.library.Server", "serve");

    assertThat(ReferenceCheck.missing(code(List.of(), Map.of()), other))
        .isEqualTo("sample.library.Client");
  }

  @Test
  void missing_oneOfTheClassesToWeaveHasTheMethod_nothing() throws IOException {
    Weave either =
        Weave.types("sample.library.Server", "sample.library.Client").method("send").advice(ADVICE);

    assertThat(ReferenceCheck.missing(weaving(either), TypePool.Default.of(LOADER))).isNull();
  }

  @Test
  void missing_methodThatNeedNotBeThere_itsAdviceIsNotChecked() throws IOException {
    Weave optional = send().ifPresent().advice(ADVICE);

    assertThat(
            ReferenceCheck.missing(weaving(optional), library(Client.class.getName(), "sendNow")))
        .isNull();
    assertThat(ReferenceCheck.missing(weaving(optional), library("sample.library.Server", "serve")))
        .isNull();
    assertThat(ReferenceCheck.missing(weaving(optional), library(Client.class.getName(), "send")))
        .isEqualTo("method sample.library.Client#name()Ljava/lang/String;");
  }

  @Test
  void missing_relocated_looksForTheOtherName() throws IOException {
    AdviceCode code = code(List.of(), Map.of("sample.library.", "shaded.library."));

    assertThat(ReferenceCheck.missing(code, library("shaded.library.Client", "send", "name")))
        .isNull();
    assertThat(ReferenceCheck.missing(code, library("shaded.library.Client", "send")))
        .isEqualTo("method shaded.library.Client#name()Ljava/lang/String;");
  }

  @Test
  void collect_ofAdvice_listsLibraryOnly() throws IOException {
    Set<Reference> references =
        ReferenceCollector.collect(
            code(List.of(), Map.of()), List.of("io.endomesh.weaving.sample.SampleAdvice"));

    assertThat(references).extracting(Reference::owner).containsOnly("sample/library/Client");
  }

  @Test
  void fits_mismatch_isRememberedAndShown() throws IOException {
    SampleInstrumentation sample =
        new SampleInstrumentation("sample.library.Client", List.of("no.such.Type"), Map.of());
    Instrumentations instrumentations =
        Instrumentations.of(Settings.read(null, name -> null, name -> null), sample);
    Fits fits = new Fits(instrumentations);
    AdviceCode code = new AdviceCode(sample, LOADER);

    assertThat(fits.fits(code, LOADER, TypePool.Default.of(LOADER))).isFalse();
    assertThat(fits.fits(code, LOADER, TypePool.Empty.INSTANCE)).isFalse();
    assertThat(instrumentations.states())
        .containsExactly(
            new InstrumentationState(
                "sample", false, "this version of the library has no no.such.Type", 0));
  }

  @Test
  void fits_versionsThatAnotherInstrumentationIsFor_areLeftToItWithoutAWord() throws IOException {
    SampleInstrumentation sample =
        new SampleInstrumentation("sample.library.Client", List.of("no.such.Type"), Map.of()) {
          @Override
          public List<String> onlyWith() {
            return List.of("sample.library.Client#ofAnotherVersion");
          }
        };
    Instrumentations instrumentations =
        Instrumentations.of(Settings.read(null, name -> null, name -> null), sample);

    assertThat(
            new Fits(instrumentations)
                .fits(new AdviceCode(sample, LOADER), LOADER, TypePool.Default.of(LOADER)))
        .isFalse();
    assertThat(instrumentations.states())
        .containsExactly(new InstrumentationState("sample", true, "", 0));
  }
}
