package io.endomesh.weaving;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * How an application of Spring Boot, Micronaut or Quarkus is called, read before it runs: from
 * system properties, the environment, its command line, and the configuration files it brings. What
 * only the running framework knows, as profiles and configuration servers, is not asked. Not
 * thread-safe.
 */
final class ApplicationName {

  private static final List<String> KEYS =
      List.of("spring.application.name", "micronaut.application.name", "quarkus.application.name");

  /** In the order in which Spring Boot prefers them; the last two are of Spring Cloud as well. */
  private static final List<String> FILES =
      List.of(
          "application.properties",
          "application.yml",
          "application.yaml",
          "bootstrap.properties",
          "bootstrap.yml");

  /** Where frameworks look below a directory. */
  private static final List<String> IN_DIRECTORY = List.of("config/", "");

  /** The same in a jar, which may be one that Spring Boot made. */
  private static final List<String> IN_JAR =
      List.of("BOOT-INF/classes/config/", "BOOT-INF/classes/", "WEB-INF/classes/", "config/", "");

  /** Starts what Quarkus built; the application's own jar is in {@code app/} beside it. */
  private static final String QUARKUS = "quarkus-run.jar";

  private final SettingSource source;
  private final Settings.Variables property;

  ApplicationName(SettingSource source, Settings.Variables property) {
    this.source = source;
    this.property = property;
  }

  /** Null if nothing says it. */
  @Nullable String find() {
    String command = property.value("sun.java.command");
    for (String key : KEYS) {
      String named = source.foreign(key, key.toUpperCase(Locale.ROOT).replace('.', '_'));
      named = named == null ? argument(command, key) : named;
      if (named != null) {
        return named;
      }
    }
    String tomcat = property.value("catalina.base");
    String named = ofFiles();
    return named != null || tomcat == null ? named : ofTomcat(new File(tomcat, "webapps"));
  }

  /** {@code app.jar --spring.application.name=orders}. */
  private static @Nullable String argument(@Nullable String command, String key) {
    for (String word : SettingSource.split(command == null ? "" : command, " ")) {
      if (word.startsWith("--" + key + "=")) {
        return word.substring(key.length() + 3);
      }
    }
    return null;
  }

  private @Nullable String ofFiles() {
    String here = property.value("user.dir");
    String name = here == null ? null : inDirectory(new File(here));
    String classPath = property.value("java.class.path");
    if (name != null || classPath == null) {
      return name;
    }
    boolean first = true;
    for (String element : SettingSource.split(classPath, File.pathSeparator)) {
      File file = new File(element);
      if (file.isDirectory()) {
        name = inDirectory(file);
      } else if (first) {
        // Only one: those behind it are libraries, and opening a hundred takes as long as all else.
        first = false;
        name = file.getName().equals(QUARKUS) ? ofQuarkus(file) : inJar(file);
      }
      if (name != null) {
        return name;
      }
    }
    return null;
  }

  private @Nullable String inDirectory(File directory) {
    for (String place : IN_DIRECTORY) {
      for (String each : FILES) {
        File file = new File(directory, place + each);
        if (file.isFile()) {
          try (InputStream in = new FileInputStream(file)) {
            String name = named(in, each);
            if (name != null) {
              return name;
            }
          } catch (IOException | IllegalArgumentException unreadable) {
            AgentLog.debug("service: " + file + " cannot be read: " + unreadable);
          }
        }
      }
    }
    return null;
  }

  private @Nullable String inJar(File file) {
    try (ZipFile jar = new ZipFile(file)) {
      for (String place : IN_JAR) {
        for (String each : FILES) {
          ZipEntry entry = jar.getEntry(place + each);
          String name = entry == null ? null : named(jar.getInputStream(entry), each);
          if (name != null) {
            return name;
          }
        }
      }
    } catch (IOException | IllegalArgumentException unreadable) {
      AgentLog.debug("service: " + file + " cannot be read: " + unreadable);
    }
    return null;
  }

  /** Without the property Quarkus takes the artifact's name, which its jar has too. */
  private @Nullable String ofQuarkus(File run) {
    File[] jars = new File(run.getAbsoluteFile().getParentFile(), "app").listFiles();
    if (jars == null || jars.length != 1) {
      return null;
    }
    String name = inJar(jars[0]);
    return name == null ? ServiceName.ofCommand(jars[0].getPath()) : name;
  }

  /** Of the one application in a Tomcat; of several none is the name of the JVM. */
  private @Nullable String ofTomcat(File webapps) {
    File[] files = webapps.listFiles();
    String only = null;
    File found = null;
    for (File file : files == null ? new File[0] : files) {
      String deployed = deployed(file);
      if (deployed == null || ServiceNames.OF_TOMCAT.contains(deployed)) {
        continue;
      }
      if (only != null && !only.equals(deployed)) {
        return null;
      }
      only = deployed;
      // Tomcat unpacks a war beside it.
      found = found == null || file.isDirectory() ? file : found;
    }
    if (found == null) {
      return null;
    }
    String name =
        found.isDirectory() ? inDirectory(new File(found, "WEB-INF/classes")) : inJar(found);
    return name != null || "ROOT".equals(only) ? name : only;
  }

  /** {@code orders##1.2.war} → {@code orders}; null of what Tomcat does not deploy. */
  private static @Nullable String deployed(File file) {
    String name = file.getName();
    if (name.endsWith(".war")) {
      name = name.substring(0, name.length() - 4);
    } else if (!file.isDirectory()) {
      return null;
    }
    int version = name.indexOf("##");
    return version < 0 ? name : name.substring(0, version);
  }

  private @Nullable String named(InputStream in, String file) throws IOException {
    ConfigurationFile read = ConfigurationFile.read(in, file.endsWith(".properties"));
    for (String key : KEYS) {
      String value = read.value(key);
      value = value == null ? null : resolved(value);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  /** {@code ${NAME:orders}}; null if this is not known here. */
  private @Nullable String resolved(String value) {
    if (!value.contains("${")) {
      return value.isBlank() ? null : value;
    }
    int end = value.length() - 1;
    if (!value.startsWith("${") || value.indexOf('}') != end) {
      return null;
    }
    int colon = value.indexOf(':');
    String name = value.substring(2, colon < 0 ? end : colon);
    String found = source.foreign(name, name.toUpperCase(Locale.ROOT).replace('.', '_'));
    return found != null || colon < 0 ? found : resolved(value.substring(colon + 1, end));
  }
}
