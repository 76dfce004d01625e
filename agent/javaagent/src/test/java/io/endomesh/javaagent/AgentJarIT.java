package io.endomesh.javaagent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;

/** What is in the one jar that users download, and what is not. */
class AgentJarIT {

  /** DESIGN's bound. */
  private static final long MAX_BYTES = 12_000_000;

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(AppJvm.agent().toFile())) {
      return jar.stream().filter(e -> !e.isDirectory()).map(JarEntry::getName).toList();
    }
  }

  /** The jar again, without one entry. */
  static void copyWithout(Path from, Path to, String left) throws IOException {
    try (JarFile jar = new JarFile(from.toFile());
        JarOutputStream out = new JarOutputStream(Files.newOutputStream(to))) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        if (!entry.getName().equals(left)) {
          out.putNextEntry(new JarEntry(entry.getName()));
          try (InputStream in = jar.getInputStream(entry)) {
            in.transferTo(out);
          }
          out.closeEntry();
        }
      }
    }
  }

  /** Another agent, which runs first and loads a class of the JDK. */
  static Path agentThatLoads(Path directory, String className) throws IOException {
    Path file = directory.resolve("early.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", EarlyAgent.class.getName());
    String entry = EarlyAgent.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest);
        InputStream in = AgentJarIT.class.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      assertThat(in).isNotNull();
      in.transferTo(out);
      out.closeEntry();
      out.putNextEntry(new JarEntry("loads"));
      out.write(className.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return file;
  }

  /** Loads the class that its jar names. */
  public static final class EarlyAgent {
    private EarlyAgent() {}

    public static void premain(String arguments, Instrumentation jvm) throws Exception {
      try (InputStream in = ClassLoader.getSystemResourceAsStream("loads")) {
        Class.forName(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void manifest_namesTheLauncherAndAllowsRetransformationOnly() throws IOException {
    try (JarFile jar = new JarFile(AppJvm.agent().toFile())) {
      Attributes attributes = jar.getManifest().getMainAttributes();
      assertThat(attributes.getValue("Premain-Class")).isEqualTo("io.endomesh.bootstrap.Launcher");
      assertThat(attributes.getValue("Can-Retransform-Classes")).isEqualTo("true");
      assertThat(attributes.getValue("Implementation-Version")).isNotBlank();
      // Appending to the boot class path would cost applications their shared class data.
      assertThat(attributes.getValue("Boot-Class-Path")).isNull();
      assertThat(attributes.getValue("Agent-Class")).isNull();
    }
  }

  @Test
  void root_holdsTheLauncherAndNothingElse() throws IOException {
    assertThat(entries())
        .filteredOn(name -> !name.startsWith("inst/"))
        .containsExactlyInAnyOrder(
            "META-INF/MANIFEST.MF",
            "io/endomesh/bootstrap/Launcher.class",
            "io/endomesh/bootstrap/AgentLoader.class",
            "io/endomesh/bootstrap/package-info.class");
  }

  @Test
  void inst_holdsNoClassThatAScannerWouldFind() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.startsWith("inst/"))
        .noneMatch(name -> name.endsWith(".class"));
  }

  @Test
  void inst_holdsOurPackagesOnly() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.endsWith(".classdata"))
        .filteredOn(name -> !name.startsWith("inst/io/endomesh/"))
        .containsExactly("inst/java/lang/EndomeshBridge.classdata");
  }

  @Test
  void listing_namesEachInstrumentationOnceAndItsClassIsThere() throws IOException {
    List<String> names;
    try (JarFile jar = new JarFile(AppJvm.agent().toFile());
        InputStream in =
            jar.getInputStream(jar.getEntry("inst/META-INF/endomesh/instrumentations"))) {
      names = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    names = names.stream().filter(name -> !name.isBlank()).toList();

    assertThat(names).hasSizeGreaterThanOrEqualTo(5).doesNotHaveDuplicates();
    assertThat(entries())
        .containsAll(
            names.stream().map(n -> "inst/" + n.replace('.', '/') + ".classdata").toList());
  }

  @Test
  void size_isWithinItsBound() throws IOException {
    assertThat(Files.size(AppJvm.agent())).isLessThan(MAX_BYTES);
  }
}
