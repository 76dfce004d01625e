package io.endomesh.testkit;

import java.util.List;

/**
 * Ways to write a path that a proxy and the server behind it have read differently: empty and dot
 * segments, escapes, parameters, case, backslashes, NUL, fragments, queries, and more. Each is what
 * stands between method and version of a request line, a char for a byte. Immutable.
 */
final class PathVectors {

  static final List<String> ALL =
      List.of(
          // As it is meant to be written.
          "/admin",
          "/admin/",
          "/admin/x",
          "/public",
          "/public/x",
          // The server's own rewrite.
          "/moved/x",
          "/moved/../public/x",
          "/public/../moved/x",
          // Empty segments.
          "//admin/x",
          "///admin///x",
          "/admin//x",
          "//public/x",
          "/public//../admin/x",
          // Dot segments.
          "/./admin/x",
          "/admin/./x",
          "/../admin/x",
          "/public/../admin/x",
          "/public/./../admin/x",
          "/public/x/../../admin/x",
          "/admin/../public/x",
          "/admin/..",
          "/public/.",
          // Escapes of letters, dots and slashes, once and twice.
          "/%61dmin/x",
          "/adm%69n/x",
          "/%41dmin/x",
          "/%2561dmin/x",
          "/public/%2e%2e/admin/x",
          "/public/.%2E/admin/x",
          "/%2e/admin/x",
          "/public/%252e%252e/admin/x",
          "/public%2F..%2Fadmin/x",
          "/public%2f%2e%2e%2fadmin/x",
          "/%2Fadmin/x",
          "/admin%2Fx",
          "/public%2Fx",
          // Parameters of a segment.
          "/admin;a=b/x",
          "/admin;/x",
          "/admin;a=b",
          "/admin;.css",
          "/admin;/../public/x",
          "/;/admin/x",
          "/;a=b/admin/x",
          "/public/..;/admin/x",
          "/public/..;a=b/admin/x",
          "/public/;/../admin/x",
          "/public;a=/../admin/x",
          "/public/x;/../../admin/x",
          "/admin%3Ba=b/x",
          "/public/..%3B/admin/x",
          // Case.
          "/ADMIN/x",
          "/Admin/x",
          "/Public/x",
          // Backslashes.
          "/public/..\\admin/x",
          "\\admin\\x",
          "/public/..%5Cadmin/x",
          "/%5Cadmin/x",
          "/admin%5Cx",
          // NUL, other control characters and spaces.
          "/admin\0/x",
          "/admin%00/x",
          "/admin%00",
          "/public/x%00/../../admin/x",
          "/admin%09/x",
          "/admin%0D%0A/x",
          "/admin%20/x",
          "/admin /x",
          // Fragments and queries.
          "/admin/x#y",
          "/admin#",
          "/public/x#/../../admin/x",
          "/public/x%23/../../admin/x",
          "/admin/x?/public",
          "/admin?",
          "/public/x?/../../admin/x",
          "/public/x%3F/../../admin/x",
          // Octets that are no UTF-8, or more of it than needed, and escapes that are none.
          "/public/%C0%AE%C0%AE/admin/x",
          "/%C0%AFadmin/x",
          "/%EF%BC%8Fadmin/x",
          "/admin/\u00ff",
          "/admin/%FF",
          "/%u0061dmin/x",
          "/admin/%zz",
          "/admin/%",
          // Other forms of a request target.
          "http://localhost/admin/x",
          "http://localhost//admin/x",
          "http://localhost/public/../admin/x",
          "http://localhost/public/x",
          "admin/x",
          "*");

  private PathVectors() {}

  /** For the message of a test. */
  static String printable(String target) {
    return target.replace("\0", "<NUL>");
  }
}
