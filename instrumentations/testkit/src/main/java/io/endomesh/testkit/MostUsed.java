package io.endomesh.testkit;

import java.util.Set;

/**
 * The ten libraries whose newest version is held to its contract before every change. They are what
 * most Java services are made of, as Spring Boot's starters and the SDKs of large vendors show:
 *
 * <ul>
 *   <li>Tomcat, its default server, and Jetty, the first of the others
 *   <li>Apache HttpClient 5, which its {@code RestClient} takes first, and Reactor Netty, which its
 *       {@code WebClient} takes first
 *   <li>OkHttp, which Retrofit and most generated clients call with, and Apache HttpClient 4, which
 *       the AWS SDK calls with
 *   <li>gRPC
 *   <li>the drivers of the three open databases that it manages a version of: PostgreSQL, MySQL,
 *       MariaDB. (H2, the fourth, is used in memory, which is no call.)
 * </ul>
 *
 * Stateless.
 */
final class MostUsed {

  /** Beginnings of {@link Library#name}: a library has several where it is told several things. */
  private static final Set<String> LIBRARIES =
      Set.of(
          "Apache HttpClient 4",
          "Apache HttpClient 5",
          "gRPC Java",
          "Jetty",
          "MariaDB Connector/J",
          "MySQL Connector/J",
          "OkHttp",
          "PostgreSQL pgjdbc",
          "Reactor Netty",
          "Tomcat NIO");

  private MostUsed() {}

  static boolean includes(Library library) {
    return LIBRARIES.stream()
        .anyMatch(name -> library.name().equals(name) || library.name().startsWith(name + ","));
  }
}
