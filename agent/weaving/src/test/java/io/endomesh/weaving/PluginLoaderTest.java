package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.weaving.sample.Names;
import io.endomesh.weaving.sample.SampleInstrumentation;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.FixedValue;
import org.junit.jupiter.api.Test;
import sample.library.Client;

class PluginLoaderTest {

  private static final ClassLoader LOADER = PluginLoaderTest.class.getClassLoader();

  private static PluginLoader loader(Map<String, String> relocations, ClassLoader library) {
    SampleInstrumentation sample =
        new SampleInstrumentation("sample.library.Client", List.of(), relocations);
    return new PluginLoader(new AdviceCode(sample, LOADER), LOADER, library);
  }

  @Test
  void loadClass_ofAdvice_isItsOwnCopyNextToTheLibrary() throws Exception {
    Class<?> names = loader(Map.of(), LOADER).loadClass(Names.class.getName());

    assertThat(names).isNotSameAs(Names.class);
    assertThat(names.getMethod("of", Client.class).invoke(null, new Client())).isEqualTo("client");
  }

  @Test
  void loadClass_ofAgent_isTheAgents() throws Exception {
    assertThat(loader(Map.of(), LOADER).loadClass("io.endomesh.weaving.Weaving"))
        .isSameAs(Weaving.class);
  }

  @Test
  void loadClass_relocated_callsTheOtherLibrary() throws Exception {
    Class<?> shaded =
        new ByteBuddy()
            .subclass(Object.class)
            .name("shaded.library.Client")
            .defineMethod("name", String.class, Modifier.PUBLIC)
            .intercept(FixedValue.value("shaded"))
            .make()
            .load(LOADER, ClassLoadingStrategy.Default.WRAPPER)
            .getLoaded();
    PluginLoader plugin =
        loader(Map.of("sample.library.", "shaded.library."), shaded.getClassLoader());

    Class<?> names = plugin.loadClass(Names.class.getName());

    Object client = shaded.getDeclaredConstructor().newInstance();
    assertThat(names.getMethod("of", shaded).invoke(null, client)).isEqualTo("shaded");
  }
}
