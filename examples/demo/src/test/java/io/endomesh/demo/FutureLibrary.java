package io.endomesh.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.commons.ClassRemapper;
import net.bytebuddy.jar.asm.commons.Remapper;
import net.bytebuddy.utility.OpenedClassReader;

/**
 * A library as its next version may be: in all its classes some methods have another name. It works
 * as before. Stateless.
 */
final class FutureLibrary {

  private FutureLibrary() {}

  /**
   * @param names of methods, each with its new one
   */
  static Path of(Path jar, Path directory, Map<String, String> names) throws IOException {
    Remapper renaming =
        new Remapper() {
          @Override
          public String mapMethodName(String owner, String name, String descriptor) {
            return names.getOrDefault(name, name);
          }
        };
    Path future = directory.resolve("future-" + jar.getFileName());
    try (JarFile in = new JarFile(jar.toFile());
        OutputStream file = Files.newOutputStream(future);
        JarOutputStream out = new JarOutputStream(file)) {
      for (JarEntry entry : Collections.list(in.entries())) {
        byte[] bytes = in.getInputStream(entry).readAllBytes();
        out.putNextEntry(new JarEntry(entry.getName()));
        out.write(entry.getName().endsWith(".class") ? renamed(bytes, renaming) : bytes);
      }
    }
    return future;
  }

  private static byte[] renamed(byte[] original, Remapper renaming) {
    ClassWriter writer = new ClassWriter(0);
    OpenedClassReader.of(original).accept(new ClassRemapper(writer, renaming), 0);
    return writer.toByteArray();
  }
}
