package io.endomesh.weaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which name a JVM joins that was given none. */
class ApplicationNameTest {

  private static final String SPRING = "spring.application.name=orders\n";

  @TempDir private Path directory;
  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  private String service() {
    return Settings.read(null, properties::get, environment::get).service();
  }

  private Path jar(String name, Map<String, String> entries) throws IOException {
    Path jar = directory.resolve(name);
    Files.createDirectories(jar.getParent());
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return jar;
  }

  private void runs(Path jar) {
    properties.put("java.class.path", jar.toString());
    properties.put("sun.java.command", jar.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BOOT-INF/classes/application.properties",
        "BOOT-INF/classes/config/application.properties",
        "WEB-INF/classes/application.properties",
        "application.properties",
        "config/application.properties"
      })
  void jar_withTheFrameworksFile_isCalledAsThatSays(String file) throws Exception {
    runs(jar("x.jar", Map.of(file, SPRING)));

    assertThat(service()).isEqualTo("orders");
  }

  @ParameterizedTest
  @CsvSource({
    "spring.application.name=Orders App, orders-app",
    "micronaut.application.name=orders, orders",
    "quarkus.application.name=orders, orders",
    "spring.application.name = ${APP_NAME:orders}, orders",
    "spring.application.name=${unknown}, x",
    "spring.application.name=, x",
    "other=orders, x",
    "broken=\\u00, x"
  })
  void properties_ofFrameworks_nameIt(String text, String service) throws Exception {
    runs(jar("x-1.0.jar", Map.of("application.properties", text)));

    assertThat(service()).isEqualTo(service);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spring:\n  application:\n    name: orders\n",
        "spring: # ours\r\n  application:\r\n    name: \"orders\" # the name\r\n",
        "server:\n  port: 80\n# x\nspring.application.name: 'orders'\n",
        "---\nspring:\n  jpa:\n    name: no\n  application.name: orders\n---\nx: y\n",
        "micronaut:\n  application:\n    name: ${APP_NAME:orders}\n",
        "list:\n- name: no\nquarkus:\n  application:\n    name: orders # x\n"
      })
  void yaml_ofFrameworks_namesIt(String text) throws Exception {
    runs(jar("x.jar", Map.of("application.yml", text)));

    assertThat(service()).isEqualTo("orders");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application:\n  name: orders\n",
        "spring:\n  application:\n    title: orders\n  name: orders\n",
        "name: orders\n",
        "spring:\n  application:\n",
        "a: 1\n---\nspring.application.name: orders\n",
        "\t: x"
      })
  void yaml_ofAnotherMeaning_namesNothing(String text) throws Exception {
    runs(jar("x.jar", Map.of("application.yml", text)));

    assertThat(service()).isEqualTo("x");
  }

  @Test
  void said_inSeveralPlaces_isWhatTheFrameworkPrefers() throws Exception {
    runs(
        jar(
            "x.jar",
            Map.of(
                "application.yml",
                "spring.application.name: by-yaml\n",
                "application.properties",
                "spring.application.name=by-properties\n")));
    assertThat(service()).isEqualTo("by-properties");

    Path here = Files.createDirectories(directory.resolve("here/config"));
    Files.writeString(here.resolve("application.yaml"), "spring.application.name: by-directory\n");
    properties.put("user.dir", here.getParent().toString());
    assertThat(service()).isEqualTo("by-directory");

    properties.merge("sun.java.command", " --spring.application.name=by-argument", String::concat);
    assertThat(service()).isEqualTo("by-argument");

    environment.put("SPRING_APPLICATION_NAME", "by-variable");
    assertThat(service()).isEqualTo("by-variable");

    properties.put("spring.application.name", "by-property");
    assertThat(service()).isEqualTo("by-property");

    properties.put("endomesh.service", "by-setting");
    assertThat(service()).isEqualTo("by-setting");
  }

  @Test
  void classPath_ofDirectoriesAndJars_isReadInOrderUpToTheFirstJar() throws Exception {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    Path empty = jar("app.jar", Map.of("x", ""));
    Path library = jar("library.jar", Map.of("application.properties", SPRING));
    properties.put("sun.java.command", "com.acme.Main");
    properties.put(
        "java.class.path", empty + File.pathSeparator + library + File.pathSeparator + classes);
    assertThat(service()).isEqualTo("main");

    Files.writeString(classes.resolve("application.properties"), SPRING);
    assertThat(service()).isEqualTo("orders");
  }

  @Test
  void quarkus_withoutAName_isCalledAsItsArtifact() throws Exception {
    runs(jar("quarkus-app/quarkus-run.jar", Map.of("x", "")));
    assertThat(service()).isEqualTo("quarkus-run");

    jar("quarkus-app/app/orders-1.0.jar", Map.of("x", ""));
    assertThat(service()).isEqualTo("orders");

    jar(
        "quarkus-app/app/orders-1.0.jar",
        Map.of("application.yaml", "quarkus.application.name: o"));
    assertThat(service()).isEqualTo("o");
  }

  @Test
  void tomcat_withOneApplication_isCalledAsThat() throws Exception {
    properties.put("catalina.base", directory.toString());
    properties.put("sun.java.command", "org.apache.catalina.startup.Bootstrap start");
    jar("webapps/manager/META-INF/x.jar", Map.of("x", ""));
    assertThat(service()).isEqualTo("bootstrap");

    jar("webapps/Orders##1.2.war", Map.of("x", ""));
    assertThat(service()).isEqualTo("orders");

    Path classes = directory.resolve("webapps/Orders##1.2/WEB-INF/classes");
    Files.createDirectories(classes);
    Files.writeString(classes.resolve("application.properties"), SPRING.replace("orders", "o"));
    assertThat(service()).isEqualTo("o");

    jar("webapps/other.war", Map.of("x", ""));
    assertThat(service()).as("two are no name").isEqualTo("bootstrap");
  }

  @Test
  void tomcat_withOneApplicationAtItsRoot_isCalledAsItsFilesSay() throws Exception {
    properties.put("catalina.base", directory.toString());
    properties.put("sun.java.command", "org.apache.catalina.startup.Bootstrap start");
    jar("webapps/ROOT.war", Map.of("x", ""));
    assertThat(service()).isEqualTo("bootstrap");

    jar("webapps/ROOT.war", Map.of("WEB-INF/classes/application.properties", SPRING));
    assertThat(service()).isEqualTo("orders");
  }

  @Test
  void jar_thatIsNone_isCalledAsItsFile() throws Exception {
    runs(Files.writeString(directory.resolve("broken-2.jar"), "no zip"));

    assertThat(service()).isEqualTo("broken");
  }
}
